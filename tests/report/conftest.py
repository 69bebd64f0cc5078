"""A small drawn scalp with known hairs, and records as other stages would hand them over."""

from datetime import date, timedelta

import cv2
import numpy as np
import pytest

from hairwise.records.answers import Answers
from hairwise.records.base import Estimate, Sentence
from hairwise.records.change import Change, Kept, Registration
from hairwise.records.diary import Diary
from hairwise.records.hairs import Hairs
from hairwise.records.series import ContrastEntry
from hairwise.records.verdicts import CAUSES, Excess, Lock, PlanResult, Reason, RuleHit, SecondPrior, WhyResult

H, W = 480, 640


def hairs_from(lines, p=None, light=None):
    n = len(lines)
    points = np.concatenate(lines) if n else np.zeros((0, 2))
    return Hairs(
        points_px=points,
        offsets=np.concatenate([[0], np.cumsum([len(line) for line in lines])]).astype(np.int64),
        width_px=np.full(n, 6.0),
        width_se_px=np.full(n, 0.3),
        p_hair=np.full(n, 0.95) if p is None else np.array(p, float),
        root_visible=np.ones(n, bool),
        unit=np.arange(n) // 2,
        is_light=np.zeros(n, bool) if light is None else np.array(light, bool),
        flags=np.zeros(n, np.int64),
    )


def skin(rng, height=H, width=W):
    tone = np.array([205, 170, 155], float)
    rough = cv2.GaussianBlur(rng.normal(0, 60, (height, width)), (0, 0), 2)
    return np.clip(tone + rough[..., None], 0, 255).astype(np.uint8)


def draw(rgb, lines, colour=(35, 28, 30)):
    for line in lines:
        fixed = np.round(line[:, ::-1] * 16).astype(np.int32).reshape(-1, 1, 2)
        cv2.polylines(rgb, [fixed], False, colour, 6, cv2.LINE_AA, 4)
    return rgb


def stubs(rng, n=12, height=H, width=W):
    """n stubs on a jittered grid, root first, (y, x)."""
    cells = [(r, c) for r in range(3) for c in range(-(-n // 3))][:n]
    roots = np.array([((r + 0.4) * height / 3, (c + 0.4) * width / -(-n // 3)) for r, c in cells])
    roots = roots + rng.uniform(-10, 10, roots.shape)
    return [np.stack([root, root + [20, 6], root + [40, 15]]) for root in roots]


@pytest.fixture
def rng():
    return np.random.default_rng(20261122)


@pytest.fixture
def pair(rng):
    """Before with 12 stubs; after turned by 5 degrees and shifted, hairs 2 and 7 gone, 4 hidden, one new."""
    lines = stubs(rng)
    before = draw(skin(rng), lines)
    turn = np.vstack([cv2.getRotationMatrix2D((W / 2, H / 2), 5, 1.02), [0, 0, 1.0]])
    turn[:2, 2] += (30, -18)

    def forward(line):
        rows = np.column_stack([line[:, ::-1], np.ones(len(line))]) @ turn.T
        return (rows[:, :2] / rows[:, 2:])[:, ::-1]

    new = np.array([[330.0, 400.0], [350, 410], [368, 416]])
    after_lines = [forward(line) for k, line in enumerate(lines) if k not in (2, 7, 4)] + [forward(new)]
    after = draw(skin(rng, 500, 660), after_lines)
    kept = [k for k in range(12) if k not in (2, 7, 4)]
    change = Change(
        hairs_t0=hairs_from(lines),
        hairs_t1=hairs_from(after_lines),
        kept=Kept(
            t0_px=np.stack([lines[k][0] for k in kept]),
            t1_px=np.stack([forward(lines[k])[0] for k in kept]),
            hair_t0=np.array(kept),
            hair_t1=np.arange(len(kept)),
            p=np.full(len(kept), 0.97),
        ),
        lost=np.array([2, 7]),
        p_lost=np.array([0.96, 0.9]),
        new=np.array([len(kept)]),
        p_new=np.array([0.9]),
        hidden=np.array([4]),
        out_of_view=np.zeros(0, np.int64),
        n_t0=12,
        n_t1=10,
        change=Estimate(value=-1, lo=-3, hi=1),
        change_pct=Estimate(value=-8.3, lo=-25, hi=8.3),
        smallest_detectable_loss_pct=17.0,
        registration=Registration(turn, np.zeros((4, 2)), np.zeros((4, 2)), 1.2, 0.93),
        flags=0,
    )
    return before, after, hairs_from(lines), hairs_from(after_lines), change


def make_diary(rng, **over):
    first = date(2026, 3, 7)
    sessions = [
        {
            "date": first + timedelta(7 * k),
            "zone": zone,
            "device": "roller",
            "needle_mm": 1.5,
            "passes": 15,
            "pressure": 3,
        }
        for k in range(7)
        for zone in ("front", "mid")
    ]
    washes = [date(2026, 2, 21) + timedelta(3 * k) for k in range(23)]
    counts = [
        {"date": d, "method": "wash", "count": int(rng.poisson(60 if d < date(2026, 4, 10) else 150))} for d in washes
    ]
    counts += [{"date": d + timedelta(1), "method": "comb60", "count": int(rng.poisson(9))} for d in washes[::2]]
    raw = {
        "schema": "needling-diary/1",
        "id": "case",
        "start": date(2026, 2, 21),
        "first_session": first,
        "cutoff": date(2026, 5, 2),
        "concern": date(2026, 4, 16),
        "hemisphere": "N",
        "zones": [
            {"name": "front", "area_cm2": 80, "needled": True, "growth": "bald"},
            {"name": "mid", "area_cm2": 100, "needled": True, "growth": "good"},
            {"name": "occiput", "area_cm2": 250, "needled": False, "growth": "good"},
        ],
        "sessions": sessions,
        "washes": washes,
        "counts": counts,
        "events": [{"date": date(2026, 3, 2), "kind": "new_shampoo"}, {"date": date(2026, 1, 15), "kind": "stress"}],
        "answers": Answers(
            schema="hairwise/answers/1",
            age=34,
            sex="m",
            device="roller",
            needle_mm=1.5,
            passes=15,
            interval_days=7,
            pressure="hard",
        ),
    }
    return Diary(**(raw | over))


@pytest.fixture
def diary(rng):
    return make_diary(rng)


def make_why(**over):
    share = dict.fromkeys(CAUSES, 0.01)
    share |= {"mechanical": 0.56, "inflammatory": 0.27, "te_needling": 0.10}
    raw = {
        "p_real_loss": 0.93,
        "loss_state": "real",
        "cause_state": "two",
        "named_causes": ("mechanical", "inflammatory"),
        "p_cause": share,
        "prior": dict.fromkeys(CAUSES, 1 / 9),
        "needling_excess": Excess(mean=610.0, lo90=240.0, hi90=1040.0),
        "reasons": (
            Reason(
                fact="Counts rose within 2 days of sessions",
                cause="mechanical",
                direction="for",
                weight=1.9,
                source="chu2021",
            ),
            Reason(
                fact="Hair was lost in the rolled spot and not in the unrolled one",
                cause="mechanical",
                direction="for",
                weight=2.3,
                source="measured:mid.pair.json",
            ),
            Reason(
                fact="Redness for 2 days after sessions",
                cause="inflammatory",
                direction="for",
                weight=0.8,
                source="expert guess",
            ),
            Reason(
                fact="No minoxidil was started",
                cause="minoxidil",
                direction="against",
                weight=-3.0,
                source="measured:diary",
            ),
        ),
        "limits": (
            Sentence(text="Only two weeks of counts come from before the first session.", source="measured:diary"),
            Sentence(text="How often rolling causes loss has never been measured.", source="instruction"),
        ),
        "second_prior": SecondPrior(prior="every cause alike", p_cause=share, top="mechanical"),
        "next_observation": Sentence(text="Count at every wash for four more weeks.", source="instruction"),
    }
    return WhyResult(**(raw | over))


def make_plan(**over):
    def say(*texts):
        return tuple(Sentence(text=text, source="instruction") for text in texts)

    raw = {
        "urgency": "within_weeks",
        "lock": Lock(on=True, why=("More hair is falling and no clinician has explained it yet.",)),
        "may_needle": "no",
        "rules": (
            RuleHit(id="loss_where_hair_grew_well", why="Hair fell where it grew well before.", source="common advice"),
        ),
        "unanswered": (),
        "stop_rolling": True,
        "do_now": say("Stop rolling for now.", "Book a visit with a dermatologist within two weeks."),
        "do_not": say("Do not change any medicine without the person who prescribed it."),
        "technique": (),
        "dose": (),
        "dose_words": (),
        "trials": (),
        "hygiene": say("Never share a device."),
        "guide": None,
        "guide_needs": (),
        "cases": (),
        "aftercare": say("Leave the skin alone until redness, scale and soreness are gone."),
        "measure": say("Count hairs at every wash.", "Photograph both spots again in four weeks."),
        "ask_doctor": say("Could there be a skin condition where I rolled?", "Do I need blood tests?"),
        "course": say("Shed hair often grows back within three to six months once the cause has stopped."),
        "calendar": (),
        "review_date": date(2026, 5, 30),
    }
    return PlanResult(**(raw | over))


def contrast_entry(lo, hi):
    verdict = "rolled_lost_more" if hi < 0 else "control_lost_more" if lo > 0 else "not_shown"
    return ContrastEntry(
        zone="mid",
        from_date=date(2026, 3, 6),
        to_date=date(2026, 4, 18),
        rolled_spots=("mid-1",),
        control_spots=("back-1",),
        difference=Estimate(value=(lo + hi) / 2, lo=lo, hi=hi),
        smallest_detectable=12.0,
        verdict=verdict,
    )


def make_page(rng, diary=None, why=None, plan=None, spots=None):
    from hairwise.report.canvas import to_png
    from hairwise.report.pdf import ReportPage, SpotPicture

    picture = to_png(skin(rng, 240, 600))
    days = {"day_t0": date(2026, 3, 6), "day_t1": date(2026, 4, 18), "picture_png": picture}
    rolled = SpotPicture(
        spot="mid-1",
        zone="mid",
        role="rolled",
        n_t0=52,
        lost=10,
        new=1,
        change=Estimate(value=-9, lo=-12, hi=-6),
        change_pct=Estimate(value=-17.3, lo=-23.1, hi=-11.5),
        sentence="Ten hairs seen before are gone and one is new.",
        **days,
    )
    control = SpotPicture(
        spot="back-1",
        zone="occiput",
        role="control",
        n_t0=55,
        lost=1,
        new=0,
        change=Estimate(value=-1, lo=-3, hi=1),
        change_pct=Estimate(value=-1.8, lo=-5.5, hi=1.8),
        sentence="One hair seen before is gone, which chance alone can do.",
        **days,
    )
    return ReportPage(
        diary=diary or make_diary(rng),
        why=why or make_why(),
        plan=plan or make_plan(),
        spots=(rolled, control) if spots is None else spots,
        contrasts=(contrast_entry(-24.0, -7.0),) if spots is None else (),
        intended_use="For people of 18 or older. Not a medical device, not a diagnosis.",
        made_on=date(2026, 5, 2),
    )


class Make:
    """The makers above, handed to tests as one fixture."""

    diary = staticmethod(make_diary)
    why = staticmethod(make_why)
    plan = staticmethod(make_plan)
    contrast = staticmethod(contrast_entry)
    page = staticmethod(make_page)
    hairs = staticmethod(hairs_from)
    skin = staticmethod(skin)
    draw = staticmethod(draw)
    stubs = staticmethod(stubs)


@pytest.fixture
def make():
    return Make

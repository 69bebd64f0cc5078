"""Which explanations fit a diary or the answers of the check, with probabilities and "cannot tell".

Knows: the order of the steps and the rules of a verdict. Must not know: plans, rendering.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from hairwise.infer.checks import Known, run_checks
from hairwise.infer.draws import draw
from hairwise.infer.entries import usable
from hairwise.infer.hypotheses import NEEDLING, cause_log_odds
from hairwise.infer.mixture import weigh
from hairwise.infer.questions import place_reasons, timing_reasons, weigh_answers
from hairwise.infer.recalibrate import circumstances, coherent, recalibration_for
from hairwise.infer.settings import InferSettings
from hairwise.infer.steps import Step, step_of_counts
from hairwise.infer.symptoms import diary_signs
from hairwise.infer.timeline import build_timeline
from hairwise.infer.words import (
    answer_limits,
    answer_next,
    diary_limits,
    diary_next,
    has_signs,
    limits_as_sentences,
    sentence,
)
from hairwise.records.verdicts import CAUSES, Excess, Reason, SecondPrior, Span90, WhyResult

if TYPE_CHECKING:
    from datetime import date

    from hairwise.infer.draws import Draws
    from hairwise.infer.mixture import Mixture
    from hairwise.infer.timeline import Timeline
    from hairwise.records.answers import Answers
    from hairwise.records.base import Floats
    from hairwise.records.diary import Diary
    from hairwise.records.inference import InferenceFacts
    from hairwise.records.verdicts import Cause, CauseState, LossState

__all__ = ["attribute_answers", "attribute_diary"]

# limits under which no cause is named
_SILENT = frozenset({"second_prior", "no_counts", "few_counts", "no_session", "no_signs", "no_control", "no_rolled"})
LEAST = 0.002  # no explanation is ever ruled out by these data


def attribute_diary(diary: Diary, facts: InferenceFacts, settings: InferSettings | None = None) -> WhyResult:
    """Weigh the explanations of a diary.

    Parameters
    ----------
    diary : Diary
        Anything may be missing; entries after the cutoff are left out.
    facts : InferenceFacts
        Lags, sizes, priors and signs with their sources.
    settings : InferSettings, optional
        Defaults and their reasons are on the class.

    Returns
    -------
    WhyResult
        ``p_real_loss`` is null without counts, densities or photo pairs; ``needling_excess`` is null without counts
        or sessions.
        A diary that holds answers only is weighed as the check.

    Notes
    -----
    Sets of up to two causes by lag, each fitted by Laplace approximation; see ``likelihood`` and ``laplace``.
    Loss is real where the 28-day shed rate rose by 30 % or a zone's density fell by 6 %.
    Checked by ``test_infer_attribute.py`` and, on simulated diaries, by ``bench/score_diaries.py``.
    """
    settings = settings or InferSettings()
    if diary.answers is not None and not (diary.counts or diary.density or diary.changes or diary.sessions):
        return attribute_answers(diary.answers, facts, settings)
    diary, tidied = usable(diary)
    line = build_timeline(diary, facts, settings)
    signs, sign_reasons = _signs(diary, line, facts, settings)
    mixture = weigh(line, signs, facts, settings)
    drawn = draw(mixture.fits, mixture.weights, mixture.sets, (line, mixture.features), settings)
    p_cause = _main_cause(drawn, np.ones(drawn.main.size))
    second = _under_second_prior(mixture, drawn, (line, signs), facts, settings)
    limits = diary_limits(diary, line, settings)
    limits += tidied
    is_blank = _is_blank(line)
    if is_blank:  # nothing was seen of how much falls: as in the check, what is weighed is why more would
        p_cause, in_second = (_unseen(p, (line, signs), facts, settings) for p in (facts.prior.p, facts.second_prior.p))
        second = SecondPrior(prior=second.prior, p_cause=in_second, top=_ranked(in_second)[0])
    p_real = None if is_blank else float(drawn.is_real.mean())
    excess = _excess(line, drawn)
    if settings.recalibrated and not is_blank:
        by, where = recalibration_for(bool(diary.sessions) and has_signs(diary, line)), circumstances(line)
        p_cause = by.causes(p_cause, where)
        in_second = by.causes(second.p_cause, where)
        second = SecondPrior(prior=second.prior, p_cause=in_second, top=_ranked(in_second)[0])
        if p_real is not None:
            p_real = by.loss(p_real, where)
            p_cause = coherent(p_cause, p_real)
        excess = _stretched(excess, by.arms(line.has_baseline))
    limits += _inseparable(line, facts, settings)
    if second.top != _ranked(p_cause)[0]:
        limits.append("second_prior")
    loss = _loss_state(p_real, "few_counts" in limits, settings)
    state = _cause_state(p_cause, limits, settings)
    if loss == "real" and "none" in _named(p_cause, state):
        state = "cannot_tell"  # a real loss has a cause
    reasons = [*_left_out_reasons(diary, signs, mixture, (facts, settings)), *sign_reasons]
    return WhyResult(
        p_real_loss=p_real,
        loss_state=loss,
        cause_state=state,
        named_causes=_named(p_cause, state),
        p_cause=p_cause,
        prior=dict(facts.prior.p),
        needling_excess=excess,
        reasons=tuple(sorted(reasons, key=lambda r: -abs(r.weight))),
        limits=limits_as_sentences(limits),
        second_prior=second,
        next_observation=sentence(diary_next(limits, state, _ranked(p_cause))),
        rise_now_pct=_rise_now(diary, line, facts),
        rolling_weighed="no_session" not in limits,
        checks=run_checks(Known(diary, line, signs, mixture, _ranked(p_cause)[0], second, facts, settings))
        if settings.checked
        else (),
    )


def attribute_answers(answers: Answers, facts: InferenceFacts, settings: InferSettings | None = None) -> WhyResult:
    """Weigh the explanations from the two-minute check alone.

    Loss is never called real from answers: without counts or photos it cannot be shown.

    Returns
    -------
    WhyResult
        ``p_real_loss`` and ``needling_excess`` are null.
    """
    settings = settings or InferSettings()
    p_cause, reasons, facts_known = weigh_answers(answers, facts, facts.prior.p, settings)
    other, _, _ = weigh_answers(answers, facts, facts.second_prior.p, settings)
    second = SecondPrior(prior=facts.second_prior.name, p_cause=other, top=_ranked(other)[0])
    limits = answer_limits("onset" in facts_known)
    limits += [k for k in ("same_start", "stressor") if k in facts_known]
    if second.top != _ranked(p_cause)[0]:
        limits.append("second_prior")
    state = _cause_state(p_cause, limits, settings)
    said_no = answers.loss is not None and answers.loss.noticed == "no"
    return WhyResult(
        p_real_loss=None,
        loss_state="not_shown" if said_no else "cannot_tell",
        cause_state=state,
        named_causes=_named(p_cause, state),
        p_cause=p_cause,
        prior=dict(facts.prior.p),
        needling_excess=None,
        reasons=tuple(sorted(reasons, key=lambda r: -abs(r.weight))),
        limits=limits_as_sentences(limits, is_diary=False),
        second_prior=second,
        next_observation=sentence(
            answer_next("onset" in facts_known, "events" in facts_known, not said_no), "measured:answers"
        ),
    )


def _signs(
    diary: Diary, line: Timeline, facts: InferenceFacts, settings: InferSettings
) -> tuple[dict[Cause, float], list[Reason]]:
    """Weigh scores, findings and conditions, and what the last answers say of the loss."""
    signs, reasons = diary_signs(diary, line, facts, settings)
    places = place_reasons(diary.answers, facts) if diary.answers else []
    if not _is_blank(line):
        # counts speak of how much is lost, so here only where it is lost is taken from the answers
        places = [r for r in places if "severe" not in r.fact and "noticed" not in r.fact]
    elif diary.answers:
        days = [s.date for s in diary.sessions if s.date <= diary.cutoff]
        first = min([*days, *([diary.answers.first_session] if diary.answers.first_session else [])], default=None)
        places += timing_reasons(diary.answers.model_copy(update={"first_session": first}), facts)
    for reason in places:
        signs[reason.cause] = signs.get(reason.cause, 0.0) + reason.weight
    return signs, [*reasons, *places]


def _is_blank(line: Timeline) -> bool:
    """Say whether there is neither a count nor a density nor a compared pair of photos."""
    dens = line.densities
    return not (line.bins.entry_count.size or dens.log_density.size or dens.change_log.size)


def _unseen(
    prior: dict[Cause, float],
    known: tuple[Timeline, dict[Cause, float]],
    facts: InferenceFacts,
    settings: InferSettings,
) -> dict[Cause, float]:
    """Weigh causes by the prior, what was there and the signs alone."""
    odds = cause_log_odds(prior, known[1], known[0], facts, settings)
    weight = np.exp(np.array([odds[c] for c in CAUSES]) - max(odds.values()))
    return {c: float(w) for c, w in zip(CAUSES, weight / weight.sum(), strict=True)}


def _main_cause(drawn: Draws, weight: Floats) -> dict[Cause, float]:
    p = np.bincount(drawn.main, weights=weight, minlength=len(CAUSES)) / weight.sum()
    p = (p + LEAST) / (1 + LEAST * len(CAUSES))
    return {c: float(v) for c, v in zip(CAUSES, p / p.sum(), strict=True)}


def _ranked(p_cause: dict[Cause, float]) -> tuple[Cause, Cause]:
    order = sorted(p_cause, key=lambda c: -p_cause[c])
    return order[0], order[1]


def _under_second_prior(
    mixture: Mixture,
    drawn: Draws,
    known: tuple[Timeline, dict[Cause, float]],
    facts: InferenceFacts,
    settings: InferSettings,
) -> SecondPrior:
    """Weigh the same draws by the ratio of the two priors."""
    line, signs = known
    odds = cause_log_odds(facts.second_prior.p, signs, line, facts, settings)
    shift = mixture.sets.log_prior(odds, settings.p_pair) - mixture.log_prior
    p = _main_cause(drawn, np.exp(shift - shift.max())[drawn.hypothesis])
    return SecondPrior(prior=facts.second_prior.name, p_cause=p, top=_ranked(p)[0])


def _loss_state(p_real: float | None, is_weak: bool, settings: InferSettings) -> LossState:
    if p_real is None or is_weak:
        return "cannot_tell"
    if p_real >= settings.alarm:
        return "real"
    return "not_shown" if p_real <= settings.calm else "cannot_tell"


def _cause_state(p_cause: dict[Cause, float], limits: list[str], settings: InferSettings) -> CauseState:
    """Name one or two causes or none; causes that no data can part are never named alone."""
    first, second = _ranked(p_cause)
    if not _SILENT.isdisjoint(limits):
        return "cannot_tell"
    alike: list[tuple[set[Cause], set[Cause]]] = []
    alike += [({"minoxidil"}, set(NEEDLING))] if "same_start" in limits else []
    alike += [({"te_stressor"}, {"te_needling"})] if "stressor" in limits else []
    hidden_by = [other for pair in alike for mine, other in (pair, pair[::-1]) if first in mine]
    if p_cause[first] >= settings.alarm and not hidden_by:
        return "one"
    if p_cause[first] + p_cause[second] < settings.alarm or p_cause[second] < settings.second:
        return "cannot_tell"
    # a cause that no data part from the first must be the other one named, or none is
    return "two" if all(second in others for others in hidden_by) else "cannot_tell"


def _named(p_cause: dict[Cause, float], state: CauseState) -> tuple[Cause, ...]:
    first, second = _ranked(p_cause)
    return {"one": (first,), "two": (first, second), "cannot_tell": ()}[state]


def _inseparable(line: Timeline, facts: InferenceFacts, settings: InferSettings) -> list[str]:
    if line.first_session is None:
        return []
    began = line.first_session
    out = []
    if any(k == "minoxidil_start" and abs(d - began) <= settings.same_start_days for d, k, _ in line.events):
        out.append("same_start")
    onset = line.concern if line.concern is not None else began + 49
    lo, hi = settings.stressor_days
    straining = {e.kind for e in facts.events if e.cause == "te_stressor"}
    strains = [d for d, k, _ in line.events if k in straining]
    # delayed shedding follows a strain and rolling alike: weeks apart, or seen four to ten weeks after the strain
    near = any(abs(d - began) <= settings.same_time_days for d in strains)
    if near or (began < onset and any(lo <= onset - d <= hi for d in strains)):
        out.append("stressor")
    return out


def _excess(line: Timeline, drawn: Draws) -> Excess | None:
    if not line.bins.n or line.first_session is None:
        return None
    net, added, missing = (_span(x) for x in (drawn.excess, drawn.added, drawn.missing))
    return Excess(mean=net.mean, lo90=net.lo90, hi90=net.hi90, added=added, missing_later=missing)


def _rise_now(diary: Diary, line: Timeline, facts: InferenceFacts) -> Span90 | None:
    """Return counts of the last 21 days over those before the first session; None without enough of both."""
    if line.first_session is None or not diary.counts:
        return None
    methods = [c.method for c in diary.counts if not c.zone and not c.side]
    first = line.origin + timedelta(days=line.first_session)
    since = diary.cutoff - timedelta(days=20)
    if not methods or since <= first:
        return None
    span = (first, since, diary.cutoff)
    told = step_of_counts(diary, facts, max(sorted(set(methods)), key=methods.count), span, drift_per_week=0.0)
    if not isinstance(told, Step):
        return None
    change = told.percent(0.90)
    return Span90(mean=change.value, lo90=change.lo, hi90=change.hi)


def _stretched(excess: Excess | None, by: float) -> Excess | None:
    """Lengthen both arms of every interval; what cannot be below or above zero stays so."""
    if excess is None:
        return None

    def longer(s: Span90, least: float, most: float) -> Span90:
        lo, hi = s.mean - by * (s.mean - s.lo90), s.mean + by * (s.hi90 - s.mean)  # the mean lies within
        return Span90(mean=s.mean, lo90=max(lo, least), hi90=min(hi, most))

    net = longer(excess, -np.inf, np.inf)
    added = longer(excess.added, 0.0, np.inf) if excess.added else None
    missing = longer(excess.missing_later, -np.inf, 0.0) if excess.missing_later else None
    return Excess(mean=net.mean, lo90=net.lo90, hi90=net.hi90, added=added, missing_later=missing)


def _span(drawn: Floats) -> Span90:
    """Return the mean and an interval of nine tenths, which always holds the mean: a few wild draws can move it far."""
    (lo, hi), mean = np.quantile(drawn, [0.05, 0.95]), float(drawn.mean())
    return Span90(mean=mean, lo90=min(float(lo), mean), hi90=max(float(hi), mean))


def _entries(n: int) -> str:
    return "1 entry" if n == 1 else f"{n} entries"


def _left_out_reasons(
    diary: Diary, signs: dict[Cause, float], whole: Mixture, known: tuple[InferenceFacts, InferSettings]
) -> list[Reason]:
    """Log odds each kind of record gave each cause: with it against without it."""
    facts, settings = known
    groups = {
        f"how the counts run over time ({_entries(len(diary.counts))})": {"counts": ()},
        f"measured densities and photo pairs ({_entries(len(diary.density) + len(diary.changes))})": {
            "density": (),
            "changes": (),
        },
        f"the days of other events ({_entries(len(diary.events) + len(diary.treatments))})": {
            "events": (),
            "treatments": (),
        },
    }
    with_it = whole.p_in_set()
    out: list[Reason] = []
    few = replace(settings, dispersions=settings.dispersions[1:2], weekly_sds=settings.weekly_sds[1:2])
    for text, gone in groups.items():
        if not any(getattr(diary, name) for name in gone):
            continue
        # the grid of days must not move, so the first day is kept
        less = diary.model_copy(update={**gone, "start": diary.start or min(_first_days(diary), default=diary.cutoff)})
        without = weigh(build_timeline(less, facts, settings), signs, facts, few).p_in_set()
        for cause in CAUSES:
            weight = float(np.clip(_logit(with_it[cause]) - _logit(without[cause]), -6.0, 6.0))
            if abs(weight) >= 0.2:
                out.append(
                    Reason(
                        fact=text,
                        cause=cause,
                        direction="for" if weight > 0 else "against",
                        weight=weight,
                        source="measured:diary",
                    )
                )
    return out


def _first_days(diary: Diary) -> list[date]:
    return [c.date for c in diary.counts] + [d.date for d in diary.density]


def _logit(p: float) -> float:
    p = min(max(p, 1e-3), 1 - 1e-3)
    return float(np.log(p / (1 - p)))

"""Signs as grouped, tempered, capped likelihood ratios.

Knows: which sign moves which cause. Must not know: counts, lags.
"""

from __future__ import annotations

from math import lgamma, log
from typing import TYPE_CHECKING

from hairwise.records.verdicts import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hairwise.infer.settings import InferSettings
    from hairwise.infer.timeline import Timeline
    from hairwise.records.answers import Answers
    from hairwise.records.diary import Diary
    from hairwise.records.inference import InferenceFacts
    from hairwise.records.verdicts import Cause

__all__ = ["answer_signs", "diary_signs", "grouped", "said_in"]


def grouped(ratios: Iterable[tuple[str, Reason]], settings: InferSettings) -> tuple[dict[Cause, float], list[Reason]]:
    """Sum log ratios so that signs which say the same thing count once.

    Within a group and cause the largest counts in full and the others a quarter; the sum is tempered and capped.
    The reasons returned carry the weight that was used.
    """
    groups: dict[tuple[str, Cause], list[Reason]] = {}
    for group, reason in ratios:
        if abs(reason.weight) > 1e-9:
            groups.setdefault((group, reason.cause), []).append(reason)
    total: dict[Cause, float] = {}
    used: list[Reason] = []
    for (_, cause), reasons in groups.items():
        order = sorted(reasons, key=lambda r: -abs(r.weight))
        parts = [r.weight * (1.0 if i == 0 else 0.25) * settings.sign_temper for i, r in enumerate(order)]
        whole = sum(parts)
        shrink = min(1.0, settings.sign_cap / abs(whole)) if whole else 1.0
        total[cause] = total.get(cause, 0.0) + whole * shrink
        used += [
            r.model_copy(update={"weight": w * shrink, "direction": "for" if w > 0 else "against"})
            for r, w in zip(order, parts, strict=True)
        ]
    return total, used


def said_in(answers: Answers) -> dict[str, str | None]:
    """Return the findings and conditions answered, by name."""
    found: dict[str, str | None] = {str(k): v for k, v in (answers.findings or {}).items()}
    return found | {str(k): v for k, v in (answers.conditions or {}).items()}


def answer_signs(
    answers: Mapping[str, str | None], facts: InferenceFacts, settings: InferSettings
) -> tuple[dict[Cause, float], list[Reason]]:
    """Weigh findings and conditions answered yes or no; unknown and unanswered say nothing."""
    ratios: list[tuple[str, Reason]] = []
    for fact in facts.signs:
        said = answers.get(fact.sign)
        if said in ("yes", "no"):
            weight = log(fact.lr_yes if said == "yes" else fact.lr_no)
            name = fact.sign.replace("_", " ")
            text = f"{name}: {said}"
            ratios.append((fact.group, _reason(text, fact.cause, weight, fact.origin)))
    return grouped(ratios, settings)


def diary_signs(
    diary: Diary, line: Timeline, facts: InferenceFacts, settings: InferSettings
) -> tuple[dict[Cause, float], list[Reason]]:
    """Weigh the diary's weekly scores since the first session, its findings and its last answers."""
    first = line.first_session if line.first_session is not None else line.first_seen
    recent = [s for s in diary.symptoms if first <= (s.date - line.origin).days < line.n_days]
    ratios: list[tuple[str, Reason]] = []
    for fact in facts.scores:
        values = [float(v) for v in (getattr(s, fact.sign) for s in recent) if v is not None]
        if values:
            weight = _score_ratio(values, fact.with_cause, fact.without_cause, settings)
            text = f"{fact.sign.replace('_', ' ')}: mean {sum(values) / len(values):.1f} in {len(values)} entries"
            ratios.append((fact.group, _reason(text, fact.cause, weight, fact.origin)))
    ratios += _ends(diary, line, facts)
    total, used = grouped(ratios, settings)
    said: dict[str, str | None] = {}
    if diary.answers:
        said |= said_in(diary.answers)
    said |= {f.kind: f.present for f in sorted(diary.findings, key=lambda f: f.date) if f.date <= diary.cutoff}
    more, also = answer_signs(said, facts, settings)
    return {c: total.get(c, 0.0) + more.get(c, 0.0) for c in {*total, *more}}, [*used, *also]


def _ends(diary: Diary, line: Timeline, facts: InferenceFacts) -> list[tuple[str, Reason]]:
    """Weigh the ends of shed hairs looked at since the first session against those of usual shedding."""
    first = line.first_session if line.first_session is not None else line.first_seen
    looks = [s for s in diary.shed if first <= (s.date - line.origin).days < line.n_days]
    seen = [sum(getattr(s, end) for s in looks) for end in ("club", "tapered", "broken")]
    n = sum(seen)
    if not n:
        return []
    # hairs of one look are alike: more than thirty in all say no more
    weight = min(1.0, 30.0 / n)
    shares = {f.cause: (f.club, f.tapered, f.broken) for f in facts.ends}
    text = f"ends of {n} shed hairs: {seen[0]} club, {seen[1]} tapered, {seen[2]} broken"
    return [
        (
            "ends",
            _reason(
                text,
                f.cause,
                weight * sum(k * log(a / b) for k, a, b in zip(seen, shares[f.cause], shares["none"], strict=True)),
                f.origin,
            ),
        )
        for f in facts.ends
        if f.cause != "none"
    ]


def _score_ratio(values: list[float], high: float, low: float, settings: InferSettings) -> float:
    """Log ratio of gamma-Poisson probabilities of the summed score under the two means."""
    total, n, shape = sum(min(v, 7.0) for v in values), len(values), settings.score_shape

    def log_p(mean: float) -> float:
        rate = shape / (mean * n)
        return lgamma(total + shape) - lgamma(shape) + shape * log(rate / (1 + rate)) - total * log(1 + rate)

    return log_p(high) - log_p(low)


def _reason(text: str, cause: Cause, weight: float, source: str) -> Reason:
    return Reason(fact=text, cause=cause, direction="for" if weight > 0 else "against", weight=weight, source=source)

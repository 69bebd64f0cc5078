"""The needling dose in words, beside what trials did.

Knows: what may be said of a dose. Must not know: how it was computed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.care.phrases import fact, measured, not_found
from hairwise.records.base import ZONE_LABELS
from hairwise.records.dose import TrialDose
from hairwise.records.evidence import Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hairwise.records.base import Sentence
    from hairwise.records.device import Geometry
    from hairwise.records.dose import Reach, StruckShare, ZoneDose
    from hairwise.records.evidence import Evidence

__all__ = ["dose_words", "one_session_words", "trial_doses"]


def dose_words(doses: Sequence[ZoneDose], evidence: Evidence, *, is_locked: bool) -> tuple[Sentence, ...]:
    """Return each zone's dose, interval first, then, without the lock, what trials did."""
    if not doses:
        return ()
    alike: dict[tuple[str, ...], list[str]] = {}  # zones needled alike are told once
    for dose in doses:
        alike.setdefault(_zone(dose), []).append(ZONE_LABELS[dose.zone])
    out = [measured(f"{_listed(names)}: {text}", "diary") for texts, names in alike.items() for text in texts]
    if any(dose.depth_mm for dose in doses):
        out += _depth_facts(evidence)
    struck = next((d.struck for d in doses if d.struck), None)
    if struck is not None:
        out += _illustrated(struck, "diary")
    return tuple(out) if is_locked else (*out, *_beside(evidence))


def _depth_facts(evidence: Evidence) -> tuple[Sentence, ...]:
    """Return what the two ends of the depth rest on."""
    return (
        fact(
            evidence, "depth_ratio_kalluri", "In rat skin needles of 0.77 mm reached 0.15 mm, a fifth of their length."
        ),
        fact(evidence, "depth_human_scalp", "Rollers reach half to seven tenths of the needle's length."),
    )


def one_session_words(
    holes_per_cm2: float, depth_mm: Reach | None, struck: StruckShare, device: Geometry, evidence: Evidence
) -> tuple[Sentence, ...]:
    """Return the dose of a single session with a given device, and what it rests on."""
    text = f"At most {holes_per_cm2:.0f} holes per cm2, if every needle enters."
    models = {"roller": "holes_per_pass_model", "pen": "pen_density_model"}
    out = [fact(evidence, models[device.kind], text) if device.kind in models else measured(text, "device")]
    if depth_mm is not None:
        text = f"The needles may reach {_reach(depth_mm, 1)} mm deep, if a fifth to seven tenths of them enter."
        out += [measured(text, "device"), *_depth_facts(evidence)]
    return (*out, *_illustrated(struck, "device"), *_beside(evidence))


def _illustrated(struck: StruckShare, origin: str) -> tuple[Sentence, ...]:
    return (
        measured(
            f"An illustration, not a measurement: {_reach(struck.pct, 0)} of 100 follicles may be touched.", origin
        ),
        measured(f"{struck.assumptions[-1].capitalize()}.", origin),
        measured(f"It assumes that {', '.join(struck.assumptions[:-1])}.", origin),
    )


def _beside(evidence: Evidence) -> tuple[Sentence, ...]:
    return (
        fact(evidence, "english2022", "Trials: needles of 0.5 to 2.5 mm, one session in 7 to 30 days."),
        not_found("handheld_force", "No measurement was found of how hard a hand presses a roller."),
    )


def _listed(names: Sequence[str]) -> str:
    """Return ``Front, crown and middle of the top``."""
    said = " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    return said[:1].upper() + said[1:]


def _zone(dose: ZoneDose) -> tuple[str, ...]:
    """Return what is told of a zone, without its name."""
    rhythm = f", about every {dose.interval_days:g} days" if dose.interval_days else ""
    needle = f", needle {_reach(dose.needle_mm, 2)} mm" if dose.needle_mm else ""
    plural = "" if dose.n_sessions == 1 else "s"
    out = [f"{dose.n_sessions} session{plural}{rhythm}{needle}."]
    if dose.punctures_per_cm2_session and dose.punctures_per_cm2_total is not None:
        illustrated = any(s.basis == "like_roller_mf8_192" for s in dose.sessions)
        if_like = " if your roller is like the one that was measured" if illustrated else ""
        out.append(
            f"at most {_reach(dose.punctures_per_cm2_session, 0)} holes per cm2 a session and "
            f"{dose.punctures_per_cm2_total:.0f} in all{if_like} ({dose.n_known} of {dose.n_sessions} sessions "
            f"known; {_over_time(dose.by_28_days)})."
        )
    else:
        out.append("holes per cm2 are not known: the device's needles, its drum or the passes are not in the diary.")
    if dose.depth_mm:
        out.append(f"needles may reach {_reach(dose.depth_mm, 1)} mm deep, if a fifth to seven tenths of them enter.")
    return tuple(out)


def _over_time(by_28_days: tuple[float, ...]) -> str:
    """Return the last half year in steps of 28 days, the latest last."""
    shown = by_28_days[-6:]
    if len(shown) == 1:
        return f"{shown[0]:.0f} in the last 28 days"
    return f"by 28 days, the latest last: {', '.join(f'{holes:.0f}' for holes in shown)}"


def trial_doses(evidence: Evidence) -> tuple[TrialDose, ...]:
    """Return what trials did, as printed; never advice."""
    return tuple(
        TrialDose(
            source=entry.source,
            verified=entry.verified,
            needle_mm=_as_printed(entry.needle_mm),
            interval_days=_as_printed(entry.interval_days),
            n_sessions=_as_printed(entry.sessions),
            weeks=_as_printed(entry.weeks),
            endpoint=entry.endpoint or "not given",
            with_=entry.with_,
        )
        for entry in evidence.of(Protocol)
    )


def _as_printed(value: object) -> str:
    if value is None:
        return "not given"
    if isinstance(value, tuple):
        return " to ".join(f"{part:g}" for part in value)
    return f"{value:g}" if isinstance(value, float | int) else str(value)


def _reach(reach: Reach, digits: int) -> str:
    """Return ``lo to hi``; one number where both round to the same."""
    lo, hi = (f"{value:.{digits}f}" for value in (reach.lo, reach.hi))
    if digits:
        lo, hi = (text.rstrip("0").rstrip(".") for text in (lo, hi))
    return lo if lo == hi else f"{lo} to {hi}"

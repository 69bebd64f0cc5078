"""A diary told: photos compared, causes explained, plan made, page set.

Knows: the order of stages for a diary. Must not know: algorithms, the terminal, HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hairwise.care.phrases import INTENDED_USE
from hairwise.errors import Refused
from hairwise.records.base import Estimate, Sentence
from hairwise.report.calendar import render_ics
from hairwise.report.contents import LEVELS, contents
from hairwise.report.figures import draw_hairs, draw_pair
from hairwise.report.pdf import ReportPage, SpotPicture, render_pdf, render_png
from hairwise.workflow.files import is_folder, read_bytes, short_name
from hairwise.workflow.knowledge import season_months
from hairwise.workflow.person import diary_of_bytes, explain, plan, starting_diary
from hairwise.workflow.spots import (
    MISSING,
    Progress,
    ReadPhoto,
    SpotResult,
    compare_spots,
    contrasts,
    stored,
    with_changes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from hairwise.records.answers import Answers
    from hairwise.records.diary import Diary, Spot, SpotChange
    from hairwise.records.series import ContrastEntry
    from hairwise.records.verdicts import Plan, PlanResult, Why, WhyResult
    from hairwise.workflow.photos import Compared, Measured

__all__ = [
    "Told",
    "hairs_picture",
    "pair_picture",
    "photo_reader",
    "report_pdf",
    "report_png",
    "report_words",
    "tell",
    "tell_answers",
    "tell_kept",
    "tell_without_photos",
]

_NO_PICTURES: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True)
class Told:
    """Everything that follows from a diary; ``diary`` holds the changes measured on its photos."""

    diary: Diary
    spots: tuple[SpotResult, ...]
    contrasts: tuple[ContrastEntry, ...]
    why_result: WhyResult
    why: Why
    plan_result: PlanResult
    plan: Plan
    ics: bytes


def tell(diary: Diary, read: ReadPhoto, step: Progress) -> Told:
    """
    Compare a diary's photos, explain, and plan.

    Parameters
    ----------
    diary : Diary
    read : callable
        Photo's path in the diary to its bytes.
    step : callable
        Told before each step.

    Raises
    ------
    Refused
        When a photo that the diary names is missing.
    """
    results = compare_spots(diary, read, step)
    for result in results:
        if result.refused is not None and result.refused.code in MISSING:
            raise result.refused
    full = with_changes(diary, results)
    step("explain")
    why = explain(full)
    planned, file = plan(full, why.result)
    photos = tuple(
        sha for r in results if r.compared for sha in (r.compared.before.photo.sha256, r.compared.after.photo.sha256)
    )
    limits = (*_unanswered(results), *why.result.limits)
    told = why.result.model_copy(update={"limits": limits})
    why_file = why.file.model_copy(update={"photos_sha256": photos, "limits": limits})
    plan_file = file.model_copy(update={"photos_sha256": photos})
    ics = render_ics(planned, diary.id, INTENDED_USE)
    against = contrasts(results, stored(diary, results))
    return Told(full, results, against, told, why_file, planned, plan_file, ics)


def _unanswered(results: Sequence[SpotResult]) -> list[Sentence]:
    """Name the spots whose photos could not be compared: they would else seem not to be there."""
    why = [(r.spot.id, r.refused.why) for r in results if r.refused is not None]
    return [
        Sentence(text=f"Photos of the spot {short_name(spot)} could not be compared: {text}", source="measured:photos")
        for spot, text in why
    ]


def tell_answers(answers: Answers, today: date) -> Told:
    """Explain and plan from the check's answers alone, as a diary that starts today."""
    return tell(starting_diary(answers, "answers", today), _no_photos, _quiet)


def tell_without_photos(data: bytes, name: str) -> Told:
    """
    Explain and plan from a diary's JSON, its photos left out; changes it already holds count.

    Raises
    ------
    Refused
        When the diary cannot be read.
    """
    return tell_kept(diary_of_bytes(data, name))


def tell_kept(diary: Diary) -> Told:
    """Explain and plan from a diary that was checked when it was read, its photos left out."""
    return tell(diary.model_copy(update={"photos": ()}), _no_photos, _quiet)


def _no_photos(name: str) -> bytes:
    raise Refused("no_file", f"The photo {short_name(name)} is not read here.", "Use the command on the diary.")


def _quiet(name: str) -> None:
    """Say nothing."""


def photo_reader(diary_path: Path) -> ReadPhoto:
    """Return a reader of photos beside a diary; paths that leave its folder are refused."""
    folder = (diary_path if is_folder(diary_path) else diary_path.parent).resolve()

    def read(name: str) -> bytes:
        try:
            path = (folder / name).resolve()
        except (OSError, ValueError, RuntimeError):  # a zero byte, or links that lead in a circle
            why = f"The photo {short_name(name)} has no possible file name."
            raise Refused("unreadable", why, "Correct it in the diary.") from None
        if not path.is_relative_to(folder):
            raise Refused(
                "outside", f"The photo {short_name(name)} lies outside the diary's folder.", "Put it beside the diary."
            )
        return read_bytes(path)

    return read


def report_pdf(told: Told, made_on: date, pictures: Mapping[str, bytes] = _NO_PICTURES) -> bytes:
    """Set the one-page report; ``pictures`` of spots whose photos were compared before, as from `pair_pictures`."""
    return render_pdf(_page(told, made_on, pictures))


def report_png(told: Told, made_on: date, pictures: Mapping[str, bytes] = _NO_PICTURES) -> bytes:
    """Return the one-page report as a picture, to be looked at before it is printed."""
    return render_png(_page(told, made_on, pictures))


def report_words(told: Told, made_on: date) -> dict[str, Any]:
    """Return what stands on the one-page report, as plain data: see `hairwise.report.contents`."""
    return contents(_page(told, made_on, _NO_PICTURES), LEVELS[1])


def _page(told: Told, made_on: date, pictures: Mapping[str, bytes]) -> ReportPage:
    return ReportPage(
        diary=told.diary,
        why=told.why_result,
        plan=told.plan_result,
        spots=(
            *(_spot_picture(result) for result in told.spots),
            *(_stored_picture(spot, change, pictures.get(spot.id)) for spot, change in stored(told.diary, told.spots)),
        ),
        contrasts=told.contrasts,
        intended_use=INTENDED_USE,
        made_on=made_on,
        season_months=season_months(),
    )


def hairs_picture(measured: Measured) -> bytes:
    """Return the photo with its hairs drawn on it (PNG)."""
    return draw_hairs(measured.photo.rgb, measured.hairs)


def pair_picture(compared: Compared) -> bytes:
    """Return both photos in one frame with lost and new hairs marked (PNG)."""
    return draw_pair(compared.before.photo.rgb, compared.after.photo.rgb, compared.change)


def _spot_picture(result: SpotResult) -> SpotPicture:
    compared = result.compared
    where = f"{result.spot.role} spot, {result.spot.zone}"
    if compared is None:
        why = result.refused.why if result.refused else "not compared"
        picture, change, change_pct = None, None, None
        sentence = f"These photos of the {where} cannot answer: {why}"
    else:
        picture, change, change_pct = pair_picture(compared), compared.change.change, compared.change.change_pct
        sentence = (
            f"{where.capitalize()}: {len(compared.change.lost)} lost, {len(compared.change.new)} new; "
            f"{len(compared.change.hidden)} could not be seen in the second photo."
        )
    n_both = compared.change.n_t0 - len(compared.change.out_of_view) if compared else 0  # of these the change speaks
    return SpotPicture(
        spot=result.spot.id,
        zone=result.spot.zone,
        role=result.spot.role,
        day_t0=result.first.date,
        day_t1=result.last.date,
        picture_png=picture,
        n_t0=n_both,
        lost=len(compared.change.lost) if compared else 0,
        new=len(compared.change.new) if compared else 0,
        change=change,
        change_pct=change_pct,
        sentence=sentence,
    )


def _stored_picture(spot: Spot, change: SpotChange, picture: bytes | None) -> SpotPicture:
    """Return what the diary holds of a spot."""
    net, n = change.change, max(change.n_t0, 1)
    return SpotPicture(
        spot=spot.id,
        zone=spot.zone,
        role=spot.role,
        day_t0=change.from_,
        day_t1=change.to,
        picture_png=picture,
        n_t0=change.n_t0,
        lost=change.lost,
        new=change.new,
        change=None if net is None else Estimate(value=net.value, lo=net.lo, hi=net.hi),
        change_pct=None
        if net is None
        else Estimate(value=100 * net.value / n, lo=100 * net.lo / n, hi=100 * net.hi / n),
        sentence=f"{'Rolled' if spot.role == 'rolled' else 'Unrolled'} spot, {spot.zone}: {change.lost} lost, "
        f"{change.new} new.",
    )

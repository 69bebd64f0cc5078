"""Take everything along, bring it back, copy it.

Knows: what a file from elsewhere must hold. Must not know: SQL, zips, pages.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hairwise import __version__
from hairwise.errors import Refused
from hairwise.records.answers import FIRST_DAY, LAST_DAY
from hairwise.store import backup
from hairwise.store.archive import read_archive, write_archive
from hairwise.store.repository import Entry, KeptPhoto
from hairwise.workflow.files import dump, short_name
from hairwise.workflow.keep import KINDS, PHOTO_KINDS, diary_kept, diary_of_entries, last_day, row_of_entry
from hairwise.workflow.readable import is_comparison, is_measurement
from hairwise.workflow.tables import csv_of

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from hairwise.store.repository import Store

__all__ = ["back_up", "export_data", "import_data", "kept_text", "restore_data"]


def _check_rows(rows: dict[str, list[dict[str, Any]]]) -> None:
    """Refuse rows from elsewhere that the log could not have kept, and leave out what a photo can be asked for anew."""
    try:
        entries = [Entry(r["id"], r["kind"], r["day"], r["body"], r["deleted_at"]) for r in rows["entry"]]
        for kept in entries:
            if kept.deleted_at is not None or kept.kind not in KINDS or not isinstance(kept.body, dict):
                row_of_entry(kept.kind, kept.body)
        photos = [KeptPhoto(**{n: r[n] for n in KeptPhoto.__dataclass_fields__}) for r in rows["photo"]]
        days = [e.day for e in entries if e.day] + [p.day for p in photos]
        if not all(FIRST_DAY <= day <= LAST_DAY for day in days) or any(p.kind not in PHOTO_KINDS for p in photos):
            raise ValueError("a day or kind that cannot be")
        told = {r["name"]: r["value"] for r in rows["profile"]}
        live = [e for e in entries if e.deleted_at is None], [p for p in photos if p.deleted_at is None]
        diary_of_entries(*live, told, LAST_DAY)
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(
            "not_an_export",
            f"An entry in it cannot be read ({type(error).__name__}).",
            "Use a file that hairwise wrote.",
        ) from None
    rows["measurement"] = [row for row in rows["measurement"] if is_measurement(row)]
    rows["comparison"] = [row for row in rows["comparison"] if is_comparison(row)]


def export_data(store: Store, path: Path, today: date) -> None:
    """Write everything to one zip: rows and photos as kept, and the diary as JSON and CSV for other programs.

    Where the kept entries do not make a diary, its JSON is left out: no one is kept from taking their data along.
    """
    if path.exists() or path.is_symlink():
        raise Refused("file_exists", f"{short_name(path.name)} is there already.", "Choose another name.")
    extra = {}
    with suppress(Refused, ValueError, KeyError, TypeError):
        extra["diary/diary.json"] = dump(diary_kept(store, last_day(store, today)))
    for kind, (field, record) in KINDS.items():
        entries = store.entries(kind)
        if entries and kind != "answers":
            extra[f"diary/{field}.csv"] = csv_of(record, [e.body for e in entries])
    try:
        write_archive(store, path, extra, __version__)
    except OSError as error:
        raise Refused(
            "cannot_write", f"{short_name(path.name)} cannot be written ({error.strerror}).", "Choose another folder."
        ) from None


def kept_text(store: Store) -> str:
    """Say where the data lie and how much is kept."""
    lines = [f"Data folder: {store.folder}"]
    lines += [f"  {KINDS[kind][0]}: {n}" for kind, n in sorted(store.counts().items())]
    photos = store.photos()
    size_mb = sum(p.n_bytes for p in photos) / 1e6
    lines.append(f"  photos: {len(photos)}, {size_mb:.1f} MB")
    lines.append(f"  copies in backups: {len(backup.copies(store))}")
    return "\n".join(lines)


def import_data(store: Store, path: Path) -> None:
    """Fill an empty store from an exported zip."""
    read_archive(store, _file(path), _check_rows)


def restore_data(store: Store, path: Path) -> Path | None:
    """Put a backup in place of what is kept, which is first saved to a zip of its own, returned."""
    return backup.restore(store, _file(path), __version__, _check_rows)


def back_up(store: Store) -> Path:
    """Write everything to a dated zip that is never deleted by hairwise."""
    return backup.by_hand(store, __version__)


def _file(path: Path) -> Path:
    if not path.is_file():
        raise Refused("no_such_file", f"There is no file {short_name(path.name)}.", "Check the name.")
    return path

"""Files in and out: whole or not at all, each with where it came from.

Knows: paths, provenance, atomic writing. Must not know: algorithms.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from hairwise import __version__
from hairwise.care.phrases import INTENDED_USE
from hairwise.errors import Refused
from hairwise.records.base import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hairwise.records.base import Record

__all__ = [
    "dump",
    "head",
    "is_folder",
    "is_taken",
    "read_bytes",
    "refusal",
    "refuse_own_input",
    "remove",
    "short_name",
    "target",
    "write_whole",
]

_MAX_BYTES = 300_000_000  # no single photo or diary is larger


def short_name(name: str) -> str:
    """Return a file's name as a message shows it."""
    return name if len(name) <= 80 else name[:77] + "..."


def is_folder(path: Path) -> bool:
    """Return whether the path is a folder; a path that no file can have is none."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_taken(path: Path) -> bool:
    """Return whether something, be it a dangling link, already has this path."""
    return os.path.lexists(path)


def read_bytes(path: Path) -> bytes:
    """
    Read a file.

    Raises
    ------
    Refused
        ``no_file``, ``not_a_file``, ``file_too_large`` or ``unreadable``.
    """
    name = short_name(path.name)
    if is_folder(path):
        raise Refused("not_a_file", f"{name} is a folder, not a file.", "Name the file in it.")
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise Refused("file_too_large", f"{name} is larger than 300 MB.", "Check that it is the right file.")
        return path.read_bytes()
    except FileNotFoundError:
        raise Refused("no_file", f"{name} was not found.", "Check the name and the folder.") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise Refused(
            "unreadable", f"{name} cannot be read ({_reason(error)}).", "Check its name and permissions."
        ) from None


def refuse_own_input(results: Iterable[Path], inputs: Iterable[Path]) -> None:
    """
    Keep results away from the files they are made of.

    Raises
    ------
    Refused
        ``own_input`` when a result's path leads to an input, also through links.
    """
    given = list(inputs)
    for result in results:
        for path in given:
            with contextlib.suppress(OSError, ValueError):
                if os.path.samefile(result, path):
                    raise Refused("own_input", f"{result.name} would overwrite its own input.", "Choose another --out.")


def write_whole(path: Path, data: bytes) -> None:
    """
    Write a file aside and rename it, so that it appears whole or not at all.

    Raises
    ------
    Refused
        ``cannot_write``.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:20]}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(aside, 0o644)
            os.replace(aside, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(aside)
            raise
    except (OSError, ValueError) as error:
        why = f"{short_name(path.name)} cannot be written ({_reason(error)})."
        raise Refused("cannot_write", why, "Choose another --out.") from None


def remove(path: Path) -> None:
    """
    Delete a file, if it is there.

    Raises
    ------
    Refused
        ``cannot_write``.
    """
    try:
        path.unlink(missing_ok=True)
    except (OSError, ValueError) as error:
        why = f"{short_name(path.name)} of an earlier run cannot be deleted ({_reason(error)})."
        raise Refused("cannot_write", why, "Delete it by hand.") from None


def _reason(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or "no possible name").lower()


def target(out: Path | None, source: Path, suffix: str) -> Path:
    """Return where a result goes: ``out`` itself if it names a file, else STEM + suffix in that folder.

    Without ``out`` the current folder is used. ``out`` is a file if it ends as the result does or in .json, .pdf, .csv.
    """
    stem = source.resolve().name if is_folder(source) else source.stem
    if out is None:
        return Path(stem + suffix)
    if out.suffix in (".json", ".pdf", ".csv") and not is_folder(out):
        return out if suffix.endswith(out.suffix) else out.with_name(out.name.split(".")[0] + suffix)
    return out / (stem + suffix)


def head(schema: str, method_version: str, settings: dict[str, object], seconds: float) -> dict[str, object]:
    """Return what every file carries."""
    return {
        "schema": schema,
        "hairwise_version": __version__,
        "method_version": method_version,
        "settings": settings,
        "seconds": round(seconds, 3),
        "intended_use": INTENDED_USE,
    }


def refusal(error: Refused) -> Refusal:
    """Return a refusal as a file carries it."""
    return Refusal(code=error.code, why=error.why, do=error.do)


def dump(record: Record) -> bytes:
    """Return a record as JSON text."""
    return (record.model_dump_json(by_alias=True, indent=1) + "\n").encode()

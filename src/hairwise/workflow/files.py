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
    from hairwise.records.base import Record

__all__ = ["dump", "head", "read_bytes", "refusal", "target", "write_whole"]

_MAX_BYTES = 300_000_000  # no single photo or diary is larger


def read_bytes(path: Path) -> bytes:
    """
    Read a file.

    Raises
    ------
    Refused
        ``no_file``, ``not_a_file``, ``file_too_large`` or ``unreadable``.
    """
    if path.is_dir():
        raise Refused("not_a_file", f"{path.name} is a folder, not a file.", "Name the file in it.")
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise Refused("file_too_large", f"{path.name} is larger than 300 MB.", "Check that it is the right file.")
        return path.read_bytes()
    except FileNotFoundError:
        raise Refused("no_file", f"{path.name} was not found.", "Check the name and the folder.") from None
    except OSError as error:
        reason = (error.strerror or "read error").lower()
        raise Refused("unreadable", f"{path.name} cannot be read ({reason}).", "Check its permissions.") from None


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
        handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(aside, 0o644)
            os.replace(aside, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(aside)
            raise
    except OSError as error:
        reason = (error.strerror or "write error").lower()
        raise Refused("cannot_write", f"{path.name} cannot be written ({reason}).", "Choose another --out.") from None


def target(out: Path | None, source: Path, suffix: str) -> Path:
    """Return where a result goes: ``out`` itself if it names a file, else STEM + suffix in that folder.

    Without ``out`` the current folder is used. ``out`` is a file if it ends as the result does or in .json, .pdf, .csv.
    """
    stem = source.name if source.is_dir() else source.stem
    if out is None:
        return Path(stem + suffix)
    if out.suffix in (".json", ".pdf", ".csv") and not out.is_dir():
        return out if out.suffix == Path(suffix).suffix else out.with_name(out.name.split(".")[0] + suffix)
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

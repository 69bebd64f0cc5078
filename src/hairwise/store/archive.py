"""One zip with everything: rows, photos, readable tables, and a manifest of hashes.

Knows: zips, hashes, rows. Must not know: the meaning of numbers.
"""

from __future__ import annotations

import hashlib
import io
import json
import lzma
import re
import uuid
import zipfile
import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, Date, DateTime, Integer, String
from sqlalchemy.exc import SQLAlchemyError

from hairwise.errors import Refused
from hairwise.store.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from hairwise.store.repository import Store

    CheckRows = Callable[[dict[str, list[dict[str, Any]]]], None]

__all__ = ["SCHEMA", "CheckRows", "read_archive", "write_archive"]

SCHEMA = "hairwise/export/1"
MAX_BYTES = 60 * 1024**3  # unpacked; 5,000 photos of 12 megapixels are about 25 GB
MAX_FILE = 400 * 1024**2
MAX_ROWS_FILE = 300 * 1024**2  # 5,000 measured photos and 50,000 entries
MAX_FILES = 100_000
_NAME = re.compile(r"data\.json|diary/[a-z_]{1,40}\.(json|csv)|photos/[0-9a-f]{64}\.[a-z0-9]{1,7}")
# whatever damaged or hostile bytes make zip, JSON or SQL stumble over
_UNREADABLE = (
    KeyError, TypeError, ValueError, AttributeError, NotImplementedError, RuntimeError, OverflowError, OSError,
    EOFError, zlib.error, lzma.LZMAError, SQLAlchemyError,
)  # fmt: skip
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same data give the same zip


def write_archive(store: Store, path: Path, extra: Mapping[str, bytes], version: str) -> None:
    """Write everything a store holds to a zip that appears only when it is whole.

    Parameters
    ----------
    store : Store
        What to write; deleted rows that can still be brought back go along.
    path : Path
        The zip.
    extra : mapping of str to bytes
        Readable files by name, for people and other programs; they are not read back.
    version : str
        Of hairwise.
    """
    rows = store.rows()
    part = path.with_name(f".part-{uuid.uuid4().hex}")
    hashes: dict[str, str] = {}
    missing: list[str] = []
    try:
        part.touch(0o600)  # it holds all of a person's data
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as out:
            for name, data in (("data.json", _dump(rows)), *sorted(extra.items())):
                hashes[name] = hashlib.sha256(data).hexdigest()
                out.writestr(zipfile.ZipInfo(name, _EPOCH), data, zipfile.ZIP_DEFLATED)
            for row in rows["photo"]:
                name = f"photos/{row['sha256']}{row['suffix']}"
                kept = store.files.get(row["sha256"], row["suffix"])
                if kept is None:  # told in the manifest: one lost file must not keep the rest from being saved
                    missing.append(row["sha256"])
                    continue
                hashes[name] = row["sha256"]
                out.writestr(zipfile.ZipInfo(name, _EPOCH), kept, zipfile.ZIP_STORED)  # photos do not get smaller
            about = {"schema": SCHEMA, "version": version, "files": hashes, "missing": missing}
            out.writestr(zipfile.ZipInfo("manifest.json", _EPOCH), json.dumps(about, indent=1))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def read_archive(
    store: Store, path: Path, check: CheckRows | None = None, save: Callable[[], Path | None] | None = None
) -> Path | None:
    """Fill an empty store from a zip, after everything in it was checked.

    Parameters
    ----------
    store : Store
        Empty, unless ``save`` is given.
    path : Path
        The zip.
    check : callable, optional
        Refuses rows that mean nothing.
    save : callable, optional
        Saves what is there, which is then replaced; what it returns is returned.

    Raises
    ------
    Refused
        ``not_an_export`` where the zip is not one of ours or was changed; ``store_not_empty``.
    """
    if save is None:
        store.must_be_empty()
    try:
        with zipfile.ZipFile(path) as held:
            hashes, missing = _checked(held)
            rows = _load(_read(held, "data.json", hashes, MAX_ROWS_FILE))
            for row in rows["photo"]:
                if not _NAME.fullmatch(f"photos/{row['sha256']}{row['suffix']}"):
                    raise _refused("it names a file in a way that is not allowed")
            wanted = {f"photos/{r['sha256']}{r['suffix']}" for r in rows["photo"] if r["sha256"] not in missing}
            if wanted != {name for name in hashes if name.startswith("photos/")}:
                raise _refused("its photos are not those it tells of")
            if check:
                check(rows)
            saved = save() if save else None
            for name in sorted(wanted):  # bytes first: a row without its photo must never be seen
                store.files.put(_read(held, name, hashes, MAX_FILE), name[name.index(".") :])
            store.fill(rows, replace=save is not None)
    except zipfile.BadZipFile:
        raise _refused("it is not a whole zip") from None
    except _UNREADABLE as error:
        raise _refused(f"it cannot be read ({type(error).__name__})") from None
    return saved


def _checked(held: zipfile.ZipFile) -> tuple[dict[str, str], set[str]]:
    """Return the hashes and lost photos that the manifest tells of, once names and sizes are harmless."""
    infos = {info.filename: info for info in held.infolist()}
    if len(infos) != len(held.infolist()) or len(infos) > MAX_FILES:
        raise _refused("it holds too many files, or one twice")
    if sum(info.file_size for info in infos.values()) > MAX_BYTES:
        raise _refused("it is too large")
    if "manifest.json" not in infos:
        raise _refused("it has no manifest")
    about = json.loads(_within(held, "manifest.json", MAX_FILE))
    if about.get("schema") != SCHEMA:
        raise _refused(f"it is not {SCHEMA}")
    hashes = {str(k): str(v) for k, v in about["files"].items()}
    if set(hashes) != set(infos) - {"manifest.json"}:
        raise _refused("its files are not those its manifest tells of")
    if not all(_NAME.fullmatch(name) for name in hashes):
        raise _refused("it names a file in a way that is not allowed")
    return hashes, {str(sha256) for sha256 in about["missing"]}


def _within(held: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Read a file, never more than ``most`` bytes whatever its header says."""
    with held.open(name) as file:
        out = io.BytesIO()
        while chunk := file.read(1 << 20):
            out.write(chunk)
            if out.tell() > most:
                raise _refused(f"{name[:40]} in it is too large")
    return out.getvalue()


def _read(held: zipfile.ZipFile, name: str, hashes: Mapping[str, str], most: int) -> bytes:
    data = _within(held, name, most)
    if hashlib.sha256(data).hexdigest() != hashes[name]:
        raise _refused(f"{name[:40]} in it was changed or is damaged")
    return data


def _dump(rows: Mapping[str, list[dict[str, Any]]]) -> bytes:
    def plain(value: object) -> str:
        if isinstance(value, date | datetime):
            return value.isoformat()
        raise TypeError(type(value).__name__)

    return json.dumps(rows, default=plain, indent=1, sort_keys=True).encode()


def _load(data: bytes) -> dict[str, list[dict[str, Any]]]:
    told = json.loads(data)
    if not set(told) <= {t.name for t in TABLES}:
        raise _refused("its tables are not those of this version")
    # an older version knew fewer tables and columns
    return {t.name: [dict(_cells(t, row)) for row in told.get(t.name, ())] for t in TABLES}


def _cells(table: Any, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    optional = {c.name for c in table.columns if c.nullable}
    if not {c.name for c in table.columns} - optional <= set(row) <= {c.name for c in table.columns}:
        raise _refused(f"a row of its {table.name}s has other columns")
    for column in table.columns:
        value = row.get(column.name)
        if isinstance(column.type, JSON):
            yield column.name, value
            continue
        if value is not None and isinstance(column.type, DateTime):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(column.type, Date):
            value = date.fromisoformat(value)
        if not _fits(value, column):
            raise _refused(f"a {column.name} of its {table.name}s cannot be")
        yield column.name, value


def _fits(value: Any, column: Any) -> bool:
    """Say whether a value is one that the column was made for; SQLite itself would take any."""
    if value is None:
        return bool(column.nullable)
    if isinstance(column.type, String):
        return isinstance(value, str) and len(value) <= (column.type.length or 0)
    if isinstance(column.type, DateTime):
        return value.tzinfo is None
    if isinstance(column.type, Date):
        return True
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and (isinstance(value, int) or not isinstance(column.type, Integer)) and abs(value) < 2**53


def _refused(why: str) -> Refused:
    return Refused("not_an_export", f"This is no export that can be read: {why}.", "Use a zip that hairwise exported.")

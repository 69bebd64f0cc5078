"""One zip with everything: rows, photos, readable tables, and a manifest of hashes.

Knows: zips, hashes, rows. Must not know: the meaning of numbers.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, DateTime

from hairwise.errors import Refused
from hairwise.store.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from hairwise.store.repository import Store

__all__ = ["SCHEMA", "read_archive", "write_archive"]

SCHEMA = "hairwise/export/1"
MAX_BYTES = 60 * 1024**3  # unpacked; 5,000 photos of 12 megapixels are about 25 GB
MAX_FILE = 400 * 1024**2
MAX_ROWS_FILE = 1024**3
MAX_FILES = 100_000
_NAME = re.compile(r"data\.json|diary/[a-z_]{1,40}\.(json|csv)|photos/[0-9a-f]{64}\.[a-z0-9]{1,7}")
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
    part = path.with_name(f".{path.name}.part")
    hashes: dict[str, str] = {}
    missing: list[str] = []
    try:
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


def read_archive(store: Store, path: Path, replace: bool = False) -> None:
    """Fill an empty store from a zip, after everything in it was checked, or with ``replace`` put it in place of all.

    Raises
    ------
    Refused
        ``not_an_export`` where the zip is not one of ours or was changed; ``store_not_empty``.
    """
    if not replace:
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
            for name in sorted(wanted):  # bytes first: a row without its photo must never be seen
                store.files.put(_read(held, name, hashes, MAX_FILE), name[name.index(".") :])
            store.fill(rows, replace)
    except zipfile.BadZipFile:
        raise _refused("it is not a whole zip") from None
    except (KeyError, TypeError, ValueError, AttributeError, NotImplementedError, RuntimeError) as error:
        raise _refused(f"it cannot be read ({type(error).__name__})") from None


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

    return json.dumps(rows, default=plain, ensure_ascii=False, indent=1, sort_keys=True).encode()


def _load(data: bytes) -> dict[str, list[dict[str, Any]]]:
    told = json.loads(data)
    if set(told) != {t.name for t in TABLES}:
        raise _refused("its tables are not those of this version")
    return {t.name: [dict(_cells(t, row)) for row in told[t.name]] for t in TABLES}


def _cells(table: Any, row: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if set(row) != {c.name for c in table.columns}:
        raise _refused(f"a row of its {table.name}s has other columns")
    for column in table.columns:
        value = row[column.name]
        if value is not None and isinstance(column.type, DateTime):
            value = datetime.fromisoformat(value)
        elif value is not None and isinstance(column.type, Date):
            value = date.fromisoformat(value)
        yield column.name, value


def _refused(why: str) -> Refused:
    return Refused("not_an_export", f"This is no export that can be read: {why}.", "Use a zip that hairwise exported.")

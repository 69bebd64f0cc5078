"""Open the database: safe settings, whole or refused, brought to the newest schema.

Knows: SQLite's settings, Alembic. Must not know: what the rows mean.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError

from hairwise.errors import Refused
from hairwise.store.schema import EVERY_TABLE

if TYPE_CHECKING:
    from sqlalchemy.engine import ExceptionContext

__all__ = ["HEAD", "cannot_write", "connect", "copy_database", "forget", "photos_of", "shrink"]

HEAD = "0002"  # the newest step of migrations


def connect(path: Path) -> Engine:
    """Open the database at ``path``, making or migrating it.

    Raises
    ------
    Refused
        ``store_damaged`` where the file is not a whole database; ``store_newer`` where a newer version wrote it;
        ``store_busy`` where another program holds it.
    """
    path.touch(0o600)  # the folder may be one that others can look into
    with suppress(OSError):
        path.chmod(path.stat().st_mode & 0o700)  # its log of changes is made like it
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": 10})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    try:
        with engine.connect() as connection:
            told = connection.execute(text("PRAGMA integrity_check(1)")).scalar_one()
        if told != "ok":
            raise _damaged(path)
        _migrate(engine)
    except DatabaseError as error:
        engine.dispose()
        raise _refusal(str(error), path) or _damaged(path) from None
    except BaseException:
        engine.dispose()
        raise
    event.listen(engine, "handle_error", _refuse)
    return engine


def _set_up(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN itself, see connect
    for line in ("journal_mode = WAL", "foreign_keys = ON", "synchronous = FULL", "secure_delete = ON"):
        connection.execute(f"PRAGMA {line}")


def _begin(connection: Connection) -> None:
    # a writer takes its turn at once, so that what it read first cannot change under it; readers wait for no one
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _migrate(engine: Engine) -> None:
    with engine.execution_options(writes=True).begin() as connection:
        here = None
        if inspect(connection).has_table("alembic_version"):
            here = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
        if here == HEAD:
            if not {t.name for t in EVERY_TABLE} <= set(inspect(connection).get_table_names()):
                raise DatabaseError("tables are missing", None, ValueError(HEAD))
            return  # the usual case needs no Alembic, whose import takes a while
        from alembic import command
        from alembic.config import Config
        from alembic.script import ScriptDirectory

        config = Config()
        config.set_main_option("script_location", "hairwise.store:migrations")
        config.set_main_option("path_separator", "os")
        if here is not None and here not in {s.revision for s in ScriptDirectory.from_config(config).walk_revisions()}:
            raise Refused(
                "store_newer",
                "These data were kept by a newer version of hairwise.",
                "Install that version or a later one.",
            )
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def _refuse(failed: ExceptionContext) -> None:
    """Tell what the disk or another program did to a database that was whole when it was opened; no bug of ours."""
    error = failed.original_exception
    path = Path(str(failed.engine.url.database if failed.engine else ""))
    refused = _refusal(str(error), path) if isinstance(error, sqlite3.DatabaseError) else None
    if refused:
        raise refused


def _refusal(said: str, path: Path) -> Refused | None:
    """Return what SQLite's words mean for a person, None where they tell of no known trouble."""
    if "locked" in said:
        return Refused("store_busy", f"Another program is using {path.name}.", "Close it and try again.")
    for words in ("database or disk is full", "readonly", "disk I/O error", "unable to open"):
        if words in said:
            return cannot_write(words)
    return _damaged(path) if "malformed" in said or "not a database" in said else None


def cannot_write(said: str) -> Refused:
    """Return the refusal of a disk that takes nothing."""
    return Refused(
        "cannot_write",
        f"Nothing can be stored here now ({said}).",
        "Make room on the disk, or unlock it, and try again.",
    )


def _damaged(path: Path) -> Refused:
    return Refused(
        "store_damaged",
        f"{path.name} is damaged and cannot be opened.",
        "Bring the newest copy of its folder backups back with hairwise data restore; the damaged file is kept.",
    )


def copy_database(source: Path, target: Path) -> None:
    """Copy a database while it may be in use; the copy is one file."""
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")
    old.close()
    new.close()


def shrink(path: Path) -> bool:
    """Give back the room of deleted rows; return whether the log of changes is empty too, which others may hold."""
    try:
        with sqlite3.connect(path) as database:
            database.execute("VACUUM")
            busy = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.OperationalError:  # locked
        return False
    finally:
        database.close()
    return not busy


def forget(path: Path, entries: set[str], photos: set[str]) -> None:
    """Take rows out of a copy for good."""
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA secure_delete = ON")
        database.execute("PRAGMA foreign_keys = ON")
        database.executemany("DELETE FROM entry WHERE id = ?", [(i,) for i in entries])
        database.executemany("DELETE FROM photo WHERE sha256 = ?", [(s,) for s in photos])


def photos_of(path: Path) -> set[str]:
    """Return the sha256 of every photo that a copy names."""
    with closing(sqlite3.connect(path)) as database:
        return {str(row[0]) for row in database.execute("SELECT sha256 FROM photo")}

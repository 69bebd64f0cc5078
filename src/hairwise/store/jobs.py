"""Long work as rows, so that a restart can go on with it.

Knows: states and steps. Must not know: what the work is.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from hairwise.errors import Refused
from hairwise.store.schema import job, photo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import RowMapping

    from hairwise.store.repository import Store

__all__ = ["Job", "add_job", "get_job", "last_done", "put_back", "set_job", "take_next", "tidy_jobs"]

OPEN = ("waiting", "running")
KEPT = timedelta(days=7)  # ended work, for a page that is still open
MOST_STOPS = 3  # work that hairwise stopped in so often may be what stops it
_STOPPED = {
    "code": "work_stopped",
    "why": f"hairwise stopped {MOST_STOPS} times while it did this.",
    "do": "Start it again. If it stops again, use a smaller photo.",
}


@dataclass(frozen=True)
class Job:
    """One piece of work; ``state`` is waiting, running, done or refused; ``result`` is an answer or why not."""

    id: str
    kind: str
    args: dict[str, Any]
    state: str
    step: str
    done: int
    steps: int
    result: dict[str, Any] | None


def add_job(store: Store, kind: str, args: Mapping[str, Any]) -> str:
    """Ask for work; the same work that is waiting already is not asked for twice. Return its id."""
    now, new = store.now(), uuid.uuid4().hex
    with store.writing() as db:
        for held in db.execute(select(job).where(job.c.state == "waiting", job.c.kind == kind)).mappings():
            if held["args"] == dict(args):
                return str(held["id"])
        row = {"id": new, "kind": kind, "args": dict(args), "state": "waiting", "step": "", "done": 0, "steps": 0}
        db.execute(insert(job), {**row, "result": None, "made_at": now, "changed_at": now})
    return new


def get_job(store: Store, job_id: str) -> Job:
    """Return one job."""
    with store.engine.connect() as db:
        row = db.execute(select(job).where(job.c.id == job_id)).mappings().first()
    if row is None:
        raise Refused("not_kept", "This work is not known here.", "Go back and start it again.")
    return _job(row)


def take_next(store: Store) -> Job | None:
    """Return the oldest waiting job, now running; None where nothing waits."""
    with store.writing() as db:
        query = select(job).where(job.c.state == "waiting").order_by(job.c.made_at, job.c.id).limit(1)
        row = db.execute(query).mappings().first()
        if row is None:
            return None
        db.execute(update(job).where(job.c.id == row["id"]).values(state="running", changed_at=store.now()))
    return _job(row)


def set_job(store: Store, job_id: str, **values: Any) -> None:
    """Change a job's state, step or result."""
    with store.writing() as db:
        db.execute(update(job).where(job.c.id == job_id).values(changed_at=store.now(), **values))


def put_back(store: Store, job_id: str) -> None:
    """Let work wait again that was taken up, since what it found could not be kept."""
    set_job(store, job_id, state="waiting", step="", done=0)


def last_done(store: Store, kind: str, args: Mapping[str, Any]) -> Job | None:
    """Return the newest work of a kind with these arguments that was done; None where there is none."""
    query = (
        select(job).where(job.c.kind == kind, job.c.state == "done").order_by(job.c.changed_at.desc(), job.c.id.desc())
    )
    with store.engine.connect() as db:
        return next((_job(row) for row in db.execute(query).mappings() if row["args"] == dict(args)), None)


def tidy_jobs(store: Store, is_alone: bool = True, lasting: Sequence[str] = ()) -> None:
    """After a start: work that ended a week ago is forgotten; work that was running waits again.

    The latter only where this program ``is_alone``: another one may be doing it. At its third stop work is given up, so
    that a photo which ends the program does not end it at every start. Of ``lasting`` kinds the newest done
    work with the same arguments stays, but never longer than the ``photos`` that its result names.
    """
    with store.writing() as db:
        if is_alone:
            for row in db.execute(select(job).where(job.c.state == "running")).mappings().all():
                stops = (row["result"] or {}).get("stops", 0) + 1
                again = {"state": "waiting", "step": "", "done": 0, "result": {"stops": stops}}
                values = again if stops < MOST_STOPS else {"state": "refused", "result": _STOPPED}
                db.execute(update(job).where(job.c.id == row["id"]).values(changed_at=store.now(), **values))
        last: dict[str, str] = {}
        query = select(job).where(job.c.kind.in_(lasting), job.c.state == "done").order_by(job.c.changed_at, job.c.id)
        there = set(db.execute(select(photo.c.sha256)).scalars())
        for row in db.execute(query).mappings():
            if not there.issuperset((row["result"] or {}).get("photos", ())):
                db.execute(delete(job).where(job.c.id == row["id"]))
                continue
            last[f"{row['kind']} {sorted(row['args'].items())}"] = row["id"]
        old = job.c.state.not_in(OPEN) & (job.c.changed_at < store.now() - KEPT)
        db.execute(delete(job).where(old, job.c.id.not_in(last.values())))


def _job(row: RowMapping) -> Job:
    return Job(**{name: row[name] for name in Job.__dataclass_fields__})

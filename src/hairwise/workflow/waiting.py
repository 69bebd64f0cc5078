"""Work that waits in the store: take it up, put it back. What does it is in ``work``, which loads slowly.

Knows: that another program may work on the same data. Must not know: what the work is, SQL.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.store.database import cannot_write
from hairwise.store.jobs import get_job, put_back, take_next, tidy_jobs
from hairwise.store.turn import Turn

if TYPE_CHECKING:
    from hairwise.store.jobs import Job
    from hairwise.store.repository import Store

__all__ = ["get_job", "next_job", "put_job_back", "resume_jobs"]


def next_job(store: Store) -> Job | None:
    """Return the oldest waiting job, now running."""
    return take_next(store)


def resume_jobs(store: Store) -> Turn:
    """After a start, let work that was cut off wait again, unless another program may be doing it.

    Returns
    -------
    Turn
        To be held as long as work is taken up here.
    """
    try:
        turn = Turn(store.folder)
    except OSError as error:
        raise cannot_write(str(error.strerror)) from None
    tidy_jobs(store, turn.is_alone, lasting=("follow",))
    return turn


def put_job_back(store: Store, job: Job) -> None:
    """Let work wait again whose outcome could not be kept."""
    put_back(store, job.id)

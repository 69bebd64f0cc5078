"""What takes seconds to work out: done beside the pages, one at a time, and kept until the data change.

Knows: threads, which answer belongs to which state of the data. Must not know: what is worked out, HTTP.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

__all__ = ["Found", "Worked"]

_LOG = logging.getLogger(__name__)
T = TypeVar("T")
SOON_S = 0.2


@dataclass(frozen=True)
class Found(Generic[T]):
    """What is known now: the answer for the data as they are, or the last one for data as they were."""

    value: T | None
    is_current: bool


class Worked(Generic[T]):
    """One answer at a time, in memory only."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._key: Hashable = None
        self._value: T | None = None
        self._failed: Refused | None = None
        self._is_busy = False
        self._life = 0  # what was begun before the data were deleted is thrown away when it comes

    def ask(self, key: Hashable, make: Callable[[], T], wait_s: float) -> Found[T]:
        """
        Return the answer for this state of the data; where it takes longer than ``wait_s``, the last one there was.

        Raises
        ------
        Refused
            Where it cannot be worked out; the next call tries again.
        """
        until = time.monotonic() + wait_s
        with self._changed:
            while self._key != key:
                if not self._is_busy:
                    self._is_busy = True
                    # where nobody waits for it, the page that asked goes out first
                    work = threading.Timer(0.0 if wait_s else SOON_S, self._work, (key, make, self._life))
                    work.daemon = True
                    work.start()
                if not self._changed.wait(max(until - time.monotonic(), 0.0)):
                    return Found(self._value, is_current=False)
            if self._failed is not None:
                failed, self._failed, self._key = self._failed, None, None
                raise failed
            return Found(self._value, is_current=True)

    def forget(self) -> None:
        """Drop every answer, also one that is being worked out."""
        with self._changed:
            self._key, self._value, self._failed, self._life = None, None, None, self._life + 1

    @property
    def was_asked(self) -> bool:
        """Whether an answer is wanted at all in this run."""
        return self._key is not None or self._is_busy

    def _work(self, key: Hashable, make: Callable[[], T], life: int) -> None:
        made: T | None = None
        failed: Refused | None = None
        try:
            made = make()
        except Refused as refused:
            failed = refused
        except Exception as error:  # noqa: BLE001 - a thread's error would vanish
            _LOG.error("an answer failed: %s", type(error).__name__)  # noqa: TRY400 - its text may hold private data
            failed = Refused("not_worked_out", "This could not be worked out.", "Report it as a bug.")
        with self._changed:
            self._is_busy = False
            if life == self._life:
                self._key, self._failed = key, failed
                self._value = self._value if made is None else made
            self._changed.notify_all()

"""The built-in case, computed once in a thread of its own.

Knows: how far the work has come. Must not know: HTTP, what the case says.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from hairwise import workflow
from hairwise.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from hairwise.workflow import DemoResult

__all__ = ["DemoRunner"]

_LOG = logging.getLogger(__name__)


class DemoRunner:
    """Start the case when it is first asked for, keep its result in memory.

    Parameters
    ----------
    make : callable
        Told a function to call before each step; returns the case.
    """

    def __init__(self, make: Callable[[Callable[[str], None]], DemoResult] = workflow.demo_case) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._steps: list[str] = []
        self._result: DemoResult | None = None
        self._failed: Refused | None = None

    @property
    def steps(self) -> tuple[str, ...]:
        """Steps begun so far."""
        return tuple(self._steps)

    def result(self) -> DemoResult | None:
        """
        Return the case, or None while it is being made; the first call starts the work.

        Raises
        ------
        Refused
            When the case could not be made; the next call tries again.
        """
        with self._lock:
            if self._failed is not None:
                failed, self._failed, self._thread = self._failed, None, None
                raise failed
            if self._result is None and self._thread is None:
                self._steps.clear()
                self._thread = threading.Thread(target=self._work, name="hairwise-demo", daemon=True)
                self._thread.start()
            return self._result

    def _work(self) -> None:
        try:
            made = self._make(self._steps.append)
        except Refused as refused:
            self._failed = refused
        except Exception:  # noqa: BLE001 - a thread's error would vanish; it is logged and told on the page
            _LOG.exception("the built-in case failed")
            self._failed = Refused("demo_failed", "The worked case could not be made.", "Report this as a bug.")
        else:
            self._result = made

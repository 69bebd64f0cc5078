"""What the pages of the log do with the store: keep, look up, change, take back.

Knows: entries told together, what was there before a change. Must not know: HTTP, addresses.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any

from hairwise import workflow
from hairwise.errors import Refused
from hairwise.web.log_fields import bodies, form_of, kept_apart, lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hairwise.web.book import Book

__all__ = ["Desk", "Line"]

REMEMBERED = 50  # changes that can be undone while the program runs
Form = dict[str, list[str]]


@dataclass(frozen=True)
class Line:
    """Entries told together as one line; ``brief`` leaves out what kind they are."""

    ids: tuple[str, ...]
    kind: str
    day: date | None
    words: str
    brief: str


class Desk:
    """The store as the pages of the log use it."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._writing = Lock()  # a form sent twice by a nervous finger is taken one after the other
        self._before: OrderedDict[str, list[dict[str, Any]]] = OrderedDict()
        book.when_forgotten(self._before.clear)

    # look up

    def page(self, kinds: Sequence[str], most: int, before: date | None) -> tuple[list[Line], int, date | None]:
        """Return the newest lines, how many entries are left out, and the day to go on before."""
        with self._book.store() as store:
            groups, left, on = workflow.log_page(store, kinds, most, before)
        return [self._line(group) for group in groups], left, on

    def deleted(self, most: int) -> list[Line]:
        """Return what can be brought back, deleted last first."""
        with self._book.store() as store:
            return [self._line(group) for group in workflow.log_deleted(store, list(self._book.logs), most)]

    def lines(self, ids: Sequence[str], *, deleted: bool = False) -> list[Line]:
        """Return the lines of entries that are kept, or that were deleted; others are passed over."""
        found: dict[tuple[str, ...], Line] = {}
        with self._book.store() as store:
            for entry_id in ids:
                with suppress(Refused):
                    group = workflow.told_together(store, entry_id)
                    if group[0].kind in self._book.logs and (group[0].deleted_at is not None) == deleted:
                        line = self._line(group)
                        found[line.ids] = line
        return list(found.values())

    def line(self, entry_id: str) -> Line:
        """Return the line of an entry; there is no page for a kind without a form."""
        with self._book.store() as store:
            group = workflow.told_together(store, entry_id)
        self._book.log(group[0].kind)
        return self._line(group)

    def last(self, kind: str) -> Line | None:
        """Return the newest line of a kind."""
        return next(iter(self.page([kind], 1, None)[0]), None)

    def running(self) -> list[Line]:
        """Return treatments that did not stop yet."""
        with self._book.store() as store:
            return [self._line((e,)) for e in store.entries("treatment") if not e.body.get("stop")]

    def red_flags(self) -> Any:
        """Return what to do about signs in the log that need help soon, or None."""
        with suppress(Refused), self._book.store() as store:
            return workflow.red_flags(store, self._book.today())
        return None

    def answers(self, entry_id: str) -> workflow.Answers:
        """Return a set of answers that is kept."""
        with self._book.store() as store:
            return workflow.Answers.model_validate(store.entry(entry_id).body)

    def form_of(self, entry_id: str) -> Form:
        """Return an entry, with those told together, as its form holds it."""
        with self._book.store() as store:
            group = workflow.told_together(store, entry_id)
        return form_of(self._book.log(group[0].kind), [e.body for e in group])

    def begun(self, kind: str) -> Form:
        """Return a form as it begins: today, and what is told again as it was last time."""
        log, last = self._book.log(kind), self.last(kind)
        form = {log.day.name: [self._book.today().isoformat()]}
        if last:
            told = self.form_of(last.ids[0])
            form |= {
                f.name: told[f.name] for f in log.fields if f.again and told.get(f.name, ["unknown"]) != ["unknown"]
            }
        if kind == "count" and last and self._washes(last.day):
            form["wash"] = ["yes"]
        return form

    def _washes(self, day: date | None) -> tuple[Any, ...]:
        with self._book.store() as store:
            return workflow.told_already(store, "wash", [{"date": day.isoformat()}]) if day else ()

    # write

    def twin(self, kind: str, form: Form) -> Line | None:
        """Return the line of what is kept already and tells the same as a form would."""
        told = bodies(self._book.log(kind), form, self._book.today())
        with self._book.store() as store:
            if workflow.kept_exactly(store, kind, told):  # sent twice, not told twice
                return None
            group = workflow.told_already(store, kind, told)
        return self._line(group) if group else None

    def keep(self, kind: str, form: Form) -> list[str]:
        """Keep what a form tells, with a wash where a count says so; return the ids."""
        told = bodies(self._book.log(kind), form, self._book.today())
        with self._writing, self._book.store() as store:
            ids = workflow.kept_exactly(store, kind, told) or workflow.add_entries(store, kind, told)
            return ids + _add_wash(store, kind, form)

    def change(self, entry_id: str, form: Form) -> list[str]:
        """Put what a form tells in place of an entry and those told together; return the ids kept now."""
        log = self._book.log(self.line(entry_id).kind)
        return self._change(entry_id, form, lambda old: kept_apart(log, old))

    def add_to(self, entry_id: str, form: Form) -> tuple[list[str], list[str]]:
        """Change what is kept by what a new form tells, and keep the rest of it; return ids changed and ids added."""
        device = {"device", "device_id"} if form.get("device") else set()
        ids = self._change(entry_id, form, lambda old: {n: v for n, v in old.items() if n not in {"zone"} | device})
        with self._writing, self._book.store() as store:
            return ids, _add_wash(store, self.line(entry_id).kind, form)

    def _change(self, entry_id: str, form: Form, rest: Callable[[dict[str, Any]], dict[str, Any]]) -> list[str]:
        with self._writing, self._book.store() as store:
            group = workflow.told_together(store, entry_id)
            told = bodies(self._book.log(group[0].kind), form, self._book.today())
            ids = workflow.change_entries(store, group, [rest(group[0].body) | body for body in told])
        self._before[ids[0]] = [e.body for e in group]
        while len(self._before) > REMEMBERED:
            self._before.popitem(last=False)
        return ids

    def can_undo(self, ids: Sequence[str]) -> bool:
        """Say whether what was there before a change is still remembered."""
        return any(i in self._before for i in ids[:1])

    def undo_change(self, entry_id: str) -> list[str]:
        """Put back what was there before a change.

        Raises
        ------
        Refused
            ``not_remembered`` once hairwise was started anew.
        """
        with self._writing, self._book.store() as store:
            before = self._before.get(entry_id)
            if before is None:
                why = "What was there before is not known any more."
                raise Refused("not_remembered", why, "Edit the entry instead.")
            ids = workflow.change_entries(store, workflow.told_together(store, entry_id), before)
            self._before.pop(entry_id, None)
            return ids

    def delete(self, ids: Sequence[str]) -> list[str]:
        """Delete entries with those told together; return the ids."""
        return self._all(ids, workflow.delete_entries, is_deleted=False)

    def bring_back(self, ids: Sequence[str]) -> list[str]:
        """Bring entries back with those told together; return the ids."""
        return self._all(ids, workflow.bring_entries_back, is_deleted=True)

    def _all(self, ids: Sequence[str], do: Callable[[Any, list[str]], None], *, is_deleted: bool) -> list[str]:
        with self._writing, self._book.store() as store:
            every = {e.id: e for entry_id in ids for e in workflow.told_together(store, entry_id)}
            for kept in every.values():
                self._book.log(kept.kind)
            do(store, [i for i, e in every.items() if (e.deleted_at is not None) == is_deleted])  # once, if sent twice
        return list(every)

    def _line(self, group: Sequence[Any]) -> Line:
        first = group[0]
        log = self._book.log(first.kind)
        words = lines_of(log, [e.body for e in group])
        brief = words.removeprefix(log.title).removeprefix(": ") or log.title
        told = first.body.get(log.day.name)  # answers that were kept without their day tell it themselves
        day = first.day or (date.fromisoformat(told) if told else None)
        return Line(tuple(e.id for e in group), first.kind, day, words, brief)


def _add_wash(store: Any, kind: str, form: Form) -> list[str]:
    """Keep the wash that a count tells of, once a day; return its id."""
    wash = [{"date": day.strip()} for day in form.get("date", [])[-1:]]
    if kind != "count" or not form.get("wash") or workflow.told_already(store, "wash", wash):
        return []
    return workflow.add_entries(store, "wash", wash)

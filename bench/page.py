"""The tables of docs/accuracy.md: what stands between two markers is written by a bench, the rest by hand."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "accuracy.md"


def table(heading: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = [f"| {' | '.join(heading)} |", "|" + "---|" * len(heading)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


def write_part(name: str, text: str) -> None:
    """Put ``text`` between the markers called ``name``; both must be there."""
    page = PAGE.read_text()
    first, last = f"<!-- {name} -->", f"<!-- /{name} -->"
    head, found, rest = page.partition(first)
    _, found_last, tail = rest.partition(last)
    if not (found and found_last):
        raise SystemExit(f"{PAGE.name} has no markers {first} and {last}")
    PAGE.write_text(f"{head}{first}\n{text}\n{last}{tail}")


def replace_rows(rows: list[tuple[str, ...]]) -> None:
    """Put rows in the place of those that begin alike; one that is new follows the row before it."""
    lines = PAGE.read_text().splitlines()
    at = -1
    for row in rows:
        line = f"| {' | '.join(row)} |"
        found = [k for k, old in enumerate(lines) if old.startswith(f"| {row[0]} |")]
        if found:
            at = found[0]
            lines[at] = line
        elif at >= 0:
            at += 1
            lines.insert(at, line)
        print(line)
    PAGE.write_text("\n".join(lines) + "\n")

"""Where hairwise finds hairs on rendered photos and where it does not.

usage: strata.py [--clipped N] [--short N] [--long N] [--bare N]
Writes the second table of docs/accuracy.md. Imported by run.py.
"""

from __future__ import annotations

import argparse
from datetime import date

import numpy as np
from page import table, write_part
from phantom import BARE_SEED, FINE_PX_PER_MM, N_BARE, N_FIELDS, SEEDS, bare_per_cm2, f1_of, score_styles

from hairwise import __version__

HEADING = (
    "rendered photos",
    "photos; hairs",
    "root F1",
    "precision",
    "recall",
    "tip error, mean",
    "root at the tip",
    "diameter: bias; mean abs. error",
    "refused",
)
BANDS = (
    ("contrast", (-1.0, 0.15, 0.35, 1.0), "{:.2f} to {:.2f}"),
    ("defocus_um", (0.0, 4.0, 8.0, 12.0), "{:.0f} to {:.0f} µm"),
    ("px_per_mm", (90.0, 130.0, 180.0, 260.0), "{:.0f} to {:.0f}"),
)
TITLES = {"contrast": "contrast of hair to skin", "defocus_um": "defocus", "px_per_mm": "px/mm"}


def strata_text(scored: list[dict], n_bare: int) -> str:
    """Return the table by style, colour, contrast, blur and scale, and the hairs reported on bare skin."""
    rows = []
    for style in SEEDS:
        part = [s for s in scored if s["style"] == style]
        rows += [_row(f"**{style}**, seeds from {SEEDS[style]}", part)]
        for hair in ("dark", "light", "grey"):
            for skin in ("light", "deep"):
                chosen = [s for s in part if s["hair"] == hair and s["skin"] == skin]
                rows += [_row(f"{style}: {hair} hair, {skin} skin", chosen)]
        for key, edges, form in BANDS:
            for n, (lo, hi) in enumerate(zip(edges[:-1], edges[1:], strict=True)):
                chosen = [s for s in part if lo <= s[key] < hi or (s[key] == hi and n == len(edges) - 2)]
                rows += [_row(f"{style}: {TITLES[key]} {_band(n, edges, form)}", chosen)]
    reported, area_cm2 = bare_per_cm2(n_bare)
    stamp = f"Version {__version__}, measured {date.today()}. Strata overlap; few photos stand behind many of them.\n\n"
    bare = (
        f"\n\nSkin without hair ({n_bare} rendered photos, {area_cm2:.2f} cm², seeds from {BARE_SEED}; flakes, vessels"
        f" and loose clippings are left in): {reported / max(area_cm2, 1e-9):.1f} hairs reported per cm²."
    )
    return stamp + table(HEADING, [row for row in rows if row]) + bare


def _band(n: int, edges: tuple[float, ...], form: str) -> str:
    if edges[n] < 0:
        return f"below {edges[n + 1]:.2f}"
    if edges[n + 1] == 1.0:
        return f"above {edges[n]:.2f}"
    return form.format(edges[n], edges[n + 1])


def _row(name: str, part: list[dict]) -> tuple[str, ...]:
    """One row; empty where no photo is in the stratum."""
    if not part:
        return ()
    f1, precision, recall = f1_of(part)
    tips_um = np.concatenate([s["tip_um"] for s in part])
    fine = [s["errors_um"] for s in part if s["px_per_mm"] >= FINE_PX_PER_MM]
    errors_um = np.concatenate([*fine, np.empty(0)])
    errors_um = errors_um[np.isfinite(errors_um)]
    belong = sum(s["belong"] for s in part)
    return (
        name,
        f"{len(part)}; {sum(s['demanded'] for s in part)}",
        f"{f1:.3f}",
        f"{precision:.3f}",
        f"{recall:.3f}",
        f"{tips_um.mean():.0f} µm" if len(tips_um) else "",
        f"{100 * sum(s['swapped'] for s in part) / belong:.1f} %" if belong else "",
        f"{errors_um.mean():+.1f}; {np.abs(errors_um).mean():.1f} µm" if len(errors_um) else "",
        f"{sum(bool(s['refused']) for s in part)}",
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    for style, n in N_FIELDS.items():
        parser.add_argument(f"--{style}", type=int, default=n)
    parser.add_argument("--bare", type=int, default=N_BARE)
    given = parser.parse_args()
    text = strata_text(score_styles({style: getattr(given, style) for style in N_FIELDS}), given.bare)
    print("\n" + text)
    write_part("strata", text)


if __name__ == "__main__":
    main()

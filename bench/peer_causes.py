"""Other ways to explain a diary, in their plainest form, for causes.py: re-implementations, not their authors' code.

naive: counts after against before. windows: self-controlled case series with one fixed risk window a cause
(Farrington 1995). impact: a local level carried on from before the first session, as CausalImpact does without
covariates (Brodersen 2015); it names no cause. Each takes a diary as a dict and returns what score_diaries.py reads.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from scipy.stats import norm

CAUSES = ("mechanical", "inflammatory", "te_needling", "te_stressor", "minoxidil", "aga", "season", "scalp_condition",
          "none")  # fmt: skip
STRAINS = ("illness", "stress", "diet", "surgery", "childbirth", "new_medicine")
RISE = np.log(1.3)


def _days(diary: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, float]:
    """Day of each count from the first session on, counts as shares of their method's mean, last day."""
    zero = date.fromisoformat(diary["first_session"])
    day = np.array([(date.fromisoformat(c["date"]) - zero).days for c in diary["counts"]], float)
    count = np.array([c["count"] for c in diary["counts"]], float)
    method = np.array([c["method"] for c in diary["counts"]])
    for m in set(method.tolist()):
        count[method == m] /= max(count[method == m].mean(), 1e-9)
    return day, count, float((date.fromisoformat(diary["cutoff"]) - zero).days)


def _answer(p_real: float, p_cause: dict[str, float], excess: tuple[float, float, float]) -> dict[str, Any]:
    total = sum(p_cause.values())
    mean, lo, hi = excess
    return {
        "p_real_loss": float(p_real),
        "p_cause": {c: p_cause.get(c, 0.0) / total for c in CAUSES},
        "needling_excess": {"mean": mean, "lo90": lo, "hi90": hi},
    }


def naive(diary: dict[str, Any]) -> dict[str, Any]:
    """Say the mean after the first session against that before it, or against the first two weeks of counting."""
    day, count, _ = _days(diary)
    before = day < 0 if (day < 0).any() else day < day.min() + 14 if len(day) else day > 0
    if before.sum() < 3 or (~before).sum() < 3:
        return _answer(0.5, {"none": 1.0}, (0.0, 0.0, 0.0))
    a, b = count[before], count[~before]
    gap = np.log(max(b.mean(), 1e-9) / max(a.mean(), 1e-9))
    se = np.hypot(a.std() / a.mean() / np.sqrt(len(a)), b.std() / b.mean() / np.sqrt(len(b))) + 1e-6
    p = float(norm.sf((RISE - gap) / se))
    counted = sum(c["count"] for c in diary["counts"] if c["date"] >= diary["first_session"])
    share = [1 - np.exp(-(gap + z * se)) for z in (0.0, -1.645, 1.645)]
    return _answer(p, {"mechanical": p, "none": 1 - p}, tuple(float(counted * s) for s in share))


def windows(diary: dict[str, Any]) -> dict[str, Any]:
    """Rate in each cause's fixed window against that outside of it."""
    day, count, last = _days(diary)
    zero = date.fromisoformat(diary["first_session"])
    sessions = sorted({(date.fromisoformat(s["date"]) - zero).days for s in diary["sessions"]})
    events = [((date.fromisoformat(e["date"]) - zero).days, e["kind"]) for e in diary["events"]]
    doy = np.array([(zero.toordinal() + d - 1) % 365.25 for d in day])
    peak = 288 if diary.get("hemisphere") != "S" else 105

    def within(starts: list[float], lo: float, hi: float) -> np.ndarray:
        return (
            np.any([(day >= s + lo) & (day <= s + hi) for s in starts], axis=0) if starts else np.zeros(len(day), bool)
        )

    strains = [d for d, k in events if k in STRAINS]
    minoxidil = [d for d, k in events if k == "minoxidil_start"]
    flares = [(date.fromisoformat(s["date"]) - zero).days for s in diary["symptoms"]
              if (s.get("itch") or 0) + (s.get("flakes") or 0) >= 2]  # fmt: skip
    risk = {
        "mechanical": within(sessions, 0, 2), "inflammatory": within(sessions, 7, 28),
        "te_needling": within(sessions[:1], 45, 110), "te_stressor": within(strains, 45, 110),
        "minoxidil": within(minoxidil, 7, 45), "aga": day > last / 2,
        "season": np.abs((doy - peak + 182) % 365.25 - 182) < 40, "scalp_condition": within(flares, 0, 21),
    }  # fmt: skip
    z, ratio = {}, {}
    for cause, inside in risk.items():
        a, b = count[inside], count[~inside]
        if len(a) < 3 or len(b) < 3 or b.mean() == 0:
            continue
        se = np.hypot(a.std() / max(a.mean(), 1e-9) / np.sqrt(len(a)), b.std() / b.mean() / np.sqrt(len(b))) + 1e-6
        ratio[cause] = float(np.log(max(a.mean(), 1e-9) / b.mean()))
        z[cause] = ratio[cause] / se
    best = max(z, key=lambda c: z[c], default="none")
    p = {c: float(np.exp(0.5 * max(v, 0.0) ** 2)) for c, v in z.items()}
    p = {c: min(v, 1e6) for c, v in p.items()} | {"none": 3.0}
    p_real = float(norm.sf((RISE - ratio[best]) * z[best] / ratio[best])) if best in z and ratio[best] > 0 else 0.1
    counted = sum(c["count"] for c in diary["counts"] if c["date"] >= diary["first_session"])
    inside = risk["mechanical"] | risk["inflammatory"] | risk["te_needling"]
    share = float(count[inside].sum() / max(count.sum(), 1e-9))
    gain = max(
        (1 - np.exp(-ratio[c]) for c in ("mechanical", "inflammatory", "te_needling") if c in ratio), default=0.0
    )
    mean = counted * share * gain
    return _answer(p_real, p, (mean, min(mean - 0.3 * counted * share, 0.0), mean + 0.3 * counted * share))


def impact(diary: dict[str, Any]) -> dict[str, Any]:
    """Carry a local level on from before the first session; the rest is the effect."""
    day, count, _ = _days(diary)
    week = np.floor(day / 7).astype(int)
    weeks = np.unique(week)
    value = np.array([np.log(count[week == w].mean() + 1e-3) for w in weeks])
    before = weeks < 0
    if before.sum() < 3 or (~before).sum() < 2:
        return _answer(0.5, {"none": 1.0}, (0.0, -1e9, 1e9))
    sd = max(float(np.std(value[before])), 0.1)
    step = sd / 3
    level, var = float(value[before].mean()), sd**2 / before.sum()
    late = weeks >= weeks.max() - 3
    gap = float(value[late].mean()) - level
    se = np.sqrt(var + sd**2 / late.sum() + step**2 * (weeks[late].mean() + 1))
    p = float(norm.sf((RISE - gap) / se))
    effect = value[~before] - level
    spread = np.sqrt(var + step**2 * (weeks[~before] + 1))
    counted = np.array([sum(c["count"] for c, w in zip(diary["counts"], week, strict=True) if w == k)
                        for k in weeks[~before]])  # fmt: skip
    ends = [float((counted * (1 - np.exp(-(effect + z * spread)))).sum()) for z in (0.0, -1.645, 1.645)]
    return _answer(p, {"none": 1.0}, (ends[0], ends[1], ends[2]))


PEERS = {"before and after": naive, "self-controlled windows": windows, "local level (as CausalImpact)": impact}

"""Answer files written from the evidence base, not from the code: every red flag alone and among good answers."""

from __future__ import annotations

from typing import Any

from hairwise.records.answers import CONDITIONS, FINDINGS

TODAY = "2026-06-01"

# The least urgent class allowed for each sign, read off `red_flags` of the evidence base by hand.
SIGNS: dict[str, str] = {
    "swelling_face_or_eye": "emergency",
    "breathing_trouble": "emergency",
    "hives": "emergency",
    "chest_pain": "emergency",
    "palpitations": "emergency",
    "faintness": "emergency",
    "confusion_or_very_ill": "emergency",
    "spreading_redness": "same_day",
    "warmth": "same_day",
    "pus": "same_day",
    "fever": "same_day",
    "swollen_glands": "same_day",
    "boggy_mass": "same_day",
    "grouped_blisters": "same_day",
    "tender_nodules": "within_days",
    "retained_needle": "within_days",
    "pustules": "within_days",
    "severe_distress": "within_days",
    "lost_follicle_openings": "within_weeks",
    "shiny_scarring": "within_weeks",
    "burning": "within_weeks",
    "pain": "within_weeks",
    "smooth_patches": "within_weeks",
    "moth_eaten": "within_weeks",
    "rash_or_joint_pain": "within_weeks",
}
INFECTION = ("spreading_redness", "warmth", "pus", "fever", "swollen_glands", "pustules", "tender_nodules")


def reassuring(**changes: Any) -> dict[str, Any]:
    """A healthy adult who answered everything well, with some answers changed."""
    base: dict[str, Any] = {
        "schema": "hairwise/answers/1",
        "today": TODAY,
        "age": 30,
        "sex": "m",
        "pregnant": "no",
        "started": True,
        "device": "roller",
        "needle_mm": 0.5,
        "passes": 4,
        "speed": "slow",
        "pressure": "light",
        "interval_days": 28,
        "sessions": 2,
        "first_session": "2026-04-20",
        "last_session": "2026-05-18",
        "zones": [{"zone": "vertex", "growth": "thin", "rolled": True}],
        "loss": {"noticed": "no"},
        "findings": dict.fromkeys(FINDINGS, "no"),
        "conditions": dict.fromkeys(CONDITIONS, "no"),
        "hygiene": {
            "disinfected": "yes",
            "shared_device": "no",
            "reused_cartridge": "no",
            "tap_water_only": "no",
        },
    }
    for key, value in changes.items():
        base[key] = {**base[key], **value} if isinstance(value, dict) and isinstance(base.get(key), dict) else value
    return base


def bare(**fields: Any) -> dict[str, Any]:
    """Nothing answered but this."""
    return {"schema": "hairwise/answers/1", "today": TODAY, **fields}


def cases() -> list[tuple[str, dict[str, Any], str]]:
    """Name, answers and the least urgent class allowed."""
    out: list[tuple[str, dict[str, Any], str]] = []
    for sign, urgency in SIGNS.items():
        out.append((f"{sign} alone", bare(findings={sign: "yes"}), urgency))
        out.append((f"{sign}, else well", reassuring(findings={sign: "yes"}), urgency))
    for sign in INFECTION:
        for condition in ("immune_suppression", "diabetes"):
            answers = reassuring(findings={sign: "yes"}, conditions={condition: "yes"})
            out.append((f"{sign} with {condition}", answers, "same_day"))
    sepsis = {"fever": "yes", "spreading_redness": "yes"}
    artery = {"headache_jaw_or_vision": "yes", "pain": "yes"}
    out += [
        ("sepsis alone", bare(findings=sepsis), "emergency"),
        ("sepsis, else well", reassuring(findings=sepsis), "emergency"),
        ("temporal artery at 67", reassuring(age=67, findings=artery), "emergency"),
        ("temporal artery at 50", reassuring(age=50, findings=artery), "emergency"),
        ("temporal artery, age not given", bare(findings=artery), "emergency"),
        (
            "temporal artery, tenderness not answered",
            bare(age=70, findings={"headache_jaw_or_vision": "yes"}),
            "emergency",
        ),
        ("shared device alone", bare(hygiene={"shared_device": "yes"}), "same_day"),
        ("shared device, else well", reassuring(hygiene={"shared_device": "yes"}), "same_day"),
        ("shared device as true", bare(hygiene={"shared_device": True}), "same_day"),
        ("child, broken hairs", reassuring(age=9, findings={"broken_hairs": "yes"}), "within_days"),
        ("child, thick scale", reassuring(age=17, findings={"thick_scale": "yes"}), "within_days"),
        ("age not given, broken hairs", bare(findings={"broken_hairs": "yes"}), "within_days"),
        ("patches by pattern", reassuring(loss={"noticed": "yes", "pattern": "patches"}), "within_weeks"),
        (
            "loss where hair grew well",
            reassuring(
                zones=[{"zone": "mid", "growth": "good", "rolled": False}], loss={"noticed": "yes", "zones": ["mid"]}
            ),
            "within_weeks",
        ),
        (
            "rolled where hair grew well, place of loss not said",
            reassuring(zones=[{"zone": "mid", "growth": "good", "rolled": True}], loss={"noticed": "yes"}),
            "within_weeks",
        ),
        (
            "shedding for five months",
            reassuring(loss={"noticed": "yes", "onset": "2025-12-30", "pattern": "diffuse", "severity": "mild"}),
            "within_weeks",
        ),
        (
            "shedding for five months, nothing else",
            bare(loss={"noticed": "yes", "onset": "2025-12-30"}),
            "within_weeks",
        ),
        ("eye blisters", reassuring(findings={"grouped_blisters": "yes", "swelling_face_or_eye": "yes"}), "emergency"),
    ]
    return out

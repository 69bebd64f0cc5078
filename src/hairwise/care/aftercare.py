"""After a session and between sessions: skin, products, washing, device.

Knows: what sources say, and the safer end where they differ. Must not know: probabilities.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairwise.care.phrases import fact, instruct, not_found, practice

if TYPE_CHECKING:
    from hairwise.records.base import Sentence
    from hairwise.records.device import DeviceKind
    from hairwise.records.evidence import Evidence

__all__ = ["aftercare", "hygiene"]


def aftercare(evidence: Evidence) -> tuple[Sentence, ...]:
    """Return what needled skin needs and for how long; where sources differ the longer time stands first."""
    return (
        instruct("Keep the skin clean and leave it alone until redness, scale and soreness are gone."),
        practice(evidence, "stop_until_calm", "This usually takes up to 7 days."),
        practice(evidence, "nothing_not_made_for_injection", "Keep cosmetics not made for injection off needled skin."),
        fact(evidence, "barrier_recovery", "In rats the holes closed after 12 to 18 hours, later under a cover."),
        practice(
            evidence,
            "avoid_actives",
            "Keep acids, retinoids, vitamin C, scrubs, fragrance and hair dye off for 7 days; some pages say 1 day.",
        ),
        instruct("Keep alcohol off needled skin for 7 days; it is for the device."),
        practice(evidence, "sun", "Keep sun off for 3 days (72 hours)."),
        instruct("Wash the scalp with lukewarm water and mild shampoo, not before the next day; use a clean towel."),
        instruct("No pool, sauna or heavy sweat for 3 days."),
        fact(
            evidence,
            "minoxidil_resume",
            "In one trial people left minoxidil off on the day and used it again after 24 hours.",
        ),
        instruct("Your own treatment: ask who prescribed or sold it when it may touch the skin again."),
    )


def hygiene(evidence: Evidence, device: DeviceKind | None = None) -> tuple[Sentence, ...]:
    """Return how a device is kept clean, and when its life ends; without a known device, for each kind."""
    pen = practice(evidence, "cartridge_single_use", "Pen cartridges are made for one use; never use one again.")
    roller = (
        practice(evidence, "roller_single_use_medical", "Rollers and stamps: safest is a new one each time."),
        practice(
            evidence,
            "home_disinfect",
            "If you reuse your own: wash it with soap, then 70 % alcohol for 30 minutes; pages say 5 to 30.",
        ),
        instruct("Do not boil plastic. Throw the device away when a needle is dull, bent or hooked, or after a fall."),
        not_found("replace", "No tested limit was found for how often a roller may be used."),
    )
    return (
        practice(evidence, "never_share", "Never share a device: HIV was passed on by needling at one spa."),
        *(() if device in ("roller", "stamp") else (pen,)),
        *(() if device == "pen" else roller),
        practice(evidence, "no_tap_water_only", "Do not rely on tap water to clean a device."),
        instruct("Wash your hands first. Let the device dry, and keep it in a clean, closed box."),
    )

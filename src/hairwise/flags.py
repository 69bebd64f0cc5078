"""Quality flags: one registry of bits, names and meanings.

Knows: what each flag means. Must not know: how a stage sets it.
"""

from __future__ import annotations

from enum import IntFlag

__all__ = ["Flag", "meaning", "names", "what_to_do"]


class Flag(IntFlag):
    """Quality bits of a photo, a hair or an estimate."""

    NONE = 0
    NO_SCALE = 1 << 0
    BLURRED = 1 << 1
    GLARE = 1 << 2
    UNDEREXPOSED = 1 << 3
    OVEREXPOSED = 1 << 4
    SMALL_AREA = 1 << 5
    NO_HAIR = 1 << 6
    NARROW = 1 << 7
    ROOT_UNCERTAIN = 1 << 8
    IN_BUNDLE = 1 << 9
    TIP_OUTSIDE = 1 << 10
    LOW_OVERLAP = 1 << 11
    LONG_HAIR = 1 << 12
    INTERVAL_UNCHECKED = 1 << 13
    PALE_HAIR = 1 << 14
    SCALE_DOUBTFUL = 1 << 15
    SCALE_DISAGREES = 1 << 16
    FAINT = 1 << 17
    REVERSED = 1 << 18


_MEANING = {
    Flag.NO_SCALE: "no scale was given, so lengths, diameters and densities are not reported",
    Flag.BLURRED: "the photo is soft at the hair; diameters are less sure",
    Flag.GLARE: "part of the photo is lost in glare",
    Flag.UNDEREXPOSED: "the photo is too dark in part",
    Flag.OVEREXPOSED: "the photo is too bright in part",
    Flag.SMALL_AREA: "little skin is usable, so intervals are wide",
    Flag.NO_HAIR: "no hair was found",
    Flag.NARROW: "the hair is under 3 px wide, so its diameter is not sure",
    Flag.ROOT_UNCERTAIN: "which end is the root is not sure",
    Flag.IN_BUNDLE: "the hair lies within a diameter of another",
    Flag.TIP_OUTSIDE: "the hair runs out of the photo",
    Flag.LOW_OVERLAP: "the two photos share little skin",
    Flag.LONG_HAIR: "hair lies over the skin and may hide roots",
    Flag.INTERVAL_UNCHECKED: "the interval was learnt on dark clipped hair with a known scale; this photo differs",
    Flag.SCALE_DOUBTFUL: "hair looks much thinner, thicker or denser than it is on scalps; check the scale",
    Flag.SCALE_DISAGREES: "two sources in or beside this photo give different scales; sizes and densities may be off",
    Flag.REVERSED: "by the cameras' own dates the second photo is older than the first",
    Flag.FAINT: "the hair hardly stands out from the skin",
    Flag.PALE_HAIR: "few or pale hairs were found and pale hair is often missed, so there may be many more",
}

# What helps, in the order a person would try it; flags of single hairs need nothing done.
_TO_DO = {
    Flag.NO_SCALE: "Give the scale, or photograph a ruler at the same distance.",
    Flag.BLURRED: "Rest the lens on the skin, wait until hairs look sharp, and take it again.",
    Flag.GLARE: "Turn or dim the lamp until the bright patch is gone, dry the skin, and take it again.",
    Flag.UNDEREXPOSED: "Use more light and take it again.",
    Flag.OVEREXPOSED: "Use less light and take it again.",
    Flag.SMALL_AREA: "Show a whole spot of 1 cm, with no captions over it.",
    Flag.NO_HAIR: "Check that the spot and the focus are right.",
    Flag.LOW_OVERLAP: "Take the next photo of the same spot, from the same side.",
    Flag.LONG_HAIR: "Part the hair, or trim a 1 cm spot short if that is all right for you.",
    Flag.SCALE_DOUBTFUL: "Check the scale with a ruler.",
    Flag.SCALE_DISAGREES: "Photograph a ruler at the same distance to see which is right.",
    Flag.REVERSED: "If so, give the older one first: what is told as lost came anew, and the other way round.",
    Flag.PALE_HAIR: "Use soft light from one side; do not read a drop in such counts as loss.",
}


def names(flags: int) -> list[str]:
    """Return the names of the bits set, lower case, in order of bit."""
    return [bit.name.lower() for bit in Flag if bit and bit.name and flags & bit]


def meaning(name: str) -> str:
    """Return what a flag's name means, for people."""
    return _MEANING[Flag[name.upper()]]


def what_to_do(name: str) -> str | None:
    """Return what helps against a flag, for people; None where nothing need be done."""
    return _TO_DO.get(Flag[name.upper()])

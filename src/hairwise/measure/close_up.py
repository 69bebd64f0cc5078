"""Whether a photo without a scale is a close-up of skin at all; only the hairs found in it can tell.

Knows: how sure the hairs found are. Must not know: pixels, a second visit, causes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hairwise.errors import Refused

if TYPE_CHECKING:
    from hairwise.records.hairs import Hairs

__all__ = ["CloseUpSettings", "refuse_unlike_close_up"]


@dataclass(frozen=True)
class CloseUpSettings:
    """What finds in a close-up look like.

    In fur, grass, print, walls and heads from afar much looks a little like a hair and little looks much like one. Of
    40 rendered close-ups of all styles (seeds 77000 to 77039) 36 hold three sure hairs, and these have means of 0.69
    and up, pale and soft hair the lowest. Fur can look as sure and is let through: to refuse true hair is worse.
    """

    sure_from_p: float = 0.8
    least_sure: int = 3
    least_mean_p: float = 0.68


_DEFAULT = CloseUpSettings()
_IF_IT_IS = "If it is one, give its scale and it is counted; part long hair first."
_OTHERWISE = "An ordinary photo of a head cannot be measured: use a clip-on or USB microscope on a 1 cm spot."


def refuse_unlike_close_up(hairs: Hairs, name: str, settings: CloseUpSettings = _DEFAULT) -> None:
    """
    Refuse a photo of unknown scale whose finds do not show that it is a close-up.

    Parameters
    ----------
    hairs : Hairs
        The listed ones.
    name : str
        The photo's, for the message.
    settings : CloseUpSettings, optional

    Raises
    ------
    Refused
        ``scale_needed`` where too few sure hairs were found to tell: bare skin looks like a wall then;
        ``unlike_hair`` where many finds look only a little like hairs.
    """
    n_sure = int((hairs.p_hair >= settings.sure_from_p).sum())
    if n_sure < settings.least_sure:
        raise Refused(
            "scale_needed",
            f"{name}: hardly any hair was found and the scale is not known, so nothing shows that this is a close-up.",
            f"{_IF_IT_IS} {_OTHERWISE}",
        )
    if float(hairs.p_hair.mean()) < settings.least_mean_p:
        raise Refused(
            "unlike_hair",
            f"{name}: what was found hardly looks like single hairs, so this may be no close-up, or not a sharp one.",
            f"{_IF_IT_IS} {_OTHERWISE}",
        )

"""Whether a photo without a scale is a close-up of skin at all; only the hairs found in it can tell.

Knows: how sure the hairs found are. Must not know: pixels, a second visit, causes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hairwise.errors import Refused
from hairwise.flags import Flag

if TYPE_CHECKING:
    from hairwise.records.hairs import Hairs

__all__ = ["CloseUpSettings", "refuse_unlike_close_up"]


@dataclass(frozen=True)
class CloseUpSettings:
    """What finds in a close-up look like, seen on rendered and clinic close-ups and on ordinary pictures.

    In fur, grass, print, walls and heads from afar much looks a little like a hair and little looks much like one.
    """

    sure_from_p: float = 0.8
    least_sure: int = 3  # a cup of coffee, a cameraman and a face had up to 2
    least_mean_p: float = 0.74  # close-ups 0.76 and up, other photos up to 0.73
    least_mean_p_faint: float = 0.79  # where most finds are faint: pale or soft hair 0.80 and up, fur up to 0.77


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
    is_faint = float(np.mean((hairs.flags & int(Flag.FAINT)) > 0)) > 0.5
    least = settings.least_mean_p_faint if is_faint else settings.least_mean_p
    if float(hairs.p_hair.mean()) < least:
        raise Refused(
            "unlike_hair",
            f"{name}: what was found hardly looks like single hairs, so this may be no close-up, or not a sharp one.",
            f"{_IF_IT_IS} {_OTHERWISE}",
        )

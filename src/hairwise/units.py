"""Every conversion of units, once.

Knows: factors. Must not know: stages.
"""

from __future__ import annotations

__all__ = ["MM2_PER_CM2", "UM_PER_MM"]

UM_PER_MM = 1000.0
MM2_PER_CM2 = 100.0

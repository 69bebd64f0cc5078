"""Every conversion of units, once.

Knows: factors. Must not know: stages.
"""

from __future__ import annotations

__all__ = ["CM2_PER_INCH2", "MM2_PER_CM2", "MM_PER_CM", "MM_PER_INCH", "SECONDS_PER_MINUTE", "UM_PER_MM"]

UM_PER_MM = 1000.0
MM_PER_CM = 10.0
MM2_PER_CM2 = 100.0
MM_PER_INCH = 25.4
CM2_PER_INCH2 = 6.4516
SECONDS_PER_MINUTE = 60.0

"""The rate of a DS3231's oscillator: residual temperature curve, initial error, and ageing.

The chip compensates its crystal (some -0.035 ppm per square degree around 25 C) from a table; the data sheet
specifies a remaining error of 2 ppm from 0 to 40 C, but not its shape. Here it is a tilt and a bend.
docs/ds3231-model.md shows which numbers are from the data sheet.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import log

ROOM = 25.0  # degrees at which errors and the aging step are stated
REACH = 15.0  # degrees from ROOM at which tilt and bend are stated: 10 and 40 C
_YEAR = 365.0  # days
_SETTLING = 30.0  # days; ageing is logarithmic in time
_STEP_SLOPE = 0.003  # relative change of the aging step per degree


@dataclass(frozen=True)
class Crystal:
    """Rates in ppm, positive is fast.

    error: at 25 C, when new. tilt, bend: added at 40 C; the tilt has the other sign at 10 C. ageing: change
    in the first year. step: decrease per count of the aging register at 25 C.
    """

    error: float = 0.0
    tilt: float = 0.0
    bend: float = 0.0
    ageing: float = 0.0
    step: float = 0.1

    def ppm(self, celsius: float, days: float, aging: int) -> float:
        """Returns the rate at a temperature and age in days, with the aging offset `aging`."""
        away = celsius - ROOM
        curve = self.tilt * away / REACH + self.bend * (away / REACH) ** 2
        aged = self.ageing * log(1 + days / _SETTLING) / log(1 + _YEAR / _SETTLING)
        return self.error + curve + aged - aging * self.step * (1 - _STEP_SLOPE * away)


def any_crystal(chance: random.Random, ageing: float = 0.1) -> Crystal:
    """Makes a random crystal; `ageing` is the standard deviation of the first year's ageing."""
    return Crystal(
        error=chance.uniform(-3, 3),
        tilt=chance.gauss(0, 0.12),
        bend=chance.gauss(0, 0.12),
        ageing=chance.gauss(0, ageing),
        step=max(0.08, chance.gauss(0.1, 0.005)),
    )

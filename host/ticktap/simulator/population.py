"""Simulates the clocks of many tokens over a year with seasons, trimmed as by `ticktap clock trim`.

A model of rates and dates only, without firmware: a thousand chip years take seconds. The decisions are those
of clock/drift.py and clock/aging_trim.py, from syncs with the errors that clock/sync.py leaves.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from math import cos, pi

from ticktap.clock import aging_trim
from ticktap.clock.drift import Observation
from ticktap.simulator.crystal import Crystal, any_crystal

DAY = 86400
APART = 28 * 3600  # seconds between two syncs: enough to resolve a step of the aging offset
YEAR = 365
START = 1_800_000_000
ERROR, DOUBT = (
    0.0017,
    0.005,
)  # seconds: standard deviation of a sync's measurement, and its stated uncertainty
HALF_STEP = 15.0  # seconds


@dataclass(frozen=True)
class Environment:
    """A token's temperatures: the year's mean, the seasonal amplitude, and the daily amplitude."""

    mean: float = 21.0
    summer: float = 4.0
    swing: float = 1.5
    phase: float = 0.0  # days since midsummer, at the beginning

    def celsius(self, days: float) -> float:
        """Returns the temperature after a number of days."""
        season = self.summer * cos(2 * pi * (days + self.phase) / YEAR)
        return self.mean + season + self.swing * cos(2 * pi * days)


@dataclass(frozen=True)
class SimulatedClock:
    """The result for one clock. Rates: means in ppm over the year after the confirmation. aging: the written
    offset.
    """

    untrimmed: float
    trimmed: float
    aging: int


def years(count: int, seed: int = 1, ageing: float = 0.1) -> list[SimulatedClock]:
    """Simulates `count` clocks, each with its environment and starting season."""
    chance = random.Random(seed)
    return [_year(any_crystal(chance, ageing), _any_environment(chance), chance) for _ in range(count)]


def months(ppm: float) -> float:
    """Returns the months until a clock with this mean rate is half a time step off."""
    return HALF_STEP / max(abs(ppm), 1e-9) * 1e6 / DAY / (YEAR / 12)


def _any_environment(chance: random.Random) -> Environment:
    return Environment(
        chance.gauss(21, 1.5), abs(chance.gauss(3, 1.5)), chance.uniform(0, 3), chance.uniform(0, YEAR)
    )


def _year(crystal: Crystal, environment: Environment, chance: random.Random) -> SimulatedClock:
    """Simulates two syncs, a trim, a sync that confirms or corrects it, and a year without syncs."""

    def mean(start: float, seconds: float, aging: int, pieces: int) -> float:
        """Returns the mean rate over a time, from a number of samples."""
        days = [start + seconds / DAY * (at + 0.5) / pieces for at in range(pieces)]
        return sum(crystal.ppm(environment.celsius(day), day, aging) for day in days) / pieces

    first, left = _sync(chance, 0, None, environment, 0)
    seen, aging = [first], 0
    for number in (1, 2):
        start = (number - 1) * APART
        moved = mean(start / DAY, APART, aging, 28) * APART / 1e6 + left
        sync, left = _sync(chance, number * APART, moved, environment, aging)
        seen.append(sync)
        judged, back = aging_trim.verdict(seen)
        found = aging_trim.propose(seen, aging, None)
        new = back if judged == "worse" and back is not None else found.aging
        if new != aging:
            seen.append(_trim(seen[-1], aging, new))
            aging = new
    begin = 2 * APART / DAY
    return SimulatedClock(
        mean(begin, YEAR * DAY, 0, 2 * YEAR), mean(begin, YEAR * DAY, aging, 2 * YEAR), aging
    )


def _sync(
    chance: random.Random, at: int, moved: float | None, environment: Environment, aging: int
) -> tuple[Observation, float]:
    """Makes a sync `at` seconds after the first; returns it and the true remaining offset."""
    before = None if moved is None else moved + chance.gauss(0, ERROR)
    left = chance.gauss(0, ERROR)  # measured as 0
    warm = round(environment.celsius(at / DAY) * 4) / 4
    return Observation(START + at, "sync", before, 0.0, DOUBT, warm, aging), left


def _trim(last: Observation, aging: int, new: int) -> Observation:
    return Observation(last.unix + 1, "trim", None, last.after, last.doubt, last.temperature, aging, new)

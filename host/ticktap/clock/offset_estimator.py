"""Estimates the offset of a token's clock from polls.

A poll states that the token's clock was between `low` and `high` at a moment between `sent` and `received`.
This bounds the offset, whatever the jitter. Within the bounds a likelihood is computed: a poll with a long
round trip says little about the moment of reading, one with nearly the shortest round trip says it exactly.
Both directions are assumed to take the same time on average, because no single-ended measurement can
distinguish them.

No I/O and no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, floor, log
from statistics import median

_GRID = 100  # points at which the likelihood is computed
_DOUBT = 1e-3  # probability that a poll's delays differ more than assumed
_TAIL = 0.002  # probability outside the stated uncertainty, both sides together
_UNEVEN = 1 / 8  # share of the minimum round trip by which the two directions may differ unnoticed
_KEPT = 64  # polls kept; beyond this the slowest are dropped and their bounds stay


@dataclass(frozen=True)
class Offset:
    """Token time minus host time in seconds; the true value is within `uncertainty` of `seconds`."""

    seconds: float
    uncertainty: float


@dataclass(frozen=True)
class Poll:
    """The token's time was in [low, high) (or was made `low`, when both are equal) between two host times."""

    sent: float
    received: float
    low: float
    high: float

    @property
    def round_trip(self) -> float:
        """Seconds."""
        return max(0.0, self.received - self.sent)


class Estimate:
    """The combined result of polls. A poll that contradicts all earlier ones restarts it: a clock was set."""

    def __init__(self, shortest: float | None = None) -> None:
        """`shortest`: the shortest round trip of earlier polls over the same line."""
        self.low, self.high = float("-inf"), float("inf")
        self.round_trips: list[float] = [] if shortest is None else [shortest]
        self.contradicted = 0
        self._polls: list[Poll] = []
        self._shares: tuple[list[float], list[float]] | None = None

    def add(self, poll: Poll) -> None:
        """Adds a poll."""
        low, high = poll.low - poll.received, poll.high - poll.sent
        self.round_trips.append(poll.round_trip)
        if max(low, self.low) > min(high, self.high):
            self.contradicted += 1
            self._polls, self.low, self.high = [], low, high
        self.low, self.high = max(low, self.low), min(high, self.high)
        telling = [each for each in (*self._polls, poll) if self._is_informative(each)]
        self._polls = sorted(telling, key=lambda each: each.round_trip)[:_KEPT]
        self._shares = None

    @property
    def shortest(self) -> float:
        """The shortest round trip so far, in seconds."""
        return min(self.round_trips)

    @property
    def least(self) -> float:
        """The minimum round trip of this line without delays: the shortest one, if many come near it.

        On a line with jitter the shortest one is partly chance, with different delays in the two directions.
        So the difference to the fastest quarter is subtracted.
        """
        ranked = sorted(self.round_trips)
        return max(0.0, 2 * ranked[0] - ranked[(len(ranked) + 2) // 4])

    @property
    def typical(self) -> float:
        """The median round trip."""
        return median(self.round_trips)

    @property
    def width(self) -> float:
        """Seconds between the bounds."""
        return self.high - self.low

    def offset(self) -> Offset:
        """The mean of the likelihood, and its uncertainty, which holds in all but one of 500 cases."""
        points, shares = self._likelihood()
        mean = sum(point * share for point, share in zip(points, shares, strict=True))
        low, high = _between(points, shares, _TAIL / 2)
        step = points[1] - points[0] if len(points) > 1 else 0.0
        reach = max(high - mean, mean - low) + step + self.least * _UNEVEN
        return Offset(mean, min(reach, max(self.high - mean, mean - self.low)))

    def within(self, reach: float) -> float:
        """How likely it is, 0 to 1, that the offset is between -reach and +reach seconds.

        An unnoticed difference between the two directions is subtracted from `reach`, at most a quarter.
        """
        reach -= min(self.least * _UNEVEN, reach / 4)
        points, shares = self._likelihood()
        return sum(share for point, share in zip(points, shares, strict=True) if abs(point) <= reach)

    def _is_informative(self, poll: Poll) -> bool:
        """Whether the poll can narrow the bounds: an edge may fall into it."""
        if poll.low == poll.high:
            return True
        first, last = poll.sent + self.low, poll.received + self.high  # token time, at the widest
        return not (poll.low <= first and last < poll.high)

    def _likelihood(self) -> tuple[list[float], list[float]]:
        """Offsets over the bounded range, and the share that each has in the likelihood."""
        if self._shares is None:
            count = _GRID if self.width > 0 else 0
            points = [self.low + self.width * at / max(1, count) for at in range(count + 1)]
            ways = [(*self._course(poll), poll) for poll in self._polls]
            logs = [sum(_chance(theta, *way) for way in ways) for theta in points]
            most = max(logs)
            shares = [exp(each - most) for each in logs]
            total = sum(shares)
            self._shares = points, [share / total for share in shares]
        return self._shares

    def _course(self, poll: Poll) -> tuple[float, float]:
        """The host times between which the token read its clock, if both directions share the minimum round
        trip.
        """
        share = min(self.least, poll.round_trip) / 2
        return poll.sent + share, poll.received - share


def _chance(theta: float, first: float, last: float, poll: Poll) -> float:
    """The log likelihood of an offset of `theta`, for a poll whose reading happened between first and
    last.
    """
    if poll.low == poll.high:  # the token's clock was made `low` then
        fits = float(first - 1e-7 <= poll.low - theta <= last + 1e-7)
    elif last - first < 1e-6:
        fits = float(poll.low <= (first + last) / 2 + theta < poll.high)
    else:
        inside = min(last, poll.high - theta) - max(first, poll.low - theta)
        fits = max(0.0, inside) / (last - first)
    return log(_DOUBT + (1 - _DOUBT) * fits)


def _between(points: list[float], shares: list[float], tail: float) -> tuple[float, float]:
    """The range that leaves `tail` of the shares out on either side."""
    low, high, gone = points[0], points[-1], 0.0
    for point, share in zip(points, shares, strict=True):
        gone += share
        if gone > tail:
            low = point
            break
    gone = 0.0
    for point, share in zip(reversed(points), reversed(shares), strict=True):
        gone += share
        if gone > tail:
            high = point
            break
    return low, high


def next_second(token_time: float) -> int:
    """The first whole second after a token time."""
    return floor(token_time) + 1

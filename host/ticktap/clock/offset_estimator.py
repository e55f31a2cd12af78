"""How far a token's clock is from this computer's, worked out from questions and answers.

Each question is a poll: the token's clock was between `low` and `high` at a moment between `sent` and
`received`. That alone bounds the offset, and no jitter can break the bound. Within it, what is more likely:
an answer that took long says little about when it was given, one that took hardly longer than the shortest
says it exactly. Way there and way back are taken to be alike on average, as no single-ended measurement can
tell them apart.

Pure arithmetic: asks nobody, knows no clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, floor, log
from statistics import median

_GRID = 100  # steps in which the bounded range is looked at
_DOUBT = 1e-3  # that a poll took another course than its share of the round trip allows
_TAIL = 0.002  # of the likelihood left outside the stated uncertainty, both sides together
_UNEVEN = 1 / 8  # of what every round trip takes: how unevenly the two ways may share it, unseen from one end
_KEPT = 64  # polls in memory; past this the slowest go, their bounds stay


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
    """What polls tell together. Polls that contradict all before them start it anew: somebody set a clock."""

    def __init__(self, shortest: float | None = None) -> None:
        """`shortest`: a round trip known from earlier polls over the same line."""
        self.low, self.high = float("-inf"), float("inf")
        self.round_trips: list[float] = [] if shortest is None else [shortest]
        self.contradicted = 0
        self._polls: list[Poll] = []
        self._shares: tuple[list[float], list[float]] | None = None

    def add(self, poll: Poll) -> None:
        """Takes one more poll in."""
        low, high = poll.low - poll.received, poll.high - poll.sent
        self.round_trips.append(poll.round_trip)
        if max(low, self.low) > min(high, self.high):
            self.contradicted += 1
            self._polls, self.low, self.high = [], low, high
        self.low, self.high = max(low, self.low), min(high, self.high)
        telling = [each for each in (*self._polls, poll) if self._tells(each)]
        self._polls = sorted(telling, key=lambda each: each.round_trip)[:_KEPT]
        self._shares = None

    @property
    def shortest(self) -> float:
        """The shortest round trip so far, in seconds."""
        return min(self.round_trips)

    @property
    def least(self) -> float:
        """What a round trip takes on this line without any waiting: the shortest, if many came near it.

        On an uneven line the shortest is itself a matter of luck, with more of it on one way than on the
        other. So it counts for less by as much as the fastest quarter differs from it.
        """
        ranked = sorted(self.round_trips)
        return max(0.0, 2 * ranked[0] - ranked[(len(ranked) + 2) // 4])

    @property
    def typical(self) -> float:
        """The median round trip."""
        return median(self.round_trips)

    @property
    def width(self) -> float:
        """Seconds between the bounds that nothing can break."""
        return self.high - self.low

    def offset(self) -> Offset:
        """The likeliest offset (the mean), and how far off it may be, but for one time in 500."""
        points, shares = self._likelihood()
        mean = sum(point * share for point, share in zip(points, shares, strict=True))
        low, high = _between(points, shares, _TAIL / 2)
        step = points[1] - points[0] if len(points) > 1 else 0.0
        reach = max(high - mean, mean - low) + step + self.least * _UNEVEN
        return Offset(mean, min(reach, max(self.high - mean, mean - self.low)))

    def within(self, reach: float) -> float:
        """How likely it is, 0 to 1, that the offset is between -reach and +reach seconds."""
        points, shares = self._likelihood()
        return sum(share for point, share in zip(points, shares, strict=True) if abs(point) <= reach)

    def _tells(self, poll: Poll) -> bool:
        """Whether the poll can still say more than the bounds: a change of second may fall into it."""
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
        """Between which host times the token looked, if both ways share what every round trip takes."""
        share = min(self.least, poll.round_trip) / 2
        return poll.sent + share, poll.received - share


def _chance(theta: float, first: float, last: float, poll: Poll) -> float:
    """Logarithm of how well an offset of `theta` fits a poll whose moment is anywhere from first to last."""
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

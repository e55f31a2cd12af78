"""How fast a token's clock runs, from what was seen of it; and when it will be too far off.

A rate is in parts per million, positive when the clock gains. Uncertainties are three standard deviations of
what was measured, and no less than the data sheet makes likely for what was not. Pure arithmetic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

STEP = 0.1  # ppm that a count of the aging register slows the clock at 25 C (DS3231 data sheet, aging offset)
SPEC = 2.0  # ppm, the accuracy of a DS3231 from 0 to 40 C (data sheet, features)
WANDER = 0.1  # ppm by which a rate differs from one stretch of time to another: seasons, ageing
SHORT = 3600  # seconds; a shorter stretch says nothing about the rate
DAY = 86400


@dataclass(frozen=True)
class Observation:
    """The clock as it was seen once. Offsets are token time minus host time, in seconds.

    kind: "sync" (it was set), "seen" (it was only measured), "trim" (its aging register was written), or
        "verify" (a code told which step it was in).
    before: None when it could not be read. after: what it was left at.
    aging: the register while the clock ran until then; `trimmed`: the value it got then, or None.
    state: the clock's state before: "ok", or "stopped" when its battery had failed.
    found, sets: how often the clock had been set by then, and when it was left, by the token's count; None
        where that is not known.
    """

    unix: int
    kind: str
    before: float | None
    after: float
    doubt: float
    temperature: float | None = None
    aging: int | None = None
    trimmed: int | None = None
    state: str = "ok"
    source: str = ""
    found: int | None = None
    sets: int | None = None


@dataclass(frozen=True)
class Interval:
    """The clock left alone from one time to another: its rate and how far that may be off, both in ppm."""

    start: int
    end: int
    rate: float
    doubt: float
    aging: int | None
    temperature: float | None

    def base(self) -> float:
        """The rate with the aging register at 0."""
        return self.rate + STEP * (self.aging or 0)


@dataclass(frozen=True)
class Drift:
    """A rate now, how far it may be off, and how many stretches it is made of (none: the data sheet)."""

    rate: float
    doubt: float
    intervals: int


def intervals(seen: Sequence[Observation]) -> list[Interval]:
    """What the clock did between each two times it was looked at, where that tells its rate.

    A code that was verified ends a stretch, as roughly as it tells the time, and begins none. Nor is it one
    when the token counts a setting between the two that nobody recorded.
    """
    found = []
    last: Observation | None = None
    for each in seen:
        if last is not None and each.before is not None and uninterrupted(last, each):
            found.append(_interval(last, each, each.before))
        if each.kind != "verify":
            last = each
    return found


def uninterrupted(one: Observation, other: Observation) -> bool:
    """Whether a stretch from one to the other is long enough to tell anything, and nobody set the clock in
    it, as far as is known.
    """
    counted = one.sets is None or other.found is None or one.sets == other.found
    return counted and other.unix - one.unix >= SHORT


def _interval(one: Observation, other: Observation, before: float) -> Interval:
    seconds = other.unix - one.unix
    warmth = [each for each in (one.temperature, other.temperature) if each is not None]
    return Interval(
        start=one.unix,
        end=other.unix,
        rate=(before - one.after) / seconds * 1e6,
        doubt=sqrt(one.doubt**2 + other.doubt**2) / seconds * 1e6,
        aging=one.trimmed if one.trimmed is not None else other.aging,
        temperature=sum(warmth) / len(warmth) if warmth else None,
    )


def drift(found: Sequence[Interval], aging: int | None) -> Drift:
    """The rate with the register at `aging`; without stretches, what the data sheet allows.

    Stretches with this register decide when one of them is known well: a step is 0.1 ppm only about, so
    others say less.
    """
    same = [each for each in found if each.aging in (None, aging)]
    if any(each.doubt <= 3 * WANDER for each in same):
        found = same
    if not found:
        return Drift(0.0, SPEC, 0)
    weights = [1 / ((each.doubt / 3) ** 2 + WANDER**2) for each in found]
    base = sum(weight * each.base() for weight, each in zip(weights, found, strict=True)) / sum(weights)
    return Drift(base - STEP * (aging or 0), 3 / sqrt(sum(weights)), len(found))


def passes(offset: float, rate: Drift, bound: float) -> tuple[float | None, float | None]:
    """In how many seconds the offset passes `bound` seconds: at the earliest, and likely (None: never)."""
    return _reach(offset, rate.rate, rate.doubt, bound), _reach(offset, rate.rate, 0.0, bound)


def _reach(offset: float, rate: float, doubt: float, bound: float) -> float | None:
    if abs(offset) >= bound:
        return 0.0
    ways = [(bound - offset, rate + doubt), (bound + offset, doubt - rate)]  # ahead, and behind
    times = [room / speed * 1e6 for room, speed in ways if speed > 1e-6]
    return min(times) if times else None


def battery_failed(seen: Sequence[Observation], state: str = "ok") -> bool | None:
    """Whether a clock that had been set was found stopped later; None when nothing is known of it."""
    if not seen:
        return None
    return any(each.state == "stopped" for each in seen[1:]) or state == "stopped"

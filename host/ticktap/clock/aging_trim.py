"""What to write into a clock's aging register, and whether the last value did any good. Pure arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ticktap.clock.drift import STEP, WANDER, Interval, Observation, drift, intervals

LEAST, MOST = -128, 127
RESOLVED = 0.15  # ppm; a rate known less well than this cannot choose between steps
WARM = 6.0  # degrees; stretches further from the others' temperature say little about the usual rate


@dataclass(frozen=True)
class Proposal:
    """`aging` to write, the rate now and to be expected then (ppm), and how far both may be off.

    `why_not`: why nothing should be written; "" when it should.
    """

    aging: int
    was: int
    rate: float
    residual: float
    doubt: float
    temperature: float | None
    why_not: str = ""


def propose(seen: Sequence[Observation], aging: int, temperature: float | None) -> Proposal:
    """The best value by what was seen, at about the temperature that is usual for this token.

    Once a stretch with the present value resolves a step, it decides: it shows what the last trim really did.
    """
    found = _usual([each for each in intervals(seen) if each.doubt <= RESOLVED])
    if not found:
        return Proposal(aging, aging, 0.0, 0.0, 0.0, temperature, _wait(seen))
    sharpest = min(each.doubt for each in found)
    now = drift(found, aging)
    best = max(LEAST, min(MOST, aging + round(now.rate / STEP)))
    residual = now.rate - STEP * (best - aging)
    warmth = [each.temperature for each in found if each.temperature is not None]
    mean = sum(warmth) / len(warmth) if warmth else temperature
    why_not = "" if best != aging else f"the clock is within {STEP / 2} ppm already, half a step"
    return Proposal(best, aging, now.rate, residual, max(sharpest, WANDER), mean, why_not)


def _usual(found: list[Interval]) -> list[Interval]:
    """Without stretches at a temperature that is far from the longest one's: a week on a window-sill, say."""
    if not found:
        return []
    longest = max(found, key=lambda each: each.end - each.start)
    if longest.temperature is None:
        return found
    near = longest.temperature
    return [each for each in found if each.temperature is None or abs(each.temperature - near) <= WARM]


def _wait(seen: Sequence[Observation]) -> str:
    """How long until two syncs can tell a step."""
    if not seen or seen[-1].kind == "verify":
        return "no sync is on record yet: run 'ticktap clock sync' now and again after 28 hours"
    hours = 1.5 * seen[-1].doubt / RESOLVED * 1e6 / 3600
    return f"the syncs so far are too close to tell a step: sync again in {max(4, hours):.0f} hours"


def verdict(seen: Sequence[Observation]) -> tuple[str, int | None]:
    """Of the last trim: "none", "waiting", "better" or "worse", and the value to go back to when it is worse.

    It is judged by the first stretch after it that resolves a step, against the last one before it.
    """
    last = next((at for at in range(len(seen) - 1, -1, -1) if seen[at].trimmed is not None), None)
    if last is None:
        return "none", None
    before = [each for each in intervals(seen[: last + 1]) if each.doubt <= RESOLVED]
    after = [each for each in intervals(seen[last:]) if each.doubt <= RESOLVED]
    if not before or not after:
        return "waiting", None
    old, new = before[-1], after[-1]
    if abs(new.rate) > abs(old.rate) + old.doubt + new.doubt:
        return "worse", seen[last].aging
    return "better", None

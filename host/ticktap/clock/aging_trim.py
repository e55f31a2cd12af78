"""Chooses the aging offset from the measured drift, and judges the last trim. No I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ticktap.clock.drift import STEP, WANDER, Interval, Observation, drift, intervals

LEAST, MOST = -128, 127
RESOLVED = 0.15  # ppm; with a larger uncertainty a rate cannot distinguish steps
WARM = 6.0  # degrees Celsius; intervals at other temperatures say little about the usual rate


@dataclass(frozen=True)
class Proposal:
    """The aging offset to write, the rate now and the expected rate then, and the uncertainty of both (ppm).

    `why_not`: why nothing should be written, else "".
    """

    aging: int
    was: int
    rate: float
    residual: float
    doubt: float
    temperature: float | None
    why_not: str = ""


def propose(observations: Sequence[Observation], aging: int, temperature: float | None) -> Proposal:
    """Proposes an aging offset from the observations at about the token's usual temperature.

    An interval with the present value that resolves a step takes precedence: it shows the last trim's effect.
    """
    found = _usual([each for each in intervals(observations) if each.doubt <= RESOLVED])
    if not found:
        return Proposal(aging, aging, 0.0, 0.0, 0.0, temperature, _wait(observations))
    sharpest = min(each.doubt for each in found)
    now = drift(found, aging)
    best = max(LEAST, min(MOST, aging + round(now.rate / STEP)))
    residual = now.rate - STEP * (best - aging)
    warmth = [each.temperature for each in found if each.temperature is not None]
    mean = sum(warmth) / len(warmth) if warmth else temperature
    why_not = "" if best != aging else f"the clock is within {STEP / 2} ppm already, half a step"
    return Proposal(best, aging, now.rate, residual, max(sharpest, WANDER), mean, why_not)


def _usual(found: list[Interval]) -> list[Interval]:
    """Drops intervals whose temperature is far from the longest one's, such as a week on a window-sill."""
    if not found:
        return []
    longest = max(found, key=lambda each: each.end - each.start)
    if longest.temperature is None:
        return found
    near = longest.temperature
    return [each for each in found if each.temperature is None or abs(each.temperature - near) <= WARM]


def _wait(observations: Sequence[Observation]) -> str:
    """The message that says when the next sync will resolve a step."""
    if not observations or observations[-1].kind == "verify":
        return "no sync is recorded: run 'ticktap clock sync' now and again after 28 hours"
    hours = 1.5 * observations[-1].doubt / RESOLVED * 1e6 / 3600
    return f"the syncs are too close together to measure the drift: sync again in {max(4, hours):.0f} hours"


def verdict(observations: Sequence[Observation]) -> tuple[str, int | None]:
    """Judges the last trim: "none", "waiting", "better" or "worse", and the value to restore if it is worse.

    Compares the intervals that resolve a step: the last one after the trim with the last one before it.
    """
    trims = [at for at, each in enumerate(observations) if each.trimmed is not None]
    last = trims[-1] if trims else None
    if last is None:
        return "none", None
    before = [each for each in intervals(observations[: last + 1]) if each.doubt <= RESOLVED]
    after = [each for each in intervals(observations[last:]) if each.doubt <= RESOLVED]
    if not before or not after:
        return "waiting", None
    old, new = before[-1], after[-1]
    if abs(new.rate) > abs(old.rate) + old.doubt + new.doubt:
        return "worse", observations[last].aging
    return "better", None

"""The clock's part of `make bench`: how well syncs land, and how long trimmed clocks last.

Syncs run the built firmware against the library: on the simulated chip, and on real CircuitPython on an
emulated one. Each way over the line takes 1 to 20 ms more, evenly spread, seeds fixed. The chips over a year
are a model (simulator/fleet.py).
"""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from typing import Any

from ticktap import clock
from ticktap.client import Client
from ticktap.simulator import fleet
from ticktap.simulator.line import UnevenPort, WorldTime

LOW, HIGH = 1.0, 20.0  # ms that each way takes more
SIMULATED, EMULATED, CHIPS = 100, 6, 1000
NOON = 1_795_348_800

Found = tuple[str, float, str, float | None, str]  # what, value, unit, aim, beside


def simulated() -> Iterator[Found]:
    """Syncs on the simulated chip, each after a power cut, from up to a second off."""
    from ticktap.simulator.token import VirtualToken

    chance, errors, seconds = random.Random(1), [], []
    with VirtualToken() as token:
        for seed in range(SIMULATED):
            token.unplug()
            token.rtc.set(token.unix + chance.uniform(-1, 1))
            token.plug()
            token.advance(1000 + 1000 * chance.random())
            start = token.unix
            _sync(token, seed, lambda: token.unix)
            errors.append(abs(token.rtc.unix - token.unix) * 1000)
            seconds.append(token.unix - start)
    yield from _rows("simulated", errors, seconds)


def emulated(token: Any) -> Iterator[Found]:
    """The same on real CircuitPython; `token` is an EmulatedToken that answers."""
    chance, errors, seconds = random.Random(1), [], []
    ahead = 0.0
    for seed in range(EMULATED):
        ahead += chance.uniform(-1, 1)  # the world steps; the chip and what the token knows of it do not

        def now(ahead: float = ahead) -> float:
            return NOON + ahead + token.ms / 1000

        start = token.ms
        _sync(token, seed, now)
        errors.append(abs(token.unix - now()) * 1000)
        seconds.append((token.ms - start) / 1000)
    yield from _rows("emulated", errors, seconds)


def _sync(token: Any, seed: int, now: Callable[[], float]) -> None:
    with Client(UnevenPort(token.open(), token.advance, LOW, HIGH, seed)) as client:

        def press() -> None:
            token.press_later(150)
            client.allow_clock()

        clock.sync(client, WorldTime(now, token.advance), press)


def _rows(where: str, errors: list[float], seconds: list[float]) -> Iterator[Found]:
    goal = clock.GOAL * 1000
    ranked = sorted(errors)
    over = sum(error > goal for error in errors)
    named = f"sync error, {where}, ways of {LOW:g} to {HIGH:g} ms"
    beside = f"{len(errors)} syncs: {over} past {goal:g} ms, worst {ranked[-1]:.2f}"
    yield f"{named}, median", statistics.median(errors), "ms", None, beside
    yield f"{named}, 99 of 100", ranked[min(len(ranked) - 1, len(ranked) * 99 // 100 - 1)], "ms", goal, ""
    yield f"sync takes, {where}", statistics.mean(seconds), "s", None, f"at most {max(seconds):.0f}"


def trims() -> Iterator[Found]:
    """A thousand chips over a year, two assumptions on how they age."""
    for ageing in (0.1, 0.3):
        chips = fleet.years(CHIPS, ageing=ageing)
        for name in ("untrimmed", "trimmed"):
            rates = sorted(abs(getattr(chip, name)) for chip in chips)
            good = sum(rate <= 0.2 for rate in rates) / CHIPS
            middle, ninety_five = rates[CHIPS // 2], rates[CHIPS * 95 // 100]
            what = f"{name}, ageing {ageing:g} ppm a year"
            aim = 0.2 if (name, ageing) == ("trimmed", 0.1) else None
            beside = f"median {middle:.3f}, worst {rates[-1]:.3f}; within 0.2: {good:.1%}"
            yield f"rate over a year, {what}, 95 of 100", ninety_five, "ppm", aim, beside
            beside = f"median {fleet.months(middle):.0f}"
            yield f"months to half a step, {what}, 95 of 100", fleet.months(ninety_five), "", None, beside

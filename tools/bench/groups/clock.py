"""Errors of the clock after a sync over a jittery line, and the drift of trimmed clocks over a year."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from typing import Any

from bench import board
from bench.row import Row
from bench.run import Run
from ticktap.clock import sync
from ticktap.device.client import Client
from ticktap.simulator import population
from ticktap.simulator.jittery_port import JitteryPort, SimulatedHostTime

TITLE = "The clock"
ABOUT = (
    "Each way over the line takes 1 to 20 ms more, evenly spread, seeds fixed; every sync begins up to a"
    " second off. The chips over a year are a model (`simulator/population.py`): rooms, seasons, ageing, and"
    " the errors that syncs leave."
)
EMULATED = True

LOW, HIGH = 1.0, 20.0  # extra ms in each direction
CHIPS = 1000
GOAL = sync.GOAL * 1000  # ms
RATE_BUDGET = 0.2  # ppm
CUT_EVERY = 10  # syncs on the emulated board between two power cuts

Measured = tuple[list[float], list[float]]  # errors in ms, emulated seconds that each sync took


def rows(run: Run) -> Iterator[Row]:
    yield from _rows("simulator", simulated(run.count(30, 100)))
    with board.powered(run.flash(store_file=True)) as token:
        yield from _rows("emulated board", emulated(token, range(run.count(4, 100))))
    for ageing in (0.1, 0.3):
        yield from _trims(ageing)


def simulated(count: int) -> Measured:
    """Syncs on the simulated chip, each after a power cut, so that the start of its seconds is not known."""
    from ticktap.simulator.token import VirtualToken

    errors, seconds = [], []
    with VirtualToken() as token:
        for seed in range(count):
            chance = random.Random(seed)
            token.unplug()
            token.rtc.set(token.unix + chance.uniform(-1, 1))
            token.plug()
            token.advance(1000 + 1000 * chance.random())
            start = token.unix
            _sync(token, seed, lambda: token.unix)
            errors.append(abs(token.rtc.unix - token.unix) * 1000)
            seconds.append(token.unix - start)
    return errors, seconds


def emulated(token: Any, seeds: range) -> Measured:
    """The same on real CircuitPython, without the power cuts: a start takes as long as a sync."""
    errors, seconds = [], []
    ahead = 0.0
    for seed in seeds:
        if (seed - seeds.start) % CUT_EVERY == 0:
            token.unplug()
            token.plug()
            board.ready_ms(token)
        ahead += random.Random(seed).uniform(-1, 1)  # the true time is moved, the chip is not

        def now(ahead: float = ahead) -> float:
            return board.NOON + ahead + float(token.ms) / 1000

        start = token.ms
        _sync(token, seed, now)
        errors.append(abs(token.unix - now()) * 1000)
        seconds.append((token.ms - start) / 1000)
    return errors, seconds


def _sync(token: Any, seed: int, now: Callable[[], float]) -> None:
    with Client(JitteryPort(token.open(), token.advance, LOW, HIGH, seed)) as client:

        def press() -> None:
            token.press_later(1200)
            client.allow_clock()

        sync.sync(client, SimulatedHostTime(now, token.advance), press)


def _rows(where: str, measured: Measured) -> Iterator[Row]:
    errors, seconds = measured
    ranked = sorted(errors)
    over = sum(error > GOAL for error in errors)
    of_hundred = ranked[-(-99 * len(ranked) // 100) - 1]
    note = f"{len(errors)} syncs: {over} past {GOAL:g} ms, worst {ranked[-1]:.2f}"
    yield Row(f"error after a sync, {where}, median", statistics.median(errors), "ms", note=note)
    yield Row(f"error after a sync, {where}, 99 of 100", of_hundred, "ms", GOAL)
    note = f"emulated time; at most {max(seconds):.0f}"
    yield Row(f"a sync takes, {where}", statistics.mean(seconds), "s", note=note)


def _trims(ageing: float) -> Iterator[Row]:
    """A thousand chips over a year; ageing: ppm a year, one standard deviation."""
    chips = population.years(CHIPS, ageing=ageing)
    for name in ("untrimmed", "trimmed"):
        rates = sorted(abs(getattr(chip, name)) for chip in chips)
        good = sum(rate <= RATE_BUDGET for rate in rates) / CHIPS
        middle, most = rates[CHIPS // 2], rates[CHIPS * 95 // 100 - 1]
        what = f"{name}, ageing {ageing:g} ppm a year, 95 of 100 chips"
        budget = RATE_BUDGET if (name, ageing) == ("trimmed", 0.1) else None
        note = f"median {middle:.3f}, worst {rates[-1]:.3f}; {good:.1%} within {RATE_BUDGET:g}"
        yield Row(f"rate over a year, {what}", most, "ppm", budget, note=note)
        note = f"median {population.months(middle):.0f}"
        yield Row(f"months to half a step, {what}", population.months(most), "", note=note)

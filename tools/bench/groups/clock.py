"""How well syncs land, and how long trimmed clocks last."""

from __future__ import annotations

from collections.abc import Iterator

import bench_clock

from bench import board
from bench.row import Row
from bench.run import Run

TITLE = "The clock"
ABOUT = (
    "Errors of syncs against the true time, when each way over the line takes 1 to 20 ms more, evenly spread;"
    " on the simulator and on the emulated board. A thousand modelled chips over a year, as their owners trim"
    " them (docs/clock.md)."
)
EMULATED = True

AIM = "the aim; the model's chips are a guess at real ones"


def rows(run: Run) -> Iterator[Row]:
    with board.powered(run.flash()) as token:
        board.connect(token, changes=False)
        found = [*bench_clock.simulated(), *bench_clock.emulated(token), *bench_clock.trims()]
    for what, value, unit, aim, beside in found:
        yield Row(what, value, unit, aim, note=beside, why=AIM if aim else "")

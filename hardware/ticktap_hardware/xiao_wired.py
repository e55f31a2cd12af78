"""What is in the case of the wired XIAO, as solids no smaller than the real ones.

Units: mm. x along the token, 0 at the XIAO's edge with the socket; y across, 0 in the middle; z up, 0 at the
XIAO's underside. The XIAO's outline and pins are those of Seeed Studio's footprint (xiao_footprint.py), the
button's those of Omron's data sheet (B3F-1000: body 6 x 6 x 3.5, with its plunger 4.3, four legs 6.5 x 4.5
apart). The clock modules are rooms around whatever is in them: measure yours before printing.
"""

from __future__ import annotations

from dataclasses import dataclass

import cadquery as cq

from .bodies import USB_C, XIAO, XIAO_PARTS
from .circuit import Circuit
from .footprint import PITCH
from .forms import XIAO as WIRED
from .layout import Point
from .solids import box, rod
from .trinkey import CELL, CLOCK, SOCKET
from .trinkey import LONG as BREAKOUT_LONG
from .trinkey import WIDE as BREAKOUT_WIDE
from .xiao_footprint import FIRST, LENGTH, USB_OUT, WIDTH

SWITCH_WIDE, SWITCH, PLUNGER, PLUNGER_ROUND = 6.2, 3.5, 4.3, 3.5
LEG_OUT = 5.25  # of the button's legs, bent flat and cut to 2 mm, from its middle
WIRE = 1.6  # round, the insulation of 26 AWG at most
_HOLES = 7.62  # of its pins, from the middle
_JOINT = 1.0  # mm of solder over and below a pin


@dataclass(frozen=True)
class Clock:
    """The room of a clock module, mm. `play` is left on each side of it: what the sizes may be off."""

    name: str
    long: float
    wide: float
    high: float
    play: float


# No data sheet: 14 x 16 x 12 mm with its socket is what users of it write; sellers' figures differ by 1 mm.
MINI = Clock("mini", 16.0, 14.0, 12.0, 1.0)
BREAKOUT = Clock("breakout", BREAKOUT_LONG, BREAKOUT_WIDE, SOCKET + CLOCK + CELL, 0.35)
CLOCKS = (MINI, BREAKOUT)


def pins(circuit: Circuit = WIRED) -> list[Point]:
    """Where wires are soldered to the XIAO."""
    numbers = sorted(
        int(pin.removeprefix("U1."))
        for joined in circuit.nets.values()
        for pin in joined
        if pin.startswith("U1.")
    )
    return [_pin(number) for number in numbers]


def boards(clock: Clock, start: float, floor: float, button: Point, shelf: float) -> dict[str, cq.Workplane]:
    """Name to solid. `start`, `floor`: x and z where the clock begins; `button`, `shelf`: where the button
    is."""
    return {**_xiao(), **_button(*button, shelf), "clock": _clock(clock, start, floor)}


def _pin(number: int) -> Point:
    left = number <= 7
    row = number - 1 if left else 14 - number
    return FIRST + row * PITCH, _HOLES if left else -_HOLES


def _xiao() -> dict[str, cq.Workplane]:
    found = {
        "xiao": box(LENGTH / 2, 0, LENGTH, WIDTH, 0, XIAO).edges("|Z").fillet(1.3),
        "xiao parts": box(LENGTH / 2, 0, LENGTH - 1, WIDTH - 3, XIAO, XIAO_PARTS),
        "xiao socket": box(3.7 - USB_OUT, 0, 7.4, 9.2, XIAO, USB_C),
    }
    for n, (x, y) in enumerate(pins(), 1):
        found[f"xiao joint {n}"] = rod(x, y, -_JOINT, XIAO + 2 * _JOINT, 2.4)
    return found


def _button(x: float, y: float, shelf: float) -> dict[str, cq.Workplane]:
    return {
        "switch": box(x, y, SWITCH_WIDE, SWITCH_WIDE, shelf, SWITCH),
        "switch legs": box(x - LEG_OUT / 2, y, LEG_OUT, 5.3, shelf, 0.8),
        "plunger": rod(x, y, shelf + SWITCH, PLUNGER - SWITCH, PLUNGER_ROUND),
    }


def _clock(clock: Clock, start: float, floor: float) -> cq.Workplane:
    return box(start + clock.long / 2, 0, clock.long, clock.wide, floor, clock.high)

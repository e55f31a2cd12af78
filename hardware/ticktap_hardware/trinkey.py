"""The boards in the key ring's sleeve as solids, no smaller than the real ones.

A Trinkey QT2040, and over it, upside down with its cell on top, a DS3231 breakout.

Units: mm. x along the token, 0 at the Trinkey's shoulders and the plug at negative x; y across, 0 in the
middle; z up, 0 at the Trinkey's underside. Outlines and places are those of the maker's board files (Adafruit
5056, 5188). The connectors' height is their data sheet's (JST SH: 2.95 mm); other heights are bounds, to be
measured on a real one.
"""

from __future__ import annotations

import cadquery as cq

from .layout import Point
from .solids import box, rod

LONG, WIDE = 25.4, 17.78  # of both boards
TRINKEY, CLOCK = 2.0, 1.6  # thick
PLUG_LONG, PLUG_WIDE = 12.7, 12.2
TALL = 3.5  # maximum height of the Trinkey's parts: its two buttons
SOCKET = 2.95  # JST SH, lying
CELL = 4.2  # the holder of the CR1220, at most
UNDER = 8.75  # the clock's lower side: its sockets hang down to 0.3 mm over the Trinkey's parts
OVER = UNDER + CLOCK
SCREWS: tuple[Point, ...] = ((2.54, 6.35), (22.86, 6.35))  # holes that both boards have
PRESS_X = 17.08  # BOOT at negative y, RST at positive y
PRESS_OUT = 9.58  # how far their plungers stand out from the middle
PRESS_Z = TRINKEY + TALL / 2
PIXEL = (7.81, 7.24)


def boards() -> dict[str, cq.Workplane]:
    """Name to solid."""
    return {**_trinkey(), **_clock(), **_cable()}


def _trinkey() -> dict[str, cq.Workplane]:
    plate = box(LONG / 2, 0, LONG, WIDE, 0, TRINKEY).edges("|Z").fillet(2.54)
    plate = plate.union(box(-PLUG_LONG / 2 + 1, 0, PLUG_LONG + 2, PLUG_WIDE, 0, TRINKEY))
    for x in (2.54, 22.86):
        for y in (-6.35, 6.35):
            plate = plate.cut(rod(x, y, -1, TRINKEY + 2, 2.5))
    found = {
        "trinkey": plate,
        "trinkey chips": box(12.4, 0, 15.2, 10.5, TRINKEY, 1.3),
        "trinkey resistors": box(2.65, -0.225, 4.3, 8.55, TRINKEY, 1.3),
        "trinkey edge": box(9.1, -7.0, 7.6, 2.6, TRINKEY, 1.5),
        "trinkey pixel": box(8.6, 7.0, 7.4, 2.0, TRINKEY, 1.0),
        "trinkey socket": box(22.9, 0, 4.4, 6.2, TRINKEY, SOCKET),
    }
    for name, side in (("BOOT", -1), ("RST", 1)):
        found[name] = box(PRESS_X, side * 7.4, 7.0, 2.5, TRINKEY, TALL)
        found[f"{name} plunger"] = box(
            PRESS_X, side * (8.6 + PRESS_OUT) / 2, 3.0, PRESS_OUT - 8.6, PRESS_Z - 0.8, 1.6
        )
    return found


def _clock() -> dict[str, cq.Workplane]:
    plate = box(LONG / 2, 0, LONG, WIDE, UNDER, CLOCK).edges("|Z").fillet(2.54)
    for x, y in SCREWS:
        plate = plate.cut(rod(x, y, UNDER - 1, CLOCK + 2, 3.0))
    holder = box(LONG / 2, 1.9, 13.2, 13.2, OVER, CELL).union(box(LONG / 2, 1.9, 20.4, 3.6, OVER, 1.0))
    return {
        "clock": plate,
        "clock chip": box(12.4, 1.4, 11.6, 10.5, UNDER - 2.65, 2.65),
        "clock sockets": box(2.58, 0, 4.4, 6.2, UNDER - SOCKET, SOCKET).union(
            box(22.82, 0, 4.4, 6.2, UNDER - SOCKET, SOCKET)
        ),
        "cell holder": holder,
    }


def _cable() -> dict[str, cq.Workplane]:
    """Its plugs, and the room that its wires take: a ring in the chamber behind the boards."""
    wires = cq.Workplane("XY", origin=(33.2, 0, TRINKEY + 0.2)).circle(5.7).circle(2.7).extrude(7.0)
    return {
        "plug below": box(26.25, 0, 2.3, 5.0, TRINKEY + 0.3, 2.4),
        "plug above": box(26.25, 0, 2.3, 5.0, UNDER - 2.7, 2.4),
        "wires": wires,
    }

"""Where the carrier's parts lie and how its copper runs.

Units: mm from the board's upper left corner, y downwards. The socket of the Pico is at the upper edge.
Everything is on the front; both sides are filled with ground.
"""

from __future__ import annotations

from dataclasses import dataclass

WIDTH, HEIGHT = 58.0, 58.0
CORNER = 2.0  # radius
PICO_X = 44.0  # the middle of the Pico
HOLES = ((3.5, 3.5), (28.5, 3.5), (3.5, 54.5), (54.5, 54.5))
HOLE = 2.7  # diameter, for M2.5

FRONT, BACK = "F.Cu", "B.Cu"


@dataclass(frozen=True)
class Placed:
    """`label`: where the reference is printed, relative to the part, or None for not at all."""

    x: float
    y: float
    turn: int = 0  # degrees, anticlockwise
    label: tuple[float, float] | None = None
    outline: bool = True  # the library's print, which on one part runs over its pads


@dataclass(frozen=True)
class Track:
    net: str
    layer: str
    points: tuple[tuple[float, float], ...]
    width: float = 0.25


@dataclass(frozen=True)
class Via:
    net: str
    x: float
    y: float


PLACED = {
    "U1": Placed(PICO_X, 0.0),
    "BT1": Placed(18.5, 14.5),
    "U2": Placed(20.0, 32.5, label=(0.0, 0.0)),
    "C1": Placed(11.5, 29.325, 180, label=(0.0, -1.9)),
    "R1": Placed(28.6, 29.325, label=(0.4, 3.0)),
    "R2": Placed(28.6, 26.6, label=(-3.4, -1.9)),
    "R3": Placed(28.5, 39.47, label=(0.0, -1.9)),
    "D1": Placed(23.73, 47.0, label=(1.27, -3.0)),
    "SW1": Placed(5.5, 42.5, label=(6.25, 2.5), outline=False),
    "JP1": Placed(11.0, 34.0, 180, label=(-0.6, -1.7)),
}

TRACKS = (
    # The supply: from the Pico's pin 36 along the back, between its pins 4 and 5, and on to the chip and C1.
    Track(
        "+3V3",
        BACK,
        ((52.89, 11.53), (50.9, 11.53), (49.63, 10.26), (31.0, 10.26), (30.5, 10.76), (30.5, 28.0)),
        0.4,
    ),
    Track("+3V3", FRONT, ((30.5, 28.0), (29.5125, 28.0)), 0.4),
    Track("+3V3", FRONT, ((29.5125, 26.6), (29.5125, 29.325)), 0.4),
    Track(
        "+3V3",
        BACK,
        ((30.5, 28.0), (30.5, 31.4), (30.0, 31.9), (13.9, 31.9), (13.4, 31.4), (13.4, 30.6)),
        0.4,
    ),
    Track("+3V3", FRONT, ((13.4, 30.6), (13.4, 29.325)), 0.4),
    Track("+3V3", FRONT, ((12.45, 29.325), (15.35, 29.325)), 0.4),
    # The cell: its two contacts, and VBAT. On the back, for nothing is to run right under the chip.
    Track("VBAT", FRONT, ((7.515, 14.5), (7.515, 19.0))),
    Track("VBAT", FRONT, ((29.485, 14.5), (29.485, 19.0))),
    Track("VBAT", BACK, ((7.515, 19.0), (29.485, 19.0))),
    Track("VBAT", BACK, ((26.4, 19.0), (26.4, 30.595))),
    Track("VBAT", FRONT, ((26.4, 30.595), (24.65, 30.595))),
    # The bus.
    Track("SCL", FRONT, ((24.65, 28.055), (26.2325, 28.055), (27.6875, 26.6))),
    Track(
        "SCL",
        FRONT,
        ((27.6875, 26.6), (27.6875, 23.8), (31.3, 20.1875), (31.3, 17.3), (31.99, 16.61), (35.11, 16.61)),
    ),
    Track("SDA", FRONT, ((24.65, 29.325), (27.6875, 29.325), (27.6875, 30.0), (28.6875, 31.0), (31.5, 31.0))),
    Track("SDA", BACK, ((31.5, 31.0), (31.5, 14.57), (32.0, 14.07), (35.11, 14.07))),
    # Reset: the jumper, and the Pico's RUN between its pins 13 and 14.
    Track("RST", FRONT, ((15.35, 31.865), (13.135, 31.865), (11.65, 33.35), (11.65, 34.0))),
    Track("RUN", FRONT, ((10.35, 34.0), (10.35, 36.0))),
    Track(
        "RUN",
        BACK,
        (
            (10.35, 36.0),
            (13.23, 33.12),
            (49.5, 33.12),
            (50.5, 32.12),
            (50.5, 27.77),
            (51.5, 26.77),
            (52.89, 26.77),
        ),
    ),
    # Light and button.
    Track("LED", FRONT, ((29.4125, 39.47), (35.11, 39.47))),
    Track("LED_A", FRONT, ((27.5875, 39.47), (27.5875, 45.6825), (26.27, 47.0))),
    Track(
        "BUTTON",
        FRONT,
        ((5.5, 42.5), (20.0, 42.5), (20.0, 49.0), (22.0, 51.0), (31.0, 51.0), (32.37, 49.63), (35.11, 49.63)),
    ),
)

VIAS = (
    Via("+3V3", 30.5, 28.0),
    Via("+3V3", 13.4, 30.6),
    Via("VBAT", 7.515, 19.0),
    Via("VBAT", 29.485, 19.0),
    Via("VBAT", 26.4, 30.595),
    Via("SDA", 31.5, 31.0),
    Via("RUN", 10.35, 36.0),
    *(
        Via("GND", x, y)
        for x, y in (
            (3.0, 10.0), (3.0, 26.0), (3.0, 36.0), (12.0, 3.4), (17.5, 28.0), (17.5, 36.0), (22.5, 36.0),
            (27.5, 34.5), (8.4, 30.8), (22.0, 41.0), (22.0, 54.0), (9.0, 55.5), (34.0, 55.0), (46.0, 55.0),
            (56.7, 40.0), (56.7, 20.0), (44.0, 20.0), (44.0, 44.0),
        )
    ),
)  # fmt: skip

# Printed on the front: circles, x, y, radius. The button's, and what it presses.
CIRCLES = ((11.75, 45.0, 4.5), (11.75, 45.0, 3.4))

# Printed on the front: text, x, y, height, degrees.
TEXTS = (
    ("ticktap", 16.0, 56.0, 1.5, 0),
    ("carrier 1  CERN-OHL-P-2.0", 34.0, 56.2, 0.9, 0),
    ("CR2032 + up", 18.5, 25.6, 1.0, 0),
    ("no rechargeable cell", 18.5, 1.6, 0.9, 0),
    ("USB", 44.0, 4.0, 1.2, 0),
    ("RST-RUN", 6.6, 34.0, 0.8, 0),
)

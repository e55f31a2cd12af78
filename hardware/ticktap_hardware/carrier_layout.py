"""The carrier's layout: parts and copper. The Pico's socket is at the upper edge."""

from __future__ import annotations

from .layout import BACK, FRONT, Disc, Layout, Placed, Text, Track, Via

_PICO_X = 44.0  # the middle of the Pico
_CELL = Placed(18.5, 15.5, 180)  # its mouth at the upper edge: the cell slides in over the edge
_RIM = 10.5  # the cell's positive rim comes down to the board, up to this radius

_PLACED = {
    "U1": Placed(_PICO_X, 0.0),
    "BT1": _CELL,
    "U2": Placed(20.0, 32.5, label=(0.0, 0.0)),
    "C1": Placed(11.5, 29.325, 180, label=(-0.4, 1.85)),
    "C2": Placed(27.75, 32.3, label=(0.0, 1.8)),
    "R1": Placed(28.6, 29.325, label=(-0.9, -1.36)),
    "R2": Placed(28.6, 26.6, label=(0.7, -1.75)),
    "R3": Placed(28.5, 39.47, label=(0.0, 1.8)),
    "R4": Placed(11.5, 26.4, label=(-0.5, -1.7)),
    "D1": Placed(23.73, 47.0, label=(1.27, -3.0)),
    "SW1": Placed(5.5, 42.5, label=(6.25, 2.5), outline=False),
    "JP1": Placed(11.0, 34.0, 180, label=(2.0, 2.2)),
}

_TRACKS = (
    # The supply: from the Pico's pin 36 along the back, between its pins 4 and 5, to the chip, C1 and R4.
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
        ((30.5, 28.0), (30.5, 31.4), (30.0, 31.9), (13.9, 31.9), (13.4, 31.4), (13.4, 27.0)),
        0.4,
    ),
    Track("+3V3", FRONT, ((12.4125, 26.4), (13.4, 26.4), (13.4, 29.325)), 0.4),
    Track("+3V3", FRONT, ((12.45, 29.325), (15.35, 29.325)), 0.4),
    # The cell: its two contacts, VBAT and C2. On the back, because no track may run directly below the chip.
    Track("VBAT", FRONT, ((7.515, 15.5), (7.515, 19.0))),
    Track("VBAT", FRONT, ((29.485, 15.5), (29.485, 19.0))),
    Track("VBAT", BACK, ((7.515, 19.0), (29.485, 19.0))),
    Track("VBAT", BACK, ((26.4, 19.0), (26.4, 30.595))),
    Track("VBAT", FRONT, ((26.4, 30.595), (24.65, 30.595))),
    Track("VBAT", FRONT, ((26.4, 30.595), (26.4, 32.3), (26.8, 32.3))),
    # The bus.
    Track("SCL", FRONT, ((24.65, 28.055), (26.2325, 28.055), (27.6875, 26.6))),
    Track(
        "SCL",
        FRONT,
        ((27.6875, 26.6), (27.6875, 23.8), (31.3, 20.1875), (31.3, 17.3), (31.99, 16.61), (35.11, 16.61)),
    ),
    Track("SDA", FRONT, ((24.65, 29.325), (27.6875, 29.325), (27.6875, 30.0), (28.6875, 31.0), (31.5, 31.0))),
    Track("SDA", BACK, ((31.5, 31.0), (31.5, 14.57), (32.0, 14.07), (35.11, 14.07))),
    # Alarm and square wave, to the Pico's pin 15, with its pull-up R4.
    Track("SQW", FRONT, ((15.35, 30.595), (9.3, 30.595), (9.3, 27.6875), (10.5875, 26.4))),
    Track(
        "SQW", FRONT, ((9.3, 30.595), (9.3, 37.6), (9.9, 38.2), (31.0, 38.2), (32.27, 36.93), (35.11, 36.93))
    ),
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

_VIAS = (
    Via("+3V3", 30.5, 28.0),
    Via("+3V3", 13.4, 27.0),
    Via("VBAT", 7.515, 19.0),
    Via("VBAT", 29.485, 19.0),
    Via("VBAT", 26.4, 30.595),
    Via("SDA", 31.5, 31.0),
    Via("RUN", 10.35, 36.0),
    # The cell's negative contact, which the fill of the front does not reach.
    *(Via("GND", _CELL.x + dx, _CELL.y + dy) for dx, dy in ((0, -7.6), (-7.6, 0), (7.6, 0), (0, 7.6))),
    *(
        Via("GND", x, y)
        for x, y in (
            (3.0, 10.0), (3.0, 26.0), (3.0, 36.0), (12.0, 3.4), (17.5, 28.0), (17.5, 36.0), (22.5, 36.0),
            (30.3, 34.8), (11.3, 27.9), (22.0, 41.0), (22.0, 54.0), (9.0, 55.5), (34.0, 55.0), (46.0, 55.0),
            (56.7, 40.0), (56.7, 20.0), (44.0, 24.0), (44.0, 44.0),
        )
    ),
)  # fmt: skip

LAYOUT = Layout(
    58.0,
    58.0,
    2.0,
    _PLACED,
    _TRACKS,
    _VIAS,
    holes=((3.5, 3.5), (28.5, 3.5), (3.5, 54.5), (54.5, 54.5)),
    clear=(Disc(_CELL.x, _CELL.y, _RIM),),
    circles=((11.75, 45.0, 4.5), (11.75, 45.0, 3.4)),  # the button, and what it presses
    dots=((13.72, 28.055, 0.3),),  # the clock chip's pin 1
    lines=(((18.5, 2.7), (18.5, 5.3)), ((17.6, 4.4), (18.5, 5.3), (19.4, 4.4))),  # the cell's way in
    texts=(
        Text("ticktap", 16.0, 56.0, 1.5),
        Text("carrier 2  CERN-OHL-P-2.0", 36.0, 56.2),
        Text("no rechargeable cell", 16.0, 1.3),
        Text("CR2032 + up", 20.0, 26.2),
        Text("K", 21.9, 47.0),
        Text("USB", _PICO_X, 6.4, 1.2),
        Text("RST-RUN", 5.4, 34.6),
    ),
)  # fmt: skip

"""Where the XIAO carrier's parts lie and how its copper runs. The socket is at the upper edge."""

from __future__ import annotations

from .layout import BACK, FRONT, Disc, Layout, Placed, Text, Track, Via

_WIDTH, _LENGTH = 25.0, 45.0
_MIDDLE = _WIDTH / 2
_CELL = Placed(_MIDDLE, 14.0, 270, back=True)  # its mouth to the right: the cell slides in over the long edge
_RIM = 10.5  # the cell's positive rim comes down to the board, up to this radius
RING = (_MIDDLE, 41.4)  # the key ring's hole

_PLACED = {
    "U1": Placed(_MIDDLE, 0.0, label=(0.0, 9.0)),
    "BT1": _CELL,
    "U2": Placed(17.9, 28.0, 180, label=(0.0, 0.0)),
    "SW1": Placed(5.0, 29.0, 90, label=(0.0, -6.2)),
    "C1": Placed(21.8, 35.9, 90, label=(-1.9, 0.0)),
    "C2": Placed(5.8, 35.9, 270, label=(-1.9, 0.0)),
    "R1": Placed(12.0, 35.9, 270, label=(1.9, 0.0)),
    "R2": Placed(9.0, 35.9, 270, label=(0.0, 2.4)),
}

_TRACKS = (
    # The supply: from the XIAO's pin 12 down the right edge to the chip, C1 and the pull-ups.
    Track("+3V3", FRONT, ((20.7, 7.96), (23.2, 7.96), (24.25, 9.01), (24.25, 35.8), (23.2, 36.85)), 0.4),
    Track("+3V3", FRONT, ((24.25, 31.175), (22.55, 31.175)), 0.4),
    Track("+3V3", FRONT, ((23.2, 36.85), (9.0, 36.85)), 0.4),
    # The bus, between the XIAO's rows; SDA crosses SCL on the back to reach its pull-up.
    Track(
        "SDA",
        FRONT,
        ((4.3, 13.04), (8.9, 13.04), (9.9, 14.04), (9.9, 30.175), (10.9, 31.175), (13.25, 31.175)),
    ),
    Track("SDA", BACK, ((10.9, 31.175), (10.9, 33.5))),
    Track("SDA", FRONT, ((10.9, 33.5), (12.0, 34.6), (12.0, 34.9875))),
    Track("SCL", FRONT, ((4.3, 15.58), (8.2, 15.58), (9.0, 16.38), (9.0, 34.9875))),
    Track("SCL", FRONT, ((9.0, 31.9), (9.545, 32.445), (13.25, 32.445))),
    # The cell's two contacts, joined along the left edge, outside of its rim; then the chip and C2.
    Track("VBAT", BACK, ((_MIDDLE, 3.0), (2.6, 3.0), (1.2, 4.4), (1.2, 23.6), (2.6, 25.0), (_MIDDLE, 25.0))),
    Track("VBAT", BACK, ((_MIDDLE, 25.0), (_MIDDLE, 27.6), (11.3, 28.8))),
    Track("VBAT", FRONT, ((11.3, 28.8), (11.3, 29.3), (11.905, 29.905), (13.25, 29.905))),
    Track("VBAT", BACK, ((11.3, 28.8), (7.4, 32.7), (7.4, 35.1))),
    Track("VBAT", FRONT, ((7.4, 35.1), (7.25, 34.95), (5.8, 34.95))),
    # The button.
    Track(
        "BUTTON", FRONT, ((4.3, 2.88), (2.4, 2.88), (1.4, 3.88), (1.4, 23.68), (2.75, 25.03), (2.75, 32.975))
    ),
)

_VIAS = (
    Via("VBAT", 11.3, 28.8),
    Via("VBAT", 7.4, 35.1),
    Via("SDA", 10.9, 31.175),
    Via("SDA", 10.9, 33.5),
    # The cell's negative contact, to the fill of the front below the XIAO, where the XIAO has no bare copper.
    *(Via("GND", _CELL.x + x, _CELL.y + y) for x, y in ((0.0, -3.0), (0.0, 2.0), (4.0, -1.0), (4.0, 2.0))),
    *(
        Via("GND", x, y)
        for x, y in (
            (19.5, 40.2), (4.6, 38.4), (1.5, 37.5), (23.4, 38.4), (17.0, 34.9), (10.9, 22.0),
            (1.2, 28.0), (7.3, 43.5), (17.7, 43.5),
        )
    ),
)  # fmt: skip

LAYOUT = Layout(
    _WIDTH,
    _LENGTH,
    2.5,
    _PLACED,
    _TRACKS,
    _VIAS,
    holes=((3.4, 41.4), (21.6, 41.4)),
    ring=(*RING, 3.5),
    clear=(Disc(_CELL.x, _CELL.y, _RIM, BACK),),
    dots=((23.9, 33.6, 0.3),),  # the clock chip's pin 1
    back_lines=(
        ((24.4, 14.0), (22.1, 14.0)),
        ((22.9, 13.2), (22.1, 14.0), (22.9, 14.8)),
    ),  # the cell's way in
    texts=(
        Text("ticktap", 17.6, 38.6, 1.2),
        Text("ticktap XIAO carrier 1", _MIDDLE, 36.9, back=True),
        Text("CERN-OHL-P-2.0", _MIDDLE, 38.8, back=True),
        Text("CR2032 + up", _MIDDLE, 27.3, back=True),
        Text("no rechargeable cell", _MIDDLE, 30.0, back=True),
    ),
)

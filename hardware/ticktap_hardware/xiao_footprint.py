"""The footprint of a Seeed Studio XIAO RP2040, flat on its castellations.

Seeed Studio's own KiCad library (XIAO-RP2040-SMD, 2024): 21 x 17.8 mm, two rows of seven pins 2.54 mm apart,
the socket standing out 1.45 mm, and bare copper on the underside: two pads at the far end, four round ones
behind the socket. Whether the socket's legs come through to the underside is not documented, so no copper is
below them either.
"""

from __future__ import annotations

from .footprint import PITCH, courtyard, drawn_text, keep_out, line
from .sexpr import Expr, Word, dump, words

XIAO = "ticktap:XIAO_RP2040"
WIDTH, LENGTH = 17.8, 21.0
USB_OUT = 1.45
FIRST = 2.88  # of the first row, from the edge with the socket
_PAD = (2.8, 1.8)
_ROW = 8.2  # from the middle to the middle of a pad: 0.7 mm of pad lie beside the edge for the solder

# Below: (left, top, right, bottom) from the middle of the edge with the socket, y into the board, mm, with a
# margin.
BARE = {
    "debug pads": (-2.3, 0.97, 2.54, 5.81),
    "supply pads": (-2.0, 17.59, 2.24, 20.69),
    "left legs of the socket": (-5.4, 0.0, -3.4, 6.6),
    "right legs of the socket": (3.4, 0.0, 5.4, 6.6),
}


def pin_at(number: int) -> tuple[float, float]:
    """The middle of the pad of pin 1 to 14: down the left side, up the right."""
    left = number <= 7
    row = number - 1 if left else 14 - number
    return (-_ROW if left else _ROW), FIRST + row * PITCH


def xiao_footprint() -> str:
    """The .kicad_mod file's text."""
    half = WIDTH / 2
    fab = ((-half, 0.0), (half, 0.0), (half, LENGTH), (-half, LENGTH))
    expr: Expr = [
        Word("footprint"),
        "XIAO_RP2040",
        [Word("version"), Word("20211014")],
        [Word("generator"), Word("ticktap")],
        [Word("layer"), "F.Cu"],
        [Word("descr"), "Seeed Studio XIAO RP2040, flat on its castellations"],
        [Word("tags"), "Seeed Studio XIAO RP2040"],
        [Word("attr"), Word("smd"), Word("exclude_from_pos_files")],
        drawn_text("reference", "REF**", 0, 9, "F.SilkS"),
        drawn_text("value", "XIAO_RP2040", 0, 12, "F.Fab"),
        *(line("F.Fab", 0.1, *fab[n], *fab[(n + 1) % 4]) for n in range(4)),
        *courtyard(9.85, -USB_OUT - 0.25, LENGTH + 0.25),
        line("F.SilkS", 0.12, -6.0, LENGTH + 0.15, 6.0, LENGTH + 0.15),
        *(_pad(number) for number in range(1, 15)),
        *(keep_out(name, *area) for name, area in BARE.items()),
    ]
    return dump(expr) + "\n"


def _pad(number: int) -> Expr:
    return [
        Word("pad"),
        str(number),
        *words("smd rect"),
        [Word("at"), *pin_at(number)],
        [Word("size"), *_PAD],
        [Word("layers"), "F.Cu", "F.Paste", "F.Mask"],
    ]

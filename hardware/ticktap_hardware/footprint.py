"""The footprint of a Raspberry Pi Pico: flat on its castellations, or standing on its pins, in the same pads.

Raspberry Pi Pico data sheet, "Mechanical specification": 21 x 51 mm, pins 2.54 mm apart in rows 17.78 mm
apart, the first 1.37 mm from the edge with the USB socket, which stands out 1.3 mm. Below figure 5: the
socket's four legs come through to the underside and need holes in a board that the Pico lies flat on; bare
copper on the underside (test points, debug pads) needs places without copper.
"""

from __future__ import annotations

from .sexpr import Expr, Word, dump, words

WIDTH, LENGTH = 21.0, 51.0
ROW, PITCH, FIRST = 17.78, 2.54, 1.37
USB_OUT = 1.3
_DRILL = 1.02
_PAD = (3.4, 1.7)
_OFFSET = 0.85  # outwards, so that 0.94 mm of pad lies beside the edge for the solder

# Below: x and y from the middle of the edge with the socket, y into the board, mm.
SHELL_HOLES = tuple(
    (sign * x, y, drill) for x, y, drill in ((2.725, 1.5, 2.2), (2.425, 4.53, 1.85)) for sign in (-1, 1)
)

# Bare copper on the Pico's underside: (left, top, right, bottom), with a margin.
BARE = {
    "TP1": (-0.95, 3.55, 0.95, 5.45),
    "TP2": (0.05, 0.265, 1.95, 2.165),
    "TP3": (-1.95, 0.25, -0.05, 2.15),
    "TP4 to TP6": (-3.45, 7.05, -1.55, 15.45),
    "TP7": (0.05, 19.55, 1.95, 21.45),
    "debug pads": (-3.7, 48.2, 3.7, 51.25),
}


def pin_at(number: int) -> tuple[float, float]:
    """Of pin 1 to 40, from the middle of the edge with the socket; y into the board."""
    left = number <= 20
    row = number - 1 if left else 40 - number
    return (-ROW / 2 if left else ROW / 2), FIRST + row * PITCH


def pico_footprint() -> str:
    """The .kicad_mod file's text."""
    expr: Expr = [
        Word("footprint"),
        "RaspberryPi_Pico",
        [Word("version"), Word("20211014")],
        [Word("generator"), Word("ticktap")],
        [Word("layer"), "F.Cu"],
        [Word("descr"), "Raspberry Pi Pico, flat on its castellations or on pins"],
        [Word("tags"), "Raspberry Pi Pico RP2040 RP2350"],
        [Word("attr"), Word("through_hole")],
        drawn_text("reference", "REF**", 0, 24, "F.SilkS"),
        drawn_text("value", "RaspberryPi_Pico", 0, 28, "F.Fab"),
        *_rectangle("F.Fab", 0.1, WIDTH / 2, 0.0, LENGTH),
        *courtyard(12.3, -USB_OUT - 0.25, LENGTH + 0.25),
        *(line("F.SilkS", 0.12, x, y, to_x, to_y) for x, y, to_x, to_y in _silk()),
        *(_pad(number) for number in range(1, 41)),
        *(_hole(x, y, drill) for x, y, drill in SHELL_HOLES),
        *(keep_out(name, *area) for name, area in BARE.items()),
    ]
    return dump(expr) + "\n"


def drawn_text(kind: str, text: str, x: float, y: float, layer: str) -> Expr:
    font: Expr = [Word("font"), [Word("size"), 1, 1], [Word("thickness"), 0.15]]
    return [
        Word("fp_text"),
        Word(kind),
        text,
        [Word("at"), x, y],
        [Word("layer"), layer],
        [Word("effects"), font],
    ]


def courtyard(half: float, top: float, bottom: float) -> list[Expr]:
    """The area that no other part may reach into, as wide to the left as to the right."""
    return _rectangle("F.CrtYd", 0.05, half, top, bottom)


def _rectangle(layer: str, width: float, half: float, top: float, bottom: float) -> list[Expr]:
    corners = ((-half, top), (half, top), (half, bottom), (-half, bottom))
    return [line(layer, width, *corners[n], *corners[(n + 1) % 4]) for n in range(4)]


def _silk() -> list[tuple[float, float, float, float]]:
    """The end, and where the socket is."""
    half, end = WIDTH / 2, LENGTH + 0.12
    return [(-half, end, half, end), (-4.3, 7.5, 4.3, 7.5), (-4.3, 0.8, -4.3, 7.5), (4.3, 0.8, 4.3, 7.5)]


def line(layer: str, width: float, x: float, y: float, to_x: float, to_y: float) -> Expr:
    return [
        Word("fp_line"),
        [Word("start"), x, y],
        [Word("end"), to_x, to_y],
        [Word("layer"), layer],
        [Word("width"), width],
    ]


def _pad(number: int) -> Expr:
    x, y = pin_at(number)
    shift = -_OFFSET if x < 0 else _OFFSET
    return [
        Word("pad"),
        str(number),
        *words("thru_hole rect" if number == 1 else "thru_hole oval"),
        [Word("at"), x, y],
        [Word("size"), *_PAD],
        [Word("drill"), _DRILL, [Word("offset"), shift, 0]],
        [Word("layers"), "*.Cu", "*.Mask"],
    ]


def _hole(x: float, y: float, drill: float) -> Expr:
    """Without copper."""
    return [
        Word("pad"),
        "",
        *words("np_thru_hole circle"),
        [Word("at"), x, y],
        [Word("size"), drill, drill],
        [Word("drill"), drill],
        [Word("layers"), "*.Cu", "*.Mask"],
    ]


def keep_out(name: str, left: float, top: float, right: float, bottom: float) -> Expr:
    """No copper on the front."""
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    ban: Expr = [Word("keepout")]
    for what, allowed in (
        ("tracks", False),
        ("vias", False),
        ("pads", True),
        ("copperpour", False),
        ("footprints", True),
    ):
        ban.append([Word(what), Word("allowed" if allowed else "not_allowed")])
    return [
        Word("zone"),
        [Word("net"), 0],
        [Word("net_name"), ""],
        [Word("layer"), "F.Cu"],
        [Word("name"), name],
        [Word("hatch"), Word("full"), 0.508],
        [Word("connect_pads"), [Word("clearance"), 0]],
        [Word("min_thickness"), 0.254],
        ban,
        [Word("fill"), [Word("thermal_gap"), 0.508], [Word("thermal_bridge_width"), 0.508]],
        [Word("polygon"), [Word("pts"), *([Word("xy"), x, y] for x, y in corners)]],
    ]

"""What an SSD1306 on the emulated board shows, as dots and as text."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from emulated import fat
from emulated.image import DRIVE
from emulated.probe import Probe
from emulated.token import EmulatedToken

WIDTH = 128
CELL = (6, 12)  # dots of a character of CircuitPython's font
FIRST = " "
UNREADABLE = "\N{REPLACEMENT CHARACTER}"

Glyph = tuple[int, ...]  # six columns, the top dot is bit 0
Rows = list[bytes]  # of dots, 0 or 1 each


def with_settings(flash: bytes, settings: Mapping[str, str]) -> bytes:
    """The same flash with other lines in its settings.toml."""
    files = fat.read(flash[DRIVE])
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in settings.items()]
    files["settings.toml"] = "".join(lines).encode()
    return flash[: DRIVE.start] + fat.build(files, len(flash[DRIVE]))


def read_font(probe: Probe) -> dict[Glyph, str]:
    """The characters that CircuitPython's own font has, by their dots."""
    width, height = CELL
    probe.run("import terminalio", "b = terminalio.FONT.bitmap")
    column = f"sum([b[x, y] << y for y in range({height})])"
    columns: list[int] = []
    for start in range(0, 95 * width, 19 * width):
        columns += probe.ask(f"[{column} for x in range({start}, {start + 19 * width})]")
    return {
        tuple(columns[at : at + width]): chr(ord(FIRST) + at // width) for at in range(0, len(columns), width)
    }


def rows_of(token: EmulatedToken) -> Rows:
    """The picture; all dark while the display is off."""
    dots = base64.b64decode(token.engine_call("screen")["picture"])
    return [dots[start : start + WIDTH] for start in range(0, len(dots), WIDTH)]


def text_of(rows: Rows, font: Mapping[Glyph, str]) -> list[str]:
    """The lines of text in a picture; cells that are no character are UNREADABLE."""
    width, height = CELL
    left, top = WIDTH % width // 2, len(rows) % height // 2
    return [_line(rows, font, left, y) for y in range(top, top + len(rows) // height * height, height)]


def large_text_of(rows: Rows, font: Mapping[Glyph, str]) -> str:
    """The line of twice as large text over the second and third line of a picture."""
    left, top = WIDTH % CELL[0] // 2, len(rows) % CELL[1] // 2 + CELL[1]
    return _line([row[left::2] for row in rows[top : top + 2 * CELL[1] : 2]], font, 0, 0)


def _line(rows: Rows, font: Mapping[Glyph, str], left: int, top: int) -> str:
    width, height = CELL
    glyphs = (
        tuple(sum(rows[top + bit][x + column] << bit for bit in range(height)) for column in range(width))
        for x in range(left, len(rows[0]) - width + 1, width)
    )
    return "".join(font.get(glyph, UNREADABLE) for glyph in glyphs).rstrip()

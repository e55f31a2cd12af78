"""`terminalio.FONT`: printable ASCII, 6 by 12 dots, in a row."""

from collections import namedtuple
from types import ModuleType, SimpleNamespace

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module

WIDTH, HEIGHT = 6, 12
FIRST, LAST = " ", "~"
COUNT = ord(LAST) - ord(FIRST) + 1
BITMAP = SimpleNamespace(width=WIDTH * COUNT, height=HEIGHT)

Glyph = namedtuple("Glyph", "bitmap tile_index width height dx dy shift_x shift_y")


class BuiltinFont:
    bitmap = BITMAP

    def get_bounding_box(self) -> tuple[int, int]:
        return WIDTH, HEIGHT

    def get_glyph(self, codepoint: int) -> Glyph | None:
        if not ord(FIRST) <= codepoint <= ord(LAST):
            return None
        return Glyph(BITMAP, codepoint - ord(FIRST), WIDTH, HEIGHT, 0, 0, WIDTH, 0)


def build(chip: Chip) -> ModuleType:
    return make_module("terminalio", FONT=BuiltinFont())

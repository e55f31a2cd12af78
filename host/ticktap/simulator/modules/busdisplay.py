"""`busdisplay.BusDisplay`: a refresh turns its root group into the screen's text.

A grid of the built-in font's tiles is read as the text that it shows. A refresh takes about as long as
measured on CircuitPython 10.0.3 at 400 kHz: 1 ms and 53 us for each byte, of which a tile has up to 12.
"""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module
from ticktap.simulator.modules.displayio import TileGrid
from ticktap.simulator.modules.i2cdisplaybus import I2CDisplayBus
from ticktap.simulator.modules.terminalio import BITMAP, FIRST, HEIGHT
from ticktap.simulator.parts.screen import Screen
from ticktap.simulator.timeline import MS, US

REFRESH_NS = MS
BYTE_NS = 30 * US  # beside its time on the bus
TILE_BYTES = 12


class BusDisplay(Bound):
    """A display on the I2C bus; with `bus` None, the one built into the board."""

    def __init__(
        self,
        display_bus: I2CDisplayBus | None,
        init_sequence: bytes,
        *,
        width: int,
        height: int,
        auto_refresh: bool = True,
        **how: Any,
    ) -> None:
        if len(self._chip.displays) >= 1:
            raise RuntimeError("Too many displays")
        self._chip.displays.append(self)
        self.bus, self.width, self.height = display_bus, width, height
        self.auto_refresh = auto_refresh
        self._root: Any = None
        if display_bus:
            display_bus.send(len(init_sequence))

    @property
    def root_group(self) -> Any:
        return self._root

    @root_group.setter
    def root_group(self, group: Any) -> None:
        self._root = group
        for grid in self._grids():
            grid.changed = grid.width * grid.height

    def refresh(self) -> bool:
        """Draws the changes."""
        size = TILE_BYTES * sum(grid.changed for grid in self._grids())
        if not size:
            return True
        self._chip.consume_time(REFRESH_NS + BYTE_NS * size)
        screen = self._chip.screen
        arrived = self.bus is None or self.bus.send(size)
        for grid in self._grids():
            grid.changed = 0
        if screen is not None and arrived:
            screen.show(self._text(screen))
        return True

    def _grids(self) -> list[TileGrid]:
        return [grid for grid, _, _, _ in _placed(self._root)]

    def _text(self, screen: Screen) -> list[str]:
        """Returns the text, row by row of the font's height; text of double size is in its first row."""
        lines = [""] * (screen.height // HEIGHT)
        for grid, x, y, scale in _placed(self._root):
            assert grid.bitmap is BITMAP, "only text can be read here"
            assert grid.pixel_shader.is_transparent(0), "it would hide what lies below"
            assert grid.pixel_shader[1], "black on black"
            assert x + scale * grid.width * grid.tile_width <= screen.width, "beside the screen"
            assert y + scale * grid.height * grid.tile_height <= screen.height, "below the screen"
            for row in range(grid.height):
                text = "".join(chr(ord(FIRST) + grid[x, row]) for x in range(grid.width)).rstrip()
                if not text:
                    continue
                first = (y + scale * row * grid.tile_height) // HEIGHT
                assert not any(lines[first : first + scale]), "texts over one another"
                lines[first] = text
        return lines if any(lines) else []


def _placed(group: Any, x: int = 0, y: int = 0, scale: int = 1) -> Iterator[tuple[TileGrid, int, int, int]]:
    """(grid, x, y, scale) of all that is in a group, in dots of the screen."""
    if group is None:
        return
    x, y = x + scale * group.x, y + scale * group.y
    scale *= group.scale
    for layer in group:
        if isinstance(layer, TileGrid):
            yield layer, x + scale * layer.x, y + scale * layer.y, scale
        else:
            yield from _placed(layer, x, y, scale)


def own(chip: Chip) -> BusDisplay:
    """The display that the board has itself, as CircuitPython sets it up."""
    assert chip.screen is not None
    return bind(BusDisplay, chip)(None, b"", width=chip.screen.width, height=chip.screen.height)


def build(chip: Chip) -> ModuleType:
    return make_module("busdisplay", BusDisplay=bind(BusDisplay, chip))

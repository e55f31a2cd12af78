"""`displayio`: grids of tiles in groups. busdisplay.py has the display."""

from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module


class Palette:
    """Colours by number, 0xRRGGBB."""

    def __init__(self, color_count: int, *, dither: bool = False) -> None:
        self._colours = [0] * color_count
        self._transparent: set[int] = set()

    def __len__(self) -> int:
        return len(self._colours)

    def make_transparent(self, index: int) -> None:
        """Makes a colour transparent."""
        self._transparent.add(index)

    def is_transparent(self, index: int) -> bool:
        return index in self._transparent

    def __getitem__(self, index: int) -> int:
        return self._colours[index]

    def __setitem__(self, index: int, value: int) -> None:
        self._colours[index] = value


class TileGrid:
    """Tiles cut from a bitmap, by number."""

    def __init__(
        self,
        bitmap: Any,
        *,
        pixel_shader: Palette,
        width: int = 1,
        height: int = 1,
        tile_width: int | None = None,
        tile_height: int | None = None,
        default_tile: int = 0,
        x: int = 0,
        y: int = 0,
    ) -> None:
        self.bitmap, self.pixel_shader = bitmap, pixel_shader
        self.width, self.height, self.x, self.y = width, height, x, y
        self.tile_width = tile_width or bitmap.width
        self.tile_height = tile_height or bitmap.height
        if bitmap.width % self.tile_width or bitmap.height % self.tile_height:
            raise ValueError("Tile width must exactly divide bitmap width")
        self._tiles = [default_tile] * (width * height)
        self.changed = width * height  # tiles set since the last refresh

    def __getitem__(self, place: tuple[int, int]) -> int:
        return self._tiles[self._index(place)]

    def __setitem__(self, place: tuple[int, int], tile: int) -> None:
        count = self.bitmap.width // self.tile_width * (self.bitmap.height // self.tile_height)
        if not 0 <= tile < count:
            raise ValueError("Tile index out of bounds")
        self._tiles[self._index(place)] = tile
        self.changed += 1

    def _index(self, place: tuple[int, int]) -> int:
        x, y = place
        if not (0 <= x < self.width and 0 <= y < self.height):
            raise IndexError("tile position out of bounds")
        return y * self.width + x


class Group:
    """Layers, the last on top. `scale` applies to its contents, not to its position."""

    def __init__(self, *, scale: int = 1, x: int = 0, y: int = 0) -> None:
        self.scale, self.x, self.y = scale, x, y
        self._layers: list[Any] = []

    def append(self, layer: Any) -> None:
        self._layers.append(layer)

    def __len__(self) -> int:
        return len(self._layers)

    def __getitem__(self, index: int) -> Any:
        return self._layers[index]


def build(chip: Chip) -> ModuleType:
    def release_displays() -> None:
        chip.displays.clear()

    return make_module(
        "displayio", Palette=Palette, TileGrid=TileGrid, Group=Group, release_displays=release_displays
    )

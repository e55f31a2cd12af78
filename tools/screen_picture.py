"""`make screen-picture`: draws docs/pictures/screen.png, what a token's screen shows.

The dots are those in the memory of an SSD1306 on the emulated board, after real CircuitPython has drawn them;
tests/emulated/test_screen.py fails when they have changed.
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from emulated.screen import WIDTH, Rows
from emulated.screen_scene import furnish, panels, screened
from emulated.token import first_boot
from ticktap.drive.build import find_drive

PICTURE = Path(__file__).parents[1] / "docs" / "pictures" / "screen.png"
DOT = 3  # pixels
EDGE = 4  # dots around a panel
GLASS, DARK, LIT = (40, 44, 52), (0, 0, 0), (230, 240, 255)
COLUMNS = 2


def main() -> None:
    """Draws it."""
    with screened(first_boot(find_drive())) as token:
        furnish(token)
        draw(panels(token)).save(PICTURE, optimize=True)
    print(f"{PICTURE}: {PICTURE.stat().st_size} bytes")


def draw(pictures: list[Rows]) -> Image.Image:
    """The panels side by side, two in a row."""
    height = len(pictures[0])
    lines = -(-len(pictures) // COLUMNS)
    size = COLUMNS * (WIDTH + 2 * EDGE), lines * (height + 2 * EDGE)
    image = Image.new("RGB", size, GLASS)
    for number, rows in enumerate(pictures):
        left, top = place(number, height)
        for y, row in enumerate(rows):
            for x, dot in enumerate(row):
                image.putpixel((left + x, top + y), LIT if dot else DARK)
    return image.resize((size[0] * DOT, size[1] * DOT), Image.Resampling.NEAREST)


def place(number: int, height: int) -> tuple[int, int]:
    """Where a panel begins, in dots."""
    line, column = divmod(number, COLUMNS)
    return column * (WIDTH + 2 * EDGE) + EDGE, line * (height + 2 * EDGE) + EDGE


def panel(image: Image.Image, number: int, height: int) -> Rows:
    """The dots of a panel in the picture."""
    left, top = place(number, height)
    return [
        bytes(image.getpixel(((left + x) * DOT, (top + y) * DOT)) == LIT for x in range(WIDTH))
        for y in range(height)
    ]


if __name__ == "__main__":
    main()

"""The screen: an SSD1306 on the clock's bus, or the one that the board has itself.

TICKTAP_SCREEN says which: its size, "128x32" or "128x64", or the name that the board gives it, "DISPLAY".
Text is in CircuitPython's own font, on a grid of tiles.
"""

import displayio
import terminalio

from . import pins

_ADDRESS = 0x3C
_WIDTH, _HEIGHT = 6, 12  # of a tile, which is a character
# SSD1306 data sheet, tables 9-1 and 10-1: each a command, how many bytes come with it, and these.
_INIT = (
    b"\xae\0"  # off
    b"\xd5\1\x80\xd3\1\0\x40\0"  # clock and first line, as after a reset
    b"\x8d\1\x14"  # the charge pump supplies the panel
    b"\x20\1\0"  # columns first, then pages
    b"\xa1\0\xc8\0"  # the way round that panels are mounted
    b"\xd9\1\xf1\xdb\1\x40\x81\1\x8f"  # pre-charge, deselect level and contrast for the pump
    b"\xa4\0\xa6\0"  # shine where the memory has a 1
)
_ROWS = {32: b"\xa8\1\x1f\xda\1\x02", 64: b"\xa8\1\x3f\xda\1\x12"}  # how many there are, and their order
_ON = b"\xaf\0"


class _BoardDisplay:
    """The board's own, which CircuitPython has set up."""

    def __init__(self, display):
        self._display = display
        self.width, self.height = display.width, display.height
        display.auto_refresh = False

    def find(self):
        return self._display


class _Ssd1306:
    """An SSD1306 beside the clock. Set up when there is a bus, and again for each new one."""

    def __init__(self, rtc, width, height):
        self._rtc = rtc
        self._bus = self._display = None
        self.width, self.height = width, height

    def find(self):
        """The display object; None while the bus is stuck: waiting for that ends with the watchdog."""
        bus = None if self._rtc.read()[0] == "bus" else self._rtc.bus
        if bus is not self._bus:
            self._bus = self._display = None
            displayio.release_displays()
            if bus:
                self._display = self._set_up(bus)
                self._bus = bus
        return self._display

    def _set_up(self, bus):
        import busdisplay
        import i2cdisplaybus

        return busdisplay.BusDisplay(
            i2cdisplaybus.I2CDisplayBus(bus, device_address=_ADDRESS),
            _INIT + _ROWS[self.height] + _ON,
            width=self.width,
            height=self.height,
            color_depth=1,
            grayscale=True,
            pixels_in_byte_share_row=False,
            set_column_command=0x21,
            set_row_command=0x22,
            data_as_commands=True,
            single_byte_bounds=True,
            auto_refresh=False,
        )


class Display:
    """`rows` of `columns` characters; where there are five, a line twice as large over the second and third.

    Draws when asked to, and only what has changed.
    """

    def __init__(self, panel):
        self._panel = panel
        self._display = None
        self.columns, self.rows = panel.width // _WIDTH, panel.height // _HEIGHT
        self._palette = displayio.Palette(2)
        self._palette[1] = 0xFFFFFF
        self._palette.make_transparent(0)
        self._group = displayio.Group(x=panel.width % _WIDTH // 2, y=panel.height % _HEIGHT // 2)
        self._rows = []  # grid, row in it, text
        grid = self._add(self._group, self.columns, self.rows)
        for y in range(self.rows):
            self._rows.append([grid, y, ""])
        if self.rows >= 5:
            large = displayio.Group(scale=2, y=_HEIGHT)
            self._group.append(large)
            self._rows.append([self._add(large, self.columns // 2, 1), 0, ""])

    def _add(self, group, columns, rows):
        """A new grid of spaces in a group."""
        grid = displayio.TileGrid(
            terminalio.FONT.bitmap,
            pixel_shader=self._palette,
            width=columns,
            height=rows,
            tile_width=_WIDTH,
            tile_height=_HEIGHT,
        )
        group.append(grid)
        return grid

    def show(self, lines, large):
        """A text for each row, and a large one. Returns whether the screen has taken them."""
        for row, text in zip(self._rows, lines + [large]):
            self._write(row[0], row[1], row[2], text)
            row[2] = text
        try:
            display = self._panel.find()
            if display is not self._display:
                self._display = display
                if display:
                    display.root_group = self._group
            if display:
                display.refresh()
            return bool(display)
        except (OSError, ValueError, RuntimeError, MemoryError):
            return False  # nothing at that address, or no memory to find out

    def _write(self, grid, y, old, new):
        for x in range(grid.width):
            c = new[x : x + 1] or " "
            if c != (old[x : x + 1] or " "):
                # The font begins with what ASCII has to show; more it need not have.
                grid[x, y] = ord(c if " " <= c <= "~" else "?") - ord(" ")


def make_display(rtc):
    """The Display that TICKTAP_SCREEN names."""
    name = pins.name_of("TICKTAP_SCREEN")
    if name not in pins.SIZES:
        return Display(_BoardDisplay(pins.pin("TICKTAP_SCREEN")))
    width, height = name.split("x")
    return Display(_Ssd1306(rtc, int(width), int(height)))

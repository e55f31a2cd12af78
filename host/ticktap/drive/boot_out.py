"""Reads CircuitPython's boot_out.txt and the bootloader's INFO_UF2.TXT.

Also says which CircuitPython a board needs: file name, address, and the checksum if the project has run that
file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BOOT_OUT = "boot_out.txt"
INFO_UF2 = "INFO_UF2.TXT"
CIRCUITPYTHON = 10  # the major version the firmware is written for and tested on
CHIPS = ("rp2040", "rp2350")  # whose flash the store file is tested on (fob/hw/sector_file.py)

_FIRST = re.compile(r"Adafruit CircuitPython (\S+) on \S+; (.+?)(?: with (\S+))?\s*$", re.MULTILINE)
_SITE = "https://circuitpython.org/board/{board}/"
_FILE = (
    "https://downloads.circuitpython.org/bin/{board}/en_US/adafruit-circuitpython-{board}-en_US-{version}.uf2"
)
RELEASE = "10.0.3"

CHECKSUMS = {
    "adafruit-circuitpython-rfguru_rp2040-en_US-10.0.3.uf2": (
        "5d580a2cd4eb7feba88b6259bc7ae09f727dae038670638fd3cd34a8a1476344"
    ),
}
"""SHA-256 by file name, of the files that ticktap's own tests run on."""

BOARDS = {
    "raspberry_pi_pico": "Raspberry Pi Pico",
    "raspberry_pi_pico2": "Raspberry Pi Pico 2",
    "adafruit_qtpy_rp2040": "Adafruit QT Py RP2040",
    "adafruit_kb2040": "Adafruit KB2040",
    "adafruit_qt2040_trinkey": "Adafruit Trinkey QT2040",
    "seeeduino_xiao_rp2040": "Seeed Studio XIAO RP2040",
    "adafruit_macropad_rp2040": "Adafruit MacroPad RP2040",
    "adafruit_feather_rp2040": "Adafruit Feather RP2040",
}
"""Names by CircuitPython's board ID, for choosing a file."""


FLASH_MIB = {
    "raspberry_pi_pico": 2,
    "waveshare_rp2040_zero": 2,
    "seeeduino_xiao_rp2040": 2,
    "rfguru_rp2040": 2,
    "adafruit_qtpy_rp2040": 8,
    "adafruit_kb2040": 8,
    "adafruit_macropad_rp2040": 8,
    "adafruit_feather_rp2040": 8,
    "adafruit_qt2040_trinkey": 8,
}
"""The size of a board's flash in MiB, by CircuitPython's board ID, from CircuitPython's own list of chips.
These boards have an RP2040 and no Wi-Fi: an image can be made for them (board_image.py).
"""


@dataclass(frozen=True)
class Board:
    """The contents of boot_out.txt: CircuitPython's version, the board's ID and name, chip, serial number.

    `chip` and `serial` are "" if an old CircuitPython does not report them.
    """

    circuitpython: str
    id: str
    name: str
    chip: str = ""
    serial: str = ""

    @property
    def major(self) -> int:
        """The first number of CircuitPython's version, 0 if there is none."""
        digits = re.match(r"\d+", self.circuitpython)
        return int(digits[0]) if digits else 0

    @property
    def concern(self) -> str:
        """Why ticktap is untested on this board; "" if it is tested."""
        if self.major != CIRCUITPYTHON:
            return f"CircuitPython {self.circuitpython} is not the {CIRCUITPYTHON} that ticktap is tested on"
        if self.chip and not self.chip.lower().startswith(CHIPS):
            return f"ticktap supports the flash of {' and '.join(CHIPS)}, not of {self.chip}"
        return ""


def parse_boot_out(text: str) -> Board | None:
    """Parses a boot_out.txt; None if CircuitPython did not write it."""
    first = _FIRST.match(text)
    if first is None:
        return None
    fields = dict(re.findall(r"^(Board ID|UID):\s*(\S+)", text, re.MULTILINE))
    version, name, chip = first.groups()
    return Board(version, fields.get("Board ID", ""), name, chip or "", fields.get("UID", "").upper())


def parse_info(text: str) -> tuple[str, str] | None:
    """Returns (model, board ID) from a UF2 bootloader's INFO_UF2.TXT; None if it is not one."""
    fields = dict(re.findall(r"^(Model|Board-ID):\s*(.+?)\s*$", text, re.MULTILINE))
    return (fields.get("Model", ""), fields["Board-ID"]) if "Board-ID" in fields else None


def advice(board: str = "") -> str:
    """Explains how to install CircuitPython on a new board: file, address, and checksum if known."""
    lines = [
        "A new board: hold BOOTSEL (or BOOT) while plugging it in; a drive RPI-RP2 or RP2350 appears.",
        f"Copy the CircuitPython {CIRCUITPYTHON} of your board onto it; it reappears as a drive CIRCUITPY.",
    ]
    wanted = [board] if board else BOARDS
    lines += [f"  {BOARDS.get(each, each)}: {_SITE.format(board=each)}" for each in wanted]
    if board:
        file = _FILE.format(board=board, version=RELEASE)
        lines.append(f"  the file: {file}")
        known = CHECKSUMS.get(file.rpartition("/")[2])
        lines.append(f"  SHA-256: {known}" if known else "  (its checksum is not known here)")
    if not board or board in FLASH_MIB:
        lines.append(
            "Or make one file of CircuitPython and the firmware, and copy that: 'ticktap firmware image "
            f"--circuitpython FILE.uf2{f' --board {board}' if board else ''}'."
        )
    lines.append(
        "A token in use: unplug it and hold its button while plugging it in; its drive CIRCUITPY appears."
    )
    return "\n".join(lines)

"""What a board says of itself on its drives: CircuitPython's boot_out.txt, the boot loader's INFO_UF2.TXT.

And which CircuitPython to take for a board: its file's name, its address, its checksum where the project has
run that very file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

BOOT_OUT = "boot_out.txt"
INFO_UF2 = "INFO_UF2.TXT"
CIRCUITPYTHON = 10  # the major version the firmware is written for and tested on
CHIPS = ("rp2040", "rp2350")  # whose flash the vault's ways are known of (fob/hw/sector_file.py)

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
"""SHA-256 by file name, of the files that ticktap's own tests run on. Nobody else's is vouched for here."""

BOARDS = {
    "raspberry_pi_pico": "Raspberry Pi Pico",
    "raspberry_pi_pico2": "Raspberry Pi Pico 2",
    "adafruit_qtpy_rp2040": "Adafruit QT Py RP2040",
    "adafruit_kb2040": "Adafruit KB2040",
    "adafruit_macropad_rp2040": "Adafruit MacroPad RP2040",
    "adafruit_feather_rp2040": "Adafruit Feather RP2040",
}
"""Board ids of CircuitPython, for those who have to choose a file."""


@dataclass(frozen=True)
class Board:
    """What boot_out.txt says: CircuitPython's version, the board's id and name, chip, serial number.

    `chip` and `serial` are "" where an old CircuitPython does not tell.
    """

    circuitpython: str
    id: str
    name: str
    chip: str = ""
    serial: str = ""

    @property
    def major(self) -> int:
        """The first number of CircuitPython's version, 0 when there is none."""
        digits = re.match(r"\d+", self.circuitpython)
        return int(digits[0]) if digits else 0

    @property
    def concern(self) -> str:
        """Why ticktap has not been seen to work on it; "" when there is nothing to say."""
        if self.major != CIRCUITPYTHON:
            return f"CircuitPython {self.circuitpython} is not the {CIRCUITPYTHON} that ticktap is tested on"
        if self.chip and not self.chip.lower().startswith(CHIPS):
            return f"ticktap knows the flash of {' and '.join(CHIPS)}, not of {self.chip}"
        return ""


def parse_boot_out(text: str) -> Board | None:
    """The board that wrote a boot_out.txt; None when CircuitPython did not write it."""
    first = _FIRST.match(text)
    if first is None:
        return None
    told = dict(re.findall(r"^(Board ID|UID):\s*(\S+)", text, re.MULTILINE))
    version, name, chip = first.groups()
    return Board(version, told.get("Board ID", ""), name, chip or "", told.get("UID", "").upper())


def parse_info(text: str) -> tuple[str, str] | None:
    """(model, board id) of a UF2 boot loader's INFO_UF2.TXT; None when it is none."""
    told = dict(re.findall(r"^(Model|Board-ID):\s*(.+?)\s*$", text, re.MULTILINE))
    return (told.get("Model", ""), told["Board-ID"]) if "Board-ID" in told else None


def advice(board: str = "") -> str:
    """How a new board gets CircuitPython: which file, from where, with which checksum if one is known."""
    lines = [
        "A new board: hold BOOTSEL (or BOOT) while plugging it in; a drive RPI-RP2 or RP2350 appears.",
        f"Copy the CircuitPython {CIRCUITPYTHON} of your board onto it; it comes back as a drive CIRCUITPY.",
    ]
    wanted = [board] if board else BOARDS
    lines += [f"  {BOARDS.get(each, each)}: {_SITE.format(board=each)}" for each in wanted]
    if board:
        file = _FILE.format(board=board, version=RELEASE)
        lines.append(f"  the file: {file}")
        known = CHECKSUMS.get(file.rpartition("/")[2])
        lines.append(f"  SHA-256: {known}" if known else "  (its checksum is not known here)")
    lines.append(
        "A token in use: unplug it and hold its button while plugging it in; its drive CIRCUITPY appears."
    )
    return "\n".join(lines)

"""One UF2 file for a board: CircuitPython, an erased NVM, and the drive with its firmware and store file.

The flash of an RP2040 board (CircuitPython 9 and 10, ports/raspberrypi/mpconfigport.h): CircuitPython from
0, its NVM in the last erase sector of the first MiB, and the drive from there to the end. Boards with Wi-Fi
have a longer CircuitPython and a drive elsewhere; they are refused.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from ticktap.drive import fat_volume, uf2
from ticktap.drive.boot_out import CHECKSUMS, CIRCUITPYTHON, FLASH_MIB, advice
from ticktap.drive.build import blank_store_file
from ticktap.drive.compare import STORE_FILE, Firmware
from ticktap.drive.fat_geometry import SECTOR as BLOCK
from ticktap.drive.fat_geometry import made_by_circuitpython
from ticktap.drive.mpy_compile import PROVEN
from ticktap.drive.store_layout import place_of_store_file
from ticktap.drive.uf2 import SECTOR
from ticktap.errors import BadInput, Refused

MIB = 1 << 20
NVM, DRIVE = 0xFF000, 0x100000  # offsets in the flash

SIZES = (2, 4, 8, 16)
"""The sizes of flash in MiB for which the layout of the drive is tested."""

OWN_FILES = {".fseventsd/no_log": b"", ".metadata_never_index": b"", ".Trashes": b"", ".Trash-1000": b""}
"""Files that CircuitPython creates on each new drive, so that systems create no index and no trash there."""

_GREETING = re.compile(rb"Adafruit CircuitPython (\d[\w.+-]*) on [\d-]+; ([ -~]+)")
_BOARD = re.compile(rb"BOARD=([a-z0-9_]+)")


@dataclass(frozen=True)
class CircuitPython:
    """CircuitPython for a board, from its UF2 file: version, board ID, erase sectors, SHA-256 of the file.

    `known`: whether this project has run exactly this file.
    """

    version: str
    board: str
    sectors: dict[int, bytes]
    sha256: str
    known: bool


@dataclass(frozen=True)
class BoardImage:
    """A UF2 file, and the parts of the flash that it writes: offset and length of each, by name."""

    data: bytes
    parts: dict[str, tuple[int, int]]


def read_circuitpython(data: bytes, name: str) -> CircuitPython:
    """Reads CircuitPython's UF2 file of a board.

    Args:
        name: the file's.

    Raises:
        BadInput: it is damaged, or contains something else.
        Refused: another chip, a version on which the firmware was not tested, a drive in another place, or
            other bytes than those this project knows by that name.
    """
    sectors = uf2.read(data, name)
    text = b"".join(sectors.values())
    greeting, board = _GREETING.search(text), _BOARD.search(text)
    if greeting is None or board is None:
        raise BadInput(f"{name} contains no CircuitPython", advice())
    found = CircuitPython(
        greeting[1].decode(), board[1].decode(), sectors, hashlib.sha256(data).hexdigest(), name in CHECKSUMS
    )
    if int(re.match(r"\d+", found.version)[0]) not in PROVEN:  # type: ignore[index]  # it begins with a digit
        raise Refused(
            f"{name} is CircuitPython {found.version}; the firmware is tested on "
            f"{' and '.join(map(str, PROVEN))}",
            f"Use version {CIRCUITPYTHON}.\n{advice(found.board)}",
        )
    if max(sectors) >= NVM:
        raise Refused(
            f"{name} is longer than 1 MiB: the drive of {found.board} is in another place",
            "Copy that file onto the board as it is, then run 'ticktap firmware install'.",
        )
    if CHECKSUMS.get(name, found.sha256) != found.sha256:
        raise Refused(
            f"{name} has the SHA-256 {found.sha256}, not the {CHECKSUMS[name]} of the file that was tested",
            "Download it again from circuitpython.org.",
        )
    return found


def flash_size(board: str, given: int | None = None) -> int:
    """Returns the size of a board's flash in MiB. BadInput: it is not known and not given."""
    known = given or FLASH_MIB.get(board)
    if known is None:
        raise BadInput(
            f"the size of the flash of {board} is not known",
            f"Give it with --flash ({', '.join(map(str, SIZES))} MiB), from the board's documentation.",
        )
    return known


def make_image(circuitpython: CircuitPython, firmware: Firmware, flash_mib: int) -> BoardImage:
    """Makes the file that turns a board into a new token. The same input makes the same bytes.

    What is written: CircuitPython, the NVM (erased), and the drive up to the last cluster in use. The rest of
    the drive is free space, and stays as it is.

    Raises:
        BadInput: the firmware does not fit on the drive.
        Refused: the firmware would not use the store file at its location.
    """
    geometry = made_by_circuitpython((flash_mib * MIB - DRIVE) // BLOCK)
    files = {**OWN_FILES, **firmware.files, STORE_FILE: blank_store_file()}
    try:
        volume = fat_volume.build(files, geometry=geometry)
    except ValueError as error:
        raise BadInput(f"the image cannot be made: {error}", "Use a board with more flash.") from None
    place = place_of_store_file(volume)
    if not place.usable:
        raise Refused(f"the store file would be {place.reason}", "Run 'ticktap firmware install' instead.")
    last = max(cluster for cluster, following in enumerate(geometry.unpack_fat(volume)) if following)
    used = -(-geometry.block_of(last + 1) * BLOCK // SECTOR) * SECTOR
    sectors = dict(circuitpython.sectors)
    sectors[NVM] = b"\xff" * SECTOR
    for at in range(0, used, SECTOR):
        sectors[DRIVE + at] = volume[at : at + SECTOR]
    parts = {
        "circuitpython": (0, max(circuitpython.sectors) + SECTOR),
        "nvm": (NVM, SECTOR),
        "drive": (DRIVE, used),
    }
    return BoardImage(uf2.write(sectors), parts)

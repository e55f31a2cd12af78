"""Finding and reading the CircuitPython UF2 (https://github.com/microsoft/uf2).

Only blocks for the RP2040 family are taken. Nothing is downloaded here; `make uf2` does that (download.py).
"""

from __future__ import annotations

import os
import re
import struct
from pathlib import Path

from emulated.download import check

CACHE = Path("~/.cache/ticktap/uf2")
HOW_TO_GET = (
    "emulated tests are not run: no CircuitPython here. `make uf2` downloads one; or put a version 10 UF2 for"
    f" an RP2040 board with 2 MB of flash into {CACHE}, or name one in CIRCUITPYTHON_UF2"
)

BLOCK = 512
MAGIC = (0x0A324655, 0x9E5D5157)
NOT_MAIN_FLASH = 0x01
FAMILY_RP2040 = 0xE48BFF56
XIP_BASE = 0x10000000
PAYLOAD = 32  # where a block's data starts


def find_uf2() -> Path | None:
    """The UF2 named by CIRCUITPYTHON_UF2, else the newest version in the cache, else None.

    Raises FileNotFoundError when CIRCUITPYTHON_UF2 names no file, and download.Refused for a wrong checksum.
    """
    named = os.environ.get("CIRCUITPYTHON_UF2")
    if named and not Path(named).is_file():
        raise FileNotFoundError(f"CIRCUITPYTHON_UF2 names {named}, which is not there")
    found = Path(named) if named else max(CACHE.expanduser().glob("*.uf2"), key=version_of, default=None)
    if found:
        check(found)
    return found


def version_of(path: Path) -> tuple[int, ...]:
    """Numbers of the dotted version in a file name: adafruit-circuitpython-<board>-en_US-10.0.3.uf2."""
    found = re.search(r"-(\d+(?:\.\d+)+)", path.stem)
    return tuple(int(number) for number in found[1].split(".")) if found else ()


def load_uf2(path: Path, flash: bytearray) -> None:
    """Writes the file's RP2040 blocks into `flash`; ValueError when it is no UF2 or holds none."""
    data = path.read_bytes()
    blocks = 0
    for start in range(0, len(data), BLOCK):
        first, second, flags, address, size, _, _, family = struct.unpack_from("<8I", data, start)
        if (first, second) != MAGIC:
            raise ValueError(f"{path} is not a UF2 file")
        if flags & NOT_MAIN_FLASH or family != FAMILY_RP2040:
            continue
        offset = address - XIP_BASE
        flash[offset : offset + size] = data[start + PAYLOAD : start + PAYLOAD + size]
        blocks += 1
    if not blocks:
        raise ValueError(f"{path} has no code for an RP2040")


def runs(path: Path) -> str:
    """The CircuitPython version in a UF2 and its board, by its own greeting; "" when it has none.

    The file's name may say something else.
    """
    flash = bytearray(b"\xff") * (2 << 20)
    load_uf2(path, flash)
    found = re.search(rb"Adafruit CircuitPython (\d[\w.-]*) on [\d-]+; ([ -~]+)", bytes(flash))
    return f"{found[1].decode()} for {found[2].decode()}" if found else ""

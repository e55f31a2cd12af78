"""Images of `ticktap firmware image`, for every CircuitPython at hand whose checksum is known."""

from __future__ import annotations

import os
from pathlib import Path

from ticktap.drive.board_image import make_image, read_circuitpython
from ticktap.drive.boot_out import FLASH_MIB
from ticktap.drive.compare import included_firmware
from ticktap.errors import TicktapError

CACHE = Path("~/.cache/ticktap/uf2")
FOLDER = "CIRCUITPYTHON_FOLDER"  # the variable that names another folder


def write(destination: Path, version: str) -> tuple[list[Path], list[str]]:
    """Writes an image for each board; the newest CircuitPython of a board is used.

    Returns the images, and why other files were not used.
    """
    found, unused = {}, []
    for file in sorted(Path(os.environ.get(FOLDER, CACHE)).expanduser().glob("*.uf2")):
        try:
            circuitpython = read_circuitpython(file.read_bytes(), file.name)
        except TicktapError as error:
            unused.append(error.message)
            continue
        if circuitpython.board not in FLASH_MIB:
            unused.append(f"{file.name}: the flash size of {circuitpython.board} is not known")
        elif not circuitpython.known:
            unused.append(f"{file.name}: the project has not run it, or does not pin its checksum")
        else:
            found[circuitpython.board] = circuitpython
    made = []
    for board, circuitpython in sorted(found.items()):
        path = destination / f"ticktap-{version}-{board}.uf2"
        path.write_bytes(make_image(circuitpython, included_firmware(board), FLASH_MIB[board]).data)
        made.append(path)
    return made, unused

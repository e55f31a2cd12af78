"""The flash contents of a board: CircuitPython 10, its nvm, the CIRCUITPY drive."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from emulated import fat
from emulated.uf2 import load_uf2

MIB = 1 << 20
FLASH_SIZES = {
    2: 2 * MIB,
    4: 4 * MIB,
    8: 8 * MIB,
    16: 16 * MIB,
}  # bytes by MiB: the flash sizes of existing boards
FLASH_SIZE = FLASH_SIZES[2]
NVM = slice(0xFF000, 0x100000)  # the last 4 KiB before the drive
DRIVE = slice(0x100000, None)  # to the flash's end


def flash_image(
    uf2: Path,
    drive: Path | None,
    *,
    settings: Mapping[str, str | int] | None = None,
    size: int = FLASH_SIZE,
) -> bytes:
    """A flash of `size` bytes with CircuitPython and the files under `drive` (none: an unformatted drive).

    nvm is erased. `settings` are put before the lines of the drive's settings.toml: the first line of a name
    counts.
    """
    flash = bytearray(b"\xff") * size
    load_uf2(uf2, flash)
    if drive is not None:
        files = _files(drive)
        lines = [f"{name} = {json.dumps(value)}\n" for name, value in (settings or {}).items()]
        if lines:
            files["settings.toml"] = "".join(lines).encode() + files.get("settings.toml", b"")
        flash[DRIVE] = fat.build(files, size - DRIVE.start)
    return bytes(flash)


def with_nvm(flash: bytes, nvm: bytes) -> bytes:
    """The same flash with other nvm contents; missing bytes are erased ones."""
    size = NVM.stop - NVM.start
    if len(nvm) > size:
        raise ValueError(f"nvm has {size} bytes, not {len(nvm)}")
    changed = bytearray(flash)
    changed[NVM] = nvm.ljust(size, b"\xff")
    return bytes(changed)


def _files(folder: Path) -> dict[str, bytes]:
    if not folder.is_dir():
        raise FileNotFoundError(f"no drive at {folder}")
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}

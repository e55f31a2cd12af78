"""ticktap.pyz: the command and all it needs in one file for Linux, for several versions of Python (shiv).

The libraries of all these versions are in one folder: only the names of compiled modules differ between them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

LOCKED = Path(__file__).with_name("locked.txt")
PYTHONS = ("3.11", "3.12", "3.13")
PLATFORM = "x86_64-manylinux_2_28"


def build(wheel: Path, destination: Path, when: int, work: Path, tools: Path) -> Path:
    """Builds the file from the wheel and the locked versions, whose checksums are verified; none is compiled.

    Args:
        tools: the folder of programs in which uv and shiv are.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(when), "UV_NO_CONFIG": "1"}
    work.mkdir()
    merged = work / "site-packages"

    def run(*command: str | Path) -> None:
        subprocess.run(command, check=True, capture_output=True, env=environment)

    for python in PYTHONS:
        one = work / python
        into = ("--quiet", "--no-deps", "--only-binary", ":all:", "--target", one)
        into += ("--python-platform", PLATFORM, "--python-version", python)
        run(tools / "uv", "pip", "install", *into, "--require-hashes", "-r", LOCKED)
        run(tools / "uv", "pip", "install", *into, wheel)
        shutil.copytree(one, merged, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", "bin"))
    for record in [*merged.rglob("direct_url.json"), *merged.rglob("RECORD"), *merged.rglob("uv_*.json")]:
        record.unlink()  # they name this machine's folders, or the files of one version
    options = (
        "--site-packages",
        merged,
        "--python",
        "/usr/bin/env python3",
        "--reproducible",
        "--extend-pythonpath",
    )
    run(tools / "shiv", *options, "--compressed", "--entry-point", "ticktap.cli.main:run", "-o", destination)
    return destination

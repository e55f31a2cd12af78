"""A CycloneDX SBOM: the command's locked libraries and those on the drive, with their licences."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from releasing.single_file import LOCKED

ROOT = Path(__file__).parents[2]
LIBRARIES = ROOT / "tools" / "drive-libraries.txt"
ON_THE_DRIVE = "adafruit-circuitpython-"


def write(destination: Path, when: int, work: Path, tools: Path) -> Path:
    """Installs what the release consists of into an environment of its own in `work`, and lists that.

    Args:
        tools: the folder of programs in which uv and cyclonedx-py are.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(when), "UV_NO_CONFIG": "1"}
    venv = work / "sbom"
    drive = work / "drive-libraries.txt"
    rows = [row for row in LIBRARIES.read_text().splitlines() if row.startswith(ON_THE_DRIVE)]
    drive.write_text("\n".join(rows) + "\n")

    def run(*command: str | Path) -> bytes:
        return subprocess.run(command, check=True, capture_output=True, env=environment).stdout

    run(tools / "uv", "venv", "--quiet", venv)
    into = ("--quiet", "--no-deps", "--python", venv / "bin/python")
    run(tools / "uv", "pip", "install", *into, "--require-hashes", "-r", LOCKED)
    run(tools / "uv", "pip", "install", *into, "-r", drive)
    options = ("--pyproject", ROOT / "pyproject.toml", "--output-reproducible", "--of", "JSON")
    listed = json.loads(run(tools / "cyclonedx-py", "environment", *options, venv / "bin/python"))
    destination.write_text(json.dumps(listed, indent=1, sort_keys=True) + "\n")
    return destination

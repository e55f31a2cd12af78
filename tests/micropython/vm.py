"""Runs scripts in the MicroPython VM compiled to WebAssembly, an interpreter with 31-bit small integers.

It stands for what CircuitPython and MicroPython share and CPython does not have to keep to. Every run is a
new VM with a file system of its own.
"""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PACKAGE = TESTS / "node" / "node_modules" / "@micropython" / "micropython-webassembly-pyscript"
FIRMWARE = TESTS.parent / "firmware"


class ScriptFailed(AssertionError):
    """The script raised; the message is its traceback."""


def firmware_files() -> dict[str, bytes]:
    """The pure part of the firmware, by path: `fob` without `fob/hw`."""
    found = [path for path in (FIRMWARE / "fob").rglob("*.py") if path.parent.name != "hw"]
    return {path.relative_to(FIRMWARE).as_posix(): path.read_bytes() for path in sorted(found)}


def run(script: str, files: Mapping[str, bytes]) -> str:
    """What `script` prints in a fresh VM that can import `files` (relative path to content).

    Raises:
        ScriptFailed: the script raised an exception.
        FileNotFoundError: the VM is not installed.
    """
    if not PACKAGE.is_dir():
        raise FileNotFoundError(f"no MicroPython VM in {PACKAGE}: run npm ci in tests/node")
    request = {
        "package": str(PACKAGE),
        "script": script,
        "files": {path: base64.b64encode(content).decode("ascii") for path, content in files.items()},
    }
    runner = Path(__file__).with_name("run.mjs")
    command = ["node", str(runner)]
    done = subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise ScriptFailed(done.stderr)
    return done.stdout

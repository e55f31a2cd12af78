"""The firmware's modules compiled on the computer: a token that need not compile them itself starts sooner.

With CircuitPython's own compiler, mpy-cross of the release that the board has: another one's byte code may
carry the same mark and mean something else (docs/decisions/0013). What tells the versions stays source, as do
boot.py and code.py, which CircuitPython runs only as source.
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from ticktap.errors import BadInput
from ticktap.firmware.compare import LOG_FILE, SEGMENTS_FILE, VERSION_FILE, Firmware

HEAD = b"C\x06"
"""The first bytes of what CircuitPython 10 loads: its mark, and version 6 of the format."""

WHERE = "Take the mpy-cross of your board's CircuitPython from circuitpython.org/libraries."
_SOURCE = (VERSION_FILE, LOG_FILE, SEGMENTS_FILE)


def compiled(firmware: Firmware, program: str) -> Firmware:
    """The firmware with a .mpy for each module; the same program gives the same bytes.

    Args:
        program: path or name of mpy-cross.

    Raises:
        BadInput: it cannot be run, it refuses a module, or it is not CircuitPython's.
    """
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        for path, body in firmware.files.items():
            if is_module(path):
                files[_with_suffix(path, ".mpy")] = _compiled(program, Path(folder), path, body)
            else:
                files[path] = body
    return Firmware(files, firmware.version, firmware.formats)


def is_module(path: str) -> bool:
    """Whether a file of the drive is compiled."""
    return path.startswith("lib/") and path.endswith(".py") and path not in _SOURCE


def _with_suffix(path: str, suffix: str) -> str:
    return path.rpartition(".")[0] + suffix


def _compiled(program: str, folder: Path, path: str, body: bytes) -> bytes:
    source, result = folder / "one.py", folder / "one.mpy"
    source.write_bytes(body)
    result.unlink(missing_ok=True)
    name = path.removeprefix("lib/")  # what a traceback shows
    try:
        subprocess.run([program, "-s", name, "-o", result, source], check=True, capture_output=True)
        found = result.read_bytes()
    except OSError as error:
        raise BadInput(f"{program} did not compile: {error.strerror}", WHERE) from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise BadInput(f"{program} cannot compile {name}: {said or error.returncode}", WHERE) from None
    if not found.startswith(HEAD):
        raise BadInput(f"{program} is not the compiler of CircuitPython 10", WHERE)
    return found

"""The state that a token keeps without power, as bytes: nvm, the clock chip, its identity, changed files.

Only files that differ from the folder of the drive are stored, by path and contents: so a newer folder brings
its new files. Their positions are not stored. The state includes its time, so that a restored clock has
continued to run. It contains the contents of nvm: protect it like the token.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from ticktap.errors import BadInput
from ticktap.simulator.chip import Chip
from ticktap.simulator.machine import BOOT_OUT
from ticktap.simulator.parts.ds3231 import SIZE as REGISTERS
from ticktap.simulator.parts.ds3231 import Ds3231
from ticktap.simulator.parts.nvm import SIZE
from ticktap.simulator.timeline import SECOND

FORMAT = "ticktap-virtual-token"
VERSION = 2
READABLE = (1, VERSION)  # the first one has no files


def dump(chip: Chip, rtc: Ds3231, unix: float) -> bytes:
    """Returns the state at the real time `unix`, as UTF-8 JSON."""
    stored = chip.drive.stored()
    kept = {
        "format": FORMAT,
        "version": VERSION,
        "unix": unix,
        "uid": chip.uid.hex(),
        "nvm": chip.nvm.data.hex(),
        "rtc": rtc.dump(),
        "boot_out": stored.pop(BOOT_OUT, b"").decode("utf-8", "replace"),
        "files": {
            path: base64.b64encode(content).decode()
            for path, content in sorted(stored.items())
            if content != chip.drive.original.get(path)
        },
    }
    return json.dumps(kept).encode()


def load(state: bytes, chip: Chip, rtc: Ds3231, unix: float) -> None:
    """Loads a dump into a new chip at the real time `unix`. Raises BadInput, without changes."""
    kept = _parse(state)
    _restore_files(kept, chip)
    rtc.load(kept["rtc"], round((unix - float(kept["unix"])) * SECOND))
    chip.uid = bytes.fromhex(kept["uid"])
    chip.nvm.data[:] = bytes.fromhex(kept["nvm"])


def _restore_files(kept: dict[str, Any], chip: Chip) -> None:
    changed = {path: base64.b64decode(content) for path, content in kept.get("files", {}).items()}
    if kept["boot_out"]:
        changed[BOOT_OUT] = kept["boot_out"].encode()
    try:
        if changed:
            chip.drive.lay_out({**chip.drive.original, **changed})
    except (ValueError, TypeError, AttributeError):  # a path is a file there and a folder here, say
        raise BadInput(
            "the files in this state do not fit this drive",
            "Use the drive that the state was made with, or remove the state to start again.",
        ) from None


def _parse(state: bytes) -> dict[str, Any]:
    """Parses a dump to a dict, with every value of the right type and size."""
    try:
        kept = json.loads(state)
        if kept["format"] != FORMAT:
            raise ValueError
        version = kept["version"]
        if version in READABLE:
            _check(kept)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(
            "this is not the state of a simulated token",
            "Use another state file, or remove it to start again.",
        ) from None
    if version not in READABLE:
        raise BadInput(
            f"this state has format version {version}", "Use the ticktap that wrote it, or a newer one."
        )
    return dict(kept)


def _check(kept: dict[str, Any]) -> None:
    """Raises ValueError, KeyError or TypeError for anything that could not be loaded."""
    rtc = kept["rtc"]
    for text, size in ((kept["nvm"], SIZE), (kept["uid"], 8), (rtc["registers"], REGISTERS)):
        if len(bytes.fromhex(text)) != size:
            raise ValueError
    for content in kept["files"].values() if kept["version"] > 1 else ():
        base64.b64decode(content, validate=True)
    types = {"base": int | None, "weekday": int, "ppm": int | float, "battery": bool, "present": bool}
    good = all(isinstance(rtc[name], kind) for name, kind in types.items())
    if not good or not isinstance(kept["unix"], int | float) or not isinstance(kept["boot_out"], str):
        raise ValueError

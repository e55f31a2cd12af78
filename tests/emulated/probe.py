"""A small program for the emulated chip that executes the lines that the harness's tests send."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

from emulated.token import EmulatedToken

BOOT = """\
import storage, usb_cdc, usb_hid
usb_cdc.enable(console=True, data=True)
usb_hid.enable((usb_hid.Device.KEYBOARD,))
storage.disable_usb_drive()
"""

CODE = """\
import time, usb_cdc

port = usb_cdc.data
scope = {}
line = b""
while True:
    if not port.in_waiting:
        time.sleep(0.001)
        continue
    line += port.read(port.in_waiting)
    if not line.endswith(b"\\n"):
        continue
    text, line = str(line, "utf-8").rstrip(), b""
    try:
        if text.startswith("="):
            answer = repr(eval(text[1:], scope))
        else:
            exec(text.replace(" ;; ", "\\n"), scope)
            answer = "None"
    except Exception as error:
        answer = "!" + repr(error)
    port.write(answer.encode() + b"\\n")
"""


class ChipError(Exception):
    """A request raised an exception on the chip; the message is its repr."""


def write_drive(folder: Path, **files: str) -> Path:
    """Writes the probe's drive into `folder`; further files by name, without `.py`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"boot": BOOT, "code": CODE, **files}.items():
        (folder / f"{name}.py").write_text(text)
    return folder


class Probe:
    """The chip's end of the conversation, over the data channel of a running token."""

    def __init__(self, token: EmulatedToken) -> None:
        self.token = token
        self.port = token.open()

    def reopen(self) -> None:
        """Opens the channel again, and drops what the chip sent while it was closed."""
        self.port = self.token.open()
        self.token.advance(5)
        self.port.read()

    def start(self, *statements: str) -> None:
        """Starts statements, each on its own line, and does not wait for their end."""
        self.port.write(" ;; ".join(statements).encode() + b"\n")

    def wait(self, timeout: float = 5.0) -> Any:
        """Returns the answer to what was started. Raises ChipError if that raised."""
        answer = self.port.read_line(timeout).decode()
        if answer.startswith("!"):
            raise ChipError(answer[1:])
        return ast.literal_eval(answer)

    def run(self, *statements: str) -> None:
        """Executes statements."""
        self.start(*statements)
        self.wait()

    def ask(self, expression: str) -> Any:
        """The value of an expression made of literals."""
        self.start("=" + expression)
        return self.wait()

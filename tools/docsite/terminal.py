"""The picture of a terminal in which commands were really run, with a simulated token.

    python -m docsite.terminal FOLDER          exit 1 if FOLDER/terminal.svg is not what is drawn now
    python -m docsite.terminal FOLDER keep     draws it anew

The token types into the terminal as it would on a keyboard. Dots stand for codes, which differ each time.
"""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import tempfile
from pathlib import Path

import demo

from .screen import draw

ACCOUNT = "Example:alice"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PICTURE = "terminal.svg"
TITLE = "A terminal: an account is added from a picture of a QR code, listed, and its code verified."
SESSION = (
    ("ticktap account add --qr screenshot.png --keep", ""),
    ("ticktap account list", ""),
    (f"ticktap verify {ACCOUNT}", "click the token: it types the code"),
)


class Terminal:
    """Runs commands of ticktap at a pseudo-terminal, with the token's button at hand."""

    def __init__(self, folder: Path, control: str) -> None:
        self.folder, self.control = folder, control
        self.lines: list[str] = []

    def run(self, command: str, note: str = "") -> None:
        """One command, pressed for when it asks for the button, given a code when it asks for one.

        Raises:
            demo.Failed: it failed.
        """
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [*demo.TICKTAP, *command.split()[1:]],
            cwd=self.folder,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        said, code = self._talk(ours)
        os.close(ours)
        if process.wait():
            raise demo.Failed(f"{command}: exit {process.returncode}\n{said}")
        if code:
            said = said.replace(code, "\N{BULLET}" * len(code))
        self.lines += [f"$ {command}" + (f"  # {note}" if note else ""), *said.splitlines(), ""]

    def _talk(self, ours: int) -> tuple[str, str]:
        """What the command said until it ended; the code it was given, or empty."""
        said, code, pressed = b"", "", False
        while chunk := _read(ours):
            said += chunk
            if b"Press the button" in said and not pressed:
                pressed = True
                self._send("press")
            if said.endswith(b"Code: ") and not code:
                code = self._click()
                os.write(ours, f"{code}\n".encode())
        return said.decode().replace("\r", ""), code

    def _click(self) -> str:
        """What a click types. A code that is about to change waits for the next one."""
        self._send("typed", "clear=true")
        self._send("press")
        for _ in range(demo.LONGEST_WAIT_S):
            typed = str(json.loads(self._send("typed"))["data"]["typed"])
            if len(typed) == demo.DIGITS:
                return typed
            self._send("advance", "ms=1000")
        raise demo.Failed("the token typed nothing")

    def _send(self, *words: str) -> str:
        return demo.run("--json", "simulate", "send", self.control, *words)


def _read(descriptor: int) -> bytes:
    """What has come; empty when the other side has closed, which Linux tells as an error."""
    try:
        return os.read(descriptor, 4096)
    except OSError:
        return b""


def picture() -> str:
    """The SVG, from a session just now."""
    with tempfile.TemporaryDirectory(prefix="ticktap-terminal-") as name:
        folder = Path(name)
        os.environ["TICKTAP_HOME"] = name
        with demo.virtual_token(folder) as (port, control):
            os.environ["TICKTAP_DEVICE"] = port
            demo.draw_qr_code(
                f"otpauth://totp/{ACCOUNT}?secret={SECRET}&issuer=Example", folder / "screenshot.png"
            )
            terminal = Terminal(folder, control)
            terminal.run("ticktap clock sync")
            terminal.lines.clear()  # what it says of this computer's clock differs from one to the next
            for command, note in SESSION:
                terminal.run(command, note)
    return draw(TITLE, terminal.lines[:-1])


def main(folder: Path, keeping: bool) -> int:
    kept, drawn = folder / PICTURE, picture()
    if keeping:
        kept.write_text(drawn, encoding="utf-8")
    elif not kept.is_file() or kept.read_text(encoding="utf-8") != drawn:
        print(
            f"{kept} is not what the commands say now; `make docs-keep` draws it anew",
            file=sys.stderr,
        )
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:] == ["keep"]))

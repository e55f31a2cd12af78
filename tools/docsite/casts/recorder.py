"""Plays a scene at a pseudo-terminal, and records the output with its times."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path

from .castfile import Cast, Event, steady
from .stage import FIRST_SERIAL, Stage

ACTOR = Path(__file__).with_name("actor.py")
COLUMNS = 56  # readable at the width of a phone
SHOWN_S = 1.3
PATIENCE = 60  # seconds without output after which a scene fails
KEY = 0.05  # seconds for each letter that is typed
THOUGHT = 0.9  # seconds until a person reacts to a request
_PROMPT, _NOTE, _PLAIN = "\x1b[32m", "\x1b[90m", "\x1b[0m"

Answer = tuple[str, Callable[["Player"], None]]


class Failed(Exception):
    """A scene had an unexpected result."""


class Player:
    """Types commands, reads their output, and does what they ask for."""

    def __init__(self, stage: Stage, rows: int) -> None:
        self.stage, self.rows = stage, rows
        self._events: list[Event] = []
        self._began = time.monotonic()
        self._idle = 0.0  # seconds that are not shown
        self._watched = True
        self._terminal = -1
        self._said = ""

    def cast(self, title: str) -> Cast:
        if self._watched:
            self._put(f"{_PROMPT}$ {_PLAIN}")
        return Cast(title, COLUMNS, self.rows, steady(self._events))

    # --- for scenes

    def offstage(self, command: str, *answers: Answer) -> None:
        """Runs a command that is not shown."""
        self._watched = False
        self.run(command, *answers)
        self._watched = True

    def curtain(self) -> None:
        """Hides everything from now on."""
        self._watched = False

    def run(self, command: str, *answers: Answer, ends: int = 0) -> None:
        """Types a command, with a note after "  # ", and waits until it has ended.

        `answers`: text to wait for and the reaction to it, in order. `ends`: the expected exit code.
        """
        environment = self.stage.next_command()
        self._type(command)
        self._terminal, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (self.rows, COLUMNS))
        process = subprocess.Popen(
            [sys.executable, "-P", str(ACTOR), *command.partition("  #")[0].split()[1:]],
            cwd=self.stage.home,
            env=environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
        )
        os.close(theirs)
        self._said = ""
        try:
            for words, act in answers:
                self.expect(words)
                self._wait(THOUGHT)
                act(self)
            while self._more():
                pass
            if process.wait(PATIENCE) != ends:
                raise Failed(f"{command}: exit {process.returncode}\n{self._said}")
        finally:
            process.kill()
            process.wait()
            os.close(self._terminal)
        self._mark("")

    def note(self, text: str) -> None:
        """Types a comment at the prompt."""
        self._type(f"  # {text}")

    def show(self, path: str) -> None:
        """Shows a file of the home folder, as `cat` does."""
        self._type(f"cat {path}")
        self._put((self.stage.home / path).read_text().replace("\n", "\r\n"))
        self._mark("")

    def expect(self, words: str) -> None:
        """Reads until the output contains `words`; the output after them is left for the next call."""
        while words not in self._said:
            if not self._more():
                raise Failed(f"it ended without saying {words!r}: {self._said}")
        self._said = self._said.partition(words)[2]

    # --- for answers

    def press(self, serial: str = FIRST_SERIAL) -> None:
        """Presses the token's button."""
        self._mark("press")
        self.stage.press(serial)

    def allow(self, serial: str = FIRST_SERIAL, presses: int = 1) -> None:
        """Presses for a request, each time after the token has shown for a second what it is for."""
        for _ in range(presses):
            time.sleep(SHOWN_S)
            self.press(serial)

    def click(self) -> None:
        """Presses the button; the token types its code here."""
        self.stage.typed()
        self.press()
        end = time.monotonic() + PATIENCE
        typed = ""
        while len(typed) < 6:
            if time.monotonic() > end:
                raise Failed("the token typed no code")
            typed += self.stage.typed()
        self.keys(typed)
        self._wait(THOUGHT)
        self.keys("\n")

    def keys(self, text: str) -> None:
        """Types at the terminal."""
        os.write(self._terminal, text.encode())

    def rest(self, seconds: float) -> None:
        """Reads output for some seconds."""
        self._wait(seconds)

    # --- recording

    def _type(self, command: str) -> None:
        self._put(f"{_PROMPT}$ ")
        line, mark, note = command.partition("  #")
        for at, letter in enumerate(line + mark + note):
            self._idle -= KEY
            self._put(("" if at != len(line) else _NOTE) + letter)
        self._idle -= THOUGHT / 2
        self._put(f"{_PLAIN}\r\n")

    def _put(self, text: str) -> None:
        self._write_down("o", text)

    def _mark(self, name: str) -> None:
        self._write_down("m", name)

    def _write_down(self, kind: str, text: str) -> None:
        if self._watched:
            self._events.append((time.monotonic() - self._began - self._idle, kind, text))

    def _wait(self, seconds: float) -> None:
        """Reads output for that time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self._terminal], [], [], left)[0] and not self._more():
                return

    def _more(self) -> bool:
        """Reads what comes next; False when the command has closed the terminal."""
        if not select.select([self._terminal], [], [], PATIENCE)[0]:
            raise Failed(f"nothing more came: {self._said}")
        text = self._read()
        while _cut_short(text, root := str(self.stage.root)) and (more := self._read()):
            text += more
        if text:
            text = text.replace(root, "")
            self._said += text
            self._put(text)
        return bool(text)

    def _read(self) -> str:
        """Empty when the other side has closed, which Linux reports as an error."""
        data = b""
        while True:
            try:
                chunk = os.read(self._terminal, 4096)
            except OSError:
                chunk = b""
            data += chunk
            try:
                return data.decode()
            except UnicodeDecodeError:  # in the middle of a character
                if not chunk:
                    raise


def _cut_short(text: str, root: str) -> bool:
    """Whether a text ends within the name of a folder that is not shown."""
    return any(text.endswith(root[:length]) for length in range(1, len(root) + 1))

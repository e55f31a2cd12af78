"""A computer for the command line: its own home, temporary folder and environment, a live token, and a watch.

Every output of every command is searched for the canaries; so is every file that turns up.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from secret_leaks.process_watch import Watch
from support.canaries import Canary, found
from ticktap.simulator import VirtualToken
from ticktap.simulator.real_time import RealTimeToken

PROMPT = b"Press the button"
Finger = Callable[["Scene", "subprocess.Popen[bytes]"], None]


SHOWN_MS = 1_300  # the token shows for a second what the press is for
TWICE = {"claim", "reset", "pin"}  # commands that need two presses


def press(scene: Scene, process: subprocess.Popen[bytes]) -> None:
    """The button is pressed when the command asks for it, as often as it needs."""
    presses = 2 if TWICE & set(map(str, process.args)) else 1  # type: ignore[arg-type]

    def later(token: VirtualToken) -> None:
        for number in range(presses):
            token.press_later(SHOWN_MS * (number + 1))

    scene.live.do(later)


def unplug(scene: Scene, _: subprocess.Popen[bytes]) -> None:
    """The cable is pulled instead."""
    scene.live.do(lambda token: token.unplug())


def interrupt(_: Scene, process: subprocess.Popen[bytes]) -> None:
    """Ctrl-C instead."""
    process.send_signal(signal.SIGINT)


class Scene:
    """Use as a context manager. `argued` are canaries put on command lines by a person: no output has them.

    `kept`: names of files in `home` that are there to hold a mark.
    """

    def __init__(
        self,
        folder: Path,
        canaries: Sequence[Canary],
        argued: Sequence[Canary] = (),
        kept: Mapping[str, Canary] | None = None,
    ) -> None:
        self.folder = folder
        self._kept = kept
        self.canaries = [*canaries, *argued]
        self._unsaid = canaries
        self.home, self.temporary, self.user = folder / "kept", folder / "tmp", folder / "user"
        for each in (self.home, self.temporary, self.user):
            each.mkdir()
        self.port = folder / "port"
        self.leaks: list[str] = []
        self.runs = 0
        self.codes: set[int] = set()

    def __enter__(self) -> Scene:
        self.live = RealTimeToken.start(link=self.port, rtc_set=True)
        self.live.wait_for_port()
        self.watch = Watch(self._unsaid, [self.home, self.temporary, self.user], self._kept)
        self.watch.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.watch.__exit__()
        self.live.close()
        self.leaks += sorted(self.watch.seen)

    def plug(self) -> None:
        """The token is back."""
        self.live.do(lambda token: token.plug())
        self.live.wait_for_port()

    def replug(self) -> None:
        """Out and in again: a token with a PIN is locked."""
        self.live.do(lambda token: token.unplug())
        self.plug()

    def environment(self, **more: str) -> dict[str, str]:
        kept = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "HOME": str(self.user)}
        kept |= {
            "TMPDIR": str(self.temporary),
            "TICKTAP_HOME": str(self.home),
            "TICKTAP_DEVICE": str(self.port),
        }
        return kept | more

    def run(
        self,
        *words: str,
        stdin: str | bytes = "",
        finger: Finger = press,
        program: Sequence[str] = ("-m", "ticktap"),
        **environment: str,
    ) -> int:
        """One command to its end; its exit code. What it says is searched, and what it leaves."""
        process = subprocess.Popen(
            [sys.executable, *program, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment(**environment),
        )
        self.watch.look_at(str(process.pid))
        with process:
            assert process.stdin
            assert process.stdout
            assert process.stderr
            process.stdin.write(stdin.encode() if isinstance(stdin, str) else stdin)
            process.stdin.close()
            said = b""
            asked = False  # once: a trace of --debug may quote the prompt
            for line in process.stderr:
                said += line
                if PROMPT in line and not asked:
                    asked = True
                    finger(self, process)
            said += process.stdout.read()
        shown = " ".join(word for word in words if not word.startswith("otpauth"))
        self.leaks += [f"output of {shown}: {leak}" for leak in found(self.canaries, said)]
        self.runs += 1
        self.codes.add(process.returncode)
        return process.returncode

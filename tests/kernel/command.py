"""Programs in the guest, the real `ticktap` among them."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from kernel.guest_machine import Guest
from kernel.token import LONG_MS, KernelToken

STEP_MS = 50
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Done:
    """How a program ended: its exit code, None when it was stopped, and what it printed."""

    code: int | None
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Program:
    """A program that runs in the guest.

    ordinary_user  runs it as nobody
    group          an additional group of that user
    """

    def __init__(
        self,
        guest: Guest,
        *argv: str,
        stdin: str = "",
        environment: Mapping[str, str] | None = None,
        ordinary_user: bool = False,
    ) -> None:
        self._guest, self.argv, self.number = guest, argv, next(_numbers)
        options = {"stdin": stdin, "environment": dict(environment or {}), "ordinary_user": ordinary_user}
        self._reply: Future[dict[str, Any]] = guest.begin(
            "run", number=self.number, argv=list(argv), **options
        )

    @property
    def running(self) -> bool:
        return not self._reply.done()

    def done(self) -> Done:
        """Waits for its end."""
        return Done(**self._guest.result(self._reply))

    def signal(self, number: int) -> None:
        """Sends it a signal."""
        self._guest.ask("signal", number=self.number, signal_number=number)


def run(guest: Guest, *argv: str, code: int = 0, **options: Any) -> str:
    """Runs a program that must end with `code`; returns its standard output."""
    done = Program(guest, *argv, **options).done()
    assert done.code == code, (argv, done)
    return done.out


class Ticktap:
    """The command line in the guest, with a home of its own; it can press the button of `token`."""

    def __init__(self, token: KernelToken) -> None:
        self.token = token
        self.environment = {"HOME": f"/run/home/{next(_numbers)}"}
        run(token.guest, "mkdir", "-p", self.environment["HOME"])

    def begin(self, *arguments: str, stdin: str = "") -> Program:
        return Program(self.token.guest, "ticktap", *arguments, stdin=stdin, environment=self.environment)

    def __call__(self, *arguments: str, stdin: str = "", presses: Sequence[str] = (), code: int = 0) -> Done:
        """Runs a command that must end with `code`.

        presses  methods of the token that wait for a press, in the order they are asked for; each gets one
        """
        program = self.begin(*arguments, stdin=stdin)
        for method in presses:
            self.token.press_when_asked(method)
            self.token.wait_for(
                lambda: not self.token.presses_when_asked or not program.running, LONG_MS, STEP_MS
            )
            assert not self.token.presses_when_asked, (method, arguments, program.done())
        self.token.wait_for(lambda: not program.running, LONG_MS, STEP_MS)
        done = program.done()
        assert done.code == code, (arguments, done)
        return done

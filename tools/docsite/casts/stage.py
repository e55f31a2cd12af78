"""The environment of a scene: simulated tokens, and a computer that has their time.

The scene's clock starts at EPOCH and is moved to the start of a time step before each command, so that codes
and all other output are the same in each run.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from ticktap.simulator.real_time import RealTimeToken
from ticktap.simulator.token import VirtualToken

EPOCH = 1_798_448_404  # 2026-12-28 09:00:04 UTC
STRIDE = 120  # seconds from one command to the next
FIRST_SERIAL = "DE6348109F2A4C17"
HOME = "/home/you"


class Stage:
    """Tokens by their serial numbers, at ports /dev/ttyACM0 and so on, and a home folder.

    All paths are below a temporary folder, `root`, which is removed from the shown text.
    """

    def __init__(self, root: Path, tokens: Mapping[str, RealTimeToken]) -> None:
        self.root, self.tokens = root, tokens
        self.home = root / HOME[1:]
        self._commands = 0

    def token(self, serial: str = FIRST_SERIAL) -> RealTimeToken:
        return self.tokens[serial]

    def press(self, serial: str = FIRST_SERIAL) -> None:
        self.token(serial).press()

    def plug(self, serial: str = FIRST_SERIAL) -> None:
        """Plugs it in; returns when its program runs."""
        live = self.token(serial)
        live.do(lambda token: token.plug())
        live.wait_for_port()

    def unplug(self, serial: str = FIRST_SERIAL) -> None:
        self.token(serial).do(VirtualToken.unplug)

    def flat_cell(self, serial: str = FIRST_SERIAL) -> None:
        """Unplugs the token until its coin cell is empty, replaces the cell, and plugs the token in again."""

        def cell(token: VirtualToken, good: bool) -> None:
            token.rtc.battery = good

        live = self.token(serial)
        live.do(lambda token: cell(token, False))
        self.unplug(serial)
        live.do(lambda token: cell(token, True))
        self.plug(serial)

    def typed(self, serial: str = FIRST_SERIAL) -> str:
        """Returns what the token has typed since the last call."""

        def take(token: VirtualToken) -> str:
            typed = token.typed
            token.clear_typed()
            return typed

        return self.token(serial).do(take)

    def next_command(self) -> dict[str, str]:
        """Moves all clocks on to the next command's time; returns the environment that it runs in."""
        self._commands += 1
        begins = EPOCH + STRIDE * self._commands
        late = 0.0
        for live in self.tokens.values():
            left = begins - live.do(lambda token: token.unix)
            if left < 0:
                raise TimeoutError(f"the command before took more than {STRIDE} s")
            live.advance(left * 1000)
            late = live.do(lambda token: token.unix - time.time())
        ports = " ".join(f"{self.port(at)}={serial}" for at, serial in enumerate(self.tokens))
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "PYTHONPATH") if name in os.environ}
        kept["TZ"] = "UTC"  # times are shown as the computer's clock has them
        return {
            **kept,
            "HOME": str(self.home),
            "TICKTAP_HOME": str(self.home / ".local/share/ticktap"),
            "PYTHONUTF8": "1",
            "TERM": "xterm-256color",
            "STAGE_LATE": repr(late),
            "STAGE_PORTS": ports,
        }

    def port(self, at: int) -> Path:
        return self.root / f"dev/ttyACM{at}"


@contextmanager
def stage(*serials: str) -> Iterator[Stage]:
    """A stage with these tokens, plugged in, their clocks never set."""
    with tempfile.TemporaryDirectory(prefix="ticktap-stage-") as name, ExitStack() as stack:
        root = Path(name).resolve()
        (root / "dev").mkdir()
        made: dict[str, RealTimeToken] = {}
        built = Stage(root, made)
        (built.home / ".local/share/ticktap").mkdir(parents=True)
        for at, serial in enumerate(serials or (FIRST_SERIAL,)):
            live = RealTimeToken.start(link=built.port(at), unix=float(EPOCH), serial=bytes.fromhex(serial))
            made[serial] = stack.enter_context(live)
            live.wait_for_port()
        yield built

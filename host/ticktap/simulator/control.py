"""Control of a simulated token by scripts: one JSON object per line over a Unix socket, one line in response.

Commands, all with the key "do":

    press, hold     {"button": 1, "ms": 60}      returns when the button is released
    plug            {"maintenance": false}
    unplug
    advance         {"ms": 30000}                skips ahead in simulated time
    leds            {"num_lock": true, "caps_lock": false, "reports": true}     the host's locks
    typed           {"clear": false}             the text that the host received
    status
    quit

The answer has "ok": true and the result's keys, or "ok": false and "error". Only this user may connect: the
socket has mode 0600.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ticktap.errors import BadInput, NoToken
from ticktap.simulator.real_time import RealTimeToken
from ticktap.simulator.token import VirtualToken

LONGEST = 65_536
PATIENCE_S = 5.0
Reply = dict[str, Any]


def send(path: Path, command: dict[str, Any], timeout: float = 600.0) -> Reply:
    """Sends one command to the token controlled at `path`; returns its answer without "ok".

    Raises NoToken if no token listens there, BadInput if the token refuses the command.
    """
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(timeout)
        try:
            client.connect(os.fspath(path))
            client.sendall(json.dumps(command).encode() + b"\n")
            reply: Reply = json.loads(_read_line(client))
        except (OSError, ValueError):
            raise NoToken(
                f"no simulated token answers at {path}", "Start one: ticktap simulate --headless."
            ) from None
    if not reply.pop("ok", False):
        raise BadInput(
            str(reply.get("error", "the simulated token refused")),
            "'ticktap simulate send --help' lists the commands.",
        )
    return reply


class ControlServer:
    """Listens at `path` from construction to `close()`."""

    def __init__(self, live: RealTimeToken, path: Path) -> None:
        self._live = live
        self._path = path
        _remove_stale(path)
        self._socket = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            self._socket.bind(os.fspath(path))
        finally:
            os.umask(before)
        self._socket.listen()
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops listening and removes the socket."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()
        self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:  # shut down
                return
            with client, contextlib.suppress(OSError):
                client.settimeout(PATIENCE_S)
                client.sendall(json.dumps(self._answer(_read_line(client))).encode() + b"\n")

    def _answer(self, line: bytes) -> Reply:
        try:
            command = json.loads(line)
            action = _COMMANDS[command.pop("do")]
        except (ValueError, KeyError, AttributeError, TypeError):
            return {"ok": False, "error": f'expected a JSON object with "do", one of: {", ".join(_COMMANDS)}'}
        try:
            return {"ok": True, **(action(self._live, **command) or {})}
        except (TypeError, ValueError, IndexError, RuntimeError) as error:
            return {"ok": False, "error": str(error)}


def _read_line(connection: socket.socket) -> bytes:
    line = b""
    while not line.endswith(b"\n") and len(line) < LONGEST:
        chunk = connection.recv(4096)
        if not chunk:
            break
        line += chunk
    return line


def _remove_stale(path: Path) -> None:
    """Removes the socket of an ended program; a used one is an error."""
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(os.fspath(path))
        except OSError:
            path.unlink()
            return
    raise BadInput(
        f"another simulated token is controlled at {path}", "Stop it first, or choose another path."
    )


# --- commands


def _press(live: RealTimeToken, button: int = 1, ms: float = 60) -> None:
    if not 1 <= button <= live.do(lambda token: len(token.buttons)):
        raise ValueError(f"there is no button {button}")
    live.press(button, float(ms))


def _hold(live: RealTimeToken, button: int = 1, ms: float = 1000) -> None:
    _press(live, button, ms)


def _plug(live: RealTimeToken, maintenance: bool = False) -> None:
    live.do(lambda token: token.plug(bool(maintenance), wait=False))


def _unplug(live: RealTimeToken) -> None:
    live.do(VirtualToken.unplug)


def _advance(live: RealTimeToken, ms: float) -> None:
    live.advance(float(ms))


def _leds(
    live: RealTimeToken,
    num_lock: bool | None = None,
    caps_lock: bool | None = None,
    reports: bool | None = None,
) -> None:
    def change(token: VirtualToken) -> None:
        if reports is not None:
            token.host.reports_leds = reports
        token.set_locks(num_lock, caps_lock)

    live.do(change)


def _typed(live: RealTimeToken, clear: bool = False) -> Reply:
    def take(token: VirtualToken) -> Reply:
        typed = token.typed
        if clear:
            token.clear_typed()
        return {"typed": typed}

    return live.do(take)


def status(live: RealTimeToken) -> Reply:
    """Returns the visible state of token and host; "port" is null while there is none."""

    def look(token: VirtualToken) -> Reply:
        return {
            "serial": token.serial,
            "plugged": token.plugged,
            "phase": token.chip.phase,
            "unix": token.unix,
            "clock": token.rtc.unix,
            "led": token.led,
            "screen": token.screen if token.chip.screen else None,
            "typed": token.typed,
            "num_lock": token.host.num_lock,
            "caps_lock": token.host.caps_lock,
        }

    return {"port": live.path, **live.do(look)}


def _quit(live: RealTimeToken) -> None:
    live.finished.set()


_COMMANDS: dict[str, Callable[..., Reply | None]] = {
    "press": _press,
    "hold": _hold,
    "plug": _plug,
    "unplug": _unplug,
    "advance": _advance,
    "leds": _leds,
    "typed": _typed,
    "status": status,
    "quit": _quit,
}

"""Programs that run in the guest for a test."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from typing import Any

from kernel.guest.event import Event

STARTED_AS = {"user": 65534, "group": 65534}  # nobody


class Commands:
    """Running programs, by the number the host has given them."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._lock = threading.Lock()

    def op_run(
        self,
        number: int,
        argv: list[str],
        stdin: str = "",
        timeout_s: float | None = None,
        environment: dict[str, str] | None = None,
        ordinary_user: bool = False,
    ) -> dict[str, Any]:
        """Runs a program to its end: {"code", "out", "err"}; code None: it was stopped after `timeout_s`."""
        more = {**STARTED_AS, "extra_groups": []} if ordinary_user else {}
        process = subprocess.Popen(
            argv,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
            **more,
        )
        with self._lock:
            self._running[number] = process
        code: int | None = None
        try:
            out, err = process.communicate(stdin.encode(), timeout_s)
            code = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
        finally:
            with self._lock:
                del self._running[number]
        return {"code": code, "out": out.decode("utf-8", "replace"), "err": err.decode("utf-8", "replace")}

    def op_signal(self, number: int, signal_number: int) -> None:
        """Sends a signal to a running program and its children."""
        with self._lock:
            os.killpg(self._running[number].pid, signal_number)

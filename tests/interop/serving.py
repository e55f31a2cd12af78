"""Servers of others, started for one test on the loopback interface and stopped after it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

LOOPBACK = "127.0.0.1"
READY_S = 120.0
STOP_S = 20.0
WRAPPER_FOLDERS = Path("/tmp")  # where pam_wrapper puts its copies, whatever TMPDIR says
REMEDY = "run tools/system-packages interop"


def program(name: str) -> str:
    """The path of an installed program; raises RuntimeError with the remedy when there is none."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        raise RuntimeError(f"{name} is not installed: {REMEDY}")
    return found


def version_of(package: str) -> str:
    """The upstream version of an installed Debian package."""
    done = subprocess.run(
        ["dpkg-query", "--show", "--showformat=${Version}", package],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{package} is not installed: {REMEDY}")
    upstream = done.stdout.partition(":")[2] or done.stdout
    return re.split(r"[-+]", upstream)[0]


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that nothing listens on just now, for servers that cannot choose one themselves."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(
    arguments: Sequence[str], ready: str, environment: Mapping[str, str] | None = None, given: str = ""
) -> Iterator[re.Match[str]]:
    """Runs a server as long as the block lasts.

    Args:
        ready: a regular expression for the line that it prints when it takes requests; its match is given.
        given: what it reads from its standard input.

    Raises:
        RuntimeError: it ended, or did not get ready; with the last lines it printed.
    """
    server = subprocess.Popen(
        arguments,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )
    server.stdin.write(given)
    server.stdin.close()
    listener = _Listener(server, re.compile(ready))
    try:
        yield listener.wait()
    finally:
        ended(server)
        listener.join()
        _sweep()


def ended(process: subprocess.Popen[Any]) -> None:
    """Asks a process to end; it has ended when this returns."""
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class _Listener(threading.Thread):
    """Reads what a server prints, so that its pipe never fills."""

    def __init__(self, server: subprocess.Popen[str], ready: re.Pattern[str]) -> None:
        super().__init__(daemon=True)
        self._server = server
        self._ready = ready
        self._match: re.Match[str] | None = None
        self._settled = threading.Event()
        self._lines: list[str] = []
        self.start()

    def run(self) -> None:
        for line in self._server.stdout:
            self._lines.append(line)
            if self._match is None:
                self._match = self._ready.search(line)
                if self._match:
                    self._settled.set()
        self._server.stdout.close()
        self._settled.set()

    def wait(self) -> re.Match[str]:
        self._settled.wait(READY_S)
        if self._match is None:
            raise RuntimeError(f"{self._server.args[0]} does not serve:\n{''.join(self._lines[-20:])}")
        return self._match


def _sweep() -> None:
    """Takes away what pam_wrapper leaves of processes that ended without its clean-up."""
    for folder in WRAPPER_FOLDERS.glob("pam.?"):
        with contextlib.suppress(OSError, ValueError):
            number = int((folder / "pid").read_text())
            if folder.stat().st_uid == os.getuid() and not _runs(number):
                shutil.rmtree(folder)


def _runs(number: int) -> bool:
    """Whether there is a process of this number that has not ended; one that nobody asked after has."""
    try:
        state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"

"""Simulated tokens that run on this computer: where each has its port, so that commands find it by
themselves.

Each running simulator has a number, 1 upwards, and in the folder `simulators` of the user's data a file
`NUMBER.json` that it keeps locked. The system gives the lock back when the program ends, however it ends. The
port is a link `NUMBER` in the same folder, unless another path was named. POSIX only, as the simulator's port
is.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ticktap.files.paths import data_dir

FOLDER = "simulators"
MOST = 64
"""The highest number of a simulator."""


@dataclass(frozen=True)
class Running:
    """A running simulator. `port`: the path of its port while the token is plugged in."""

    number: int
    serial: str
    port: str


class Registration:
    """A running simulator's entry, from `register` until `close`."""

    def __init__(self, entry: Path, descriptor: int) -> None:
        self._entry, self._descriptor = entry, descriptor

    def close(self) -> None:
        """Removes the entry; a second call does nothing."""
        if self._descriptor >= 0:
            self._entry.unlink(missing_ok=True)
            os.close(self._descriptor)
            self._descriptor = -1


def folder() -> Path:
    """The folder with the entries of running simulators; it may not exist."""
    return data_dir() / FOLDER


def running() -> list[Running]:
    """Returns the running simulators, by number. Changes nothing."""
    if os.name != "posix":
        return []
    found = (_read(_entry(number), number) for number in _numbers())
    return [each for each in found if each is not None]


@contextlib.contextmanager
def starting() -> Iterator[None]:
    """The lock for choosing a number and registering."""
    import fcntl

    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(folder() / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def free_number() -> int:
    """Returns the lowest number without a running simulator, and removes what an ended one left there.

    Call it inside `starting`.
    """
    taken = {each.number for each in running()}
    number = next(number for number in range(1, MOST + 2) if number not in taken)
    for left in (_entry(number), link(number)):
        left.unlink(missing_ok=True)
    return number


def link(number: int) -> Path:
    """The default port path of the simulator with that number."""
    return folder() / str(number)


def register(number: int, serial: str, port: Path) -> Registration:
    """Registers a simulator. Call it inside `starting`."""
    import fcntl

    entry = _entry(number)
    unfinished = entry.with_suffix(".new")
    descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.write(descriptor, json.dumps({"serial": serial, "port": str(port.absolute())}).encode())
    unfinished.replace(entry)  # it is already locked when others can see it
    return Registration(entry, descriptor)


def _entry(number: int) -> Path:
    return folder() / f"{number}.json"


def _numbers() -> list[int]:
    try:
        stems = [each.stem for each in folder().iterdir() if each.suffix == ".json"]
    except OSError:
        return []
    return sorted(int(stem) for stem in stems if stem.isascii() and stem.isdecimal())[:MOST]


def _read(entry: Path, number: int) -> Running | None:
    """Reads an entry; None if its simulator has ended or the entry is invalid."""
    import fcntl

    try:
        descriptor = os.open(entry, os.O_RDONLY)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        content: Any = None
        with contextlib.suppress(ValueError, KeyError, TypeError):
            content = json.loads(os.read(descriptor, 65536))
            return Running(number, str(content["serial"]), str(content["port"]))
    finally:
        os.close(descriptor)
    return None

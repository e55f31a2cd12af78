"""What the system reports about the device behind a serial port: its age, and the programs that have it open.

Linux reports both (sysfs and /proc), other systems neither. No port is opened.
"""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHOWN = 3  # programs named in a message


@dataclass(frozen=True)
class Program:
    """A running program."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (process {self.pid})"


def is_path(address: str) -> bool:
    """Whether a port's address names a file of this system, not a URL or a Windows port."""
    return address.startswith(("/", "."))


def age_s(address: str, now: float | None = None, sysfs: Path = Path("/sys")) -> float | None:
    """Seconds since the device was connected; None if the system does not report it.

    A USB device's `power/connected_duration` says it in milliseconds, and a USB reset does not change it
    (Linux, Documentation/driver-api/usb/power-management.rst). For other ports it is the age of the node,
    which a later change of access rights resets.

    Args:
        now: unix time, for tests.
    """
    if not sys.platform.startswith("linux") or not is_path(address):
        return None
    node = Path(os.path.realpath(address))
    device = (sysfs / "class" / "tty" / node.name / "device").resolve()
    for folder in (device, device.parent):
        try:
            return int((folder / "power" / "connected_duration").read_text()) / 1000
        except (OSError, ValueError):
            continue
    return node_age_s(address, now)


def node_age_s(address: str, now: float | None = None) -> float | None:
    """Seconds since the port's node was made, or its access rights changed; None if that is unknown.

    Unlike the device's age it restarts at a USB reset, after which udev sets the rights again.

    Args:
        now: unix time, for tests.
    """
    if not sys.platform.startswith("linux") or not is_path(address):
        return None
    try:
        changed = Path(address).stat().st_ctime
    except OSError:
        return None
    age = (time.time() if now is None else now) - changed
    return age if age >= 0 else None  # the clock was set back since


def programs(address: str, proc: Path = Path("/proc"), own_pid: int | None = None) -> list[Program]:
    """Returns the other programs that have the port open and that this user may see, by process ID."""
    if not is_path(address):
        return []
    try:
        port = Path(address).stat()
    except OSError:
        return []
    if not stat.S_ISCHR(port.st_mode):
        return []
    own = os.getpid() if own_pid is None else own_pid
    found = [
        _program(folder) for folder in _processes(proc) if int(folder.name) != own and _holds(folder, port)
    ]
    return sorted(found, key=lambda each: each.pid)


def named(found: list[Program]) -> str:
    """Formats programs for a message: `cat (process 12), minicom (process 31) and 2 more`."""
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return ", ".join(map(str, found[:SHOWN])) + more


def _processes(proc: Path) -> Iterator[Path]:
    try:
        yield from (folder for folder in proc.iterdir() if folder.name.isdecimal())
    except OSError:  # not Linux
        return


def _holds(process: Path, port: os.stat_result) -> bool:
    try:
        opened = list((process / "fd").iterdir())
    except OSError:  # another user's, or it has ended
        return False
    for each in opened:
        try:
            if not str(each.readlink()).startswith("/dev/"):
                continue  # a look at other files may take long
            held = each.stat()
        except OSError:
            continue
        if stat.S_ISCHR(held.st_mode) and held.st_rdev == port.st_rdev:
            return True
    return False


def _program(process: Path) -> Program:
    try:
        name = (process / "comm").read_text().strip()
    except (OSError, ValueError):
        name = ""
    return Program(int(process.name), name or "a program")

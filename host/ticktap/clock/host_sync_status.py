"""Which time source keeps this computer's clock, and the error that it reports.

It sends nothing over the network. A token set from a wrong clock is wrong too, so every sync shows this
status; an unknown status is a warning, not an error.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ticktap.clock import ntp_status

_STA_UNSYNC = 0x40  # adjtimex(2): the kernel's clock is not synchronised
_PATIENCE = 3  # seconds, time-out for a time source's tool
_MARKS = (  # run-time files of common daemons on Linux
    ("run/chrony/chronyd.pid", "chrony"),
    ("run/chronyd.pid", "chrony"),
    ("run/ntpd.pid", "ntpd"),
    ("run/openntpd.pid", "openntpd"),
    ("run/systemd/timesync/synchronized", "systemd-timesyncd"),
)

Run = Callable[[tuple[str, ...]], str]


@dataclass(frozen=True)
class HostSyncStatus:
    """`name`: the time source, or "unknown". `synchronised`: None if the system does not report it.

    `error`: the time source's own estimate of the maximum error in seconds; None if it reports none.
    """

    name: str
    synchronised: bool | None
    error: float | None = None

    @property
    def warning(self) -> str:
        """The warning about this computer's clock; "" if there is none."""
        if self.synchronised is False:
            return "no time source keeps this computer's clock: check it against another one"
        if self.synchronised is None and self.error is None:
            return "this computer does not report the state of its clock: check it against another one"
        if self.error is not None and self.error > 0.5:
            return f"this computer's clock may be {self.error:.1f} s off, according to {self.name}"
        return ""


def run(command: tuple[str, ...]) -> str:
    """Returns a tool's output; "" if it is missing, fails or does not respond."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return ""
    return done.stdout


def read_status(platform: str = sys.platform, root: Path = Path("/"), run: Run = run) -> HostSyncStatus:
    """Returns the status of this computer's time source."""
    if platform.startswith("linux"):
        return _linux(root, run)
    if platform == "darwin":
        return HostSyncStatus("timed", None)
    if platform == "win32":
        status = ntp_status.w32time(run(("w32tm", "/query", "/status")))
        return HostSyncStatus(
            "w32time", None if status is None else status.synchronised, status.error if status else None
        )
    return HostSyncStatus("unknown", None)


def _linux(root: Path, run: Run) -> HostSyncStatus:
    name = next((name for mark, name in _MARKS if (root / mark).exists()), "unknown")
    status = None
    if name == "chrony":
        status = ntp_status.chrony(run(("chronyc", "-c", "-n", "tracking")))
    elif name == "ntpd":
        status = ntp_status.ntpd(run(("ntpq", "-n", "-c", "rv 0 leap,stratum,rootdelay,rootdisp,offset")))
    elif name == "systemd-timesyncd":
        status = ntp_status.timesyncd(run(("timedatectl", "show-timesync", "--property=NTPMessage")))
    kernel = _kernel_synchronised()
    if status is None:
        return HostSyncStatus(name, kernel)
    return HostSyncStatus(
        name, status.synchronised if kernel is None else kernel and status.synchronised, status.error
    )


def _kernel_synchronised() -> bool | None:
    """Returns the kernel's status (adjtimex(2), read only); None if unavailable."""
    import ctypes

    class Timex(ctypes.Structure):
        # struct timex up to `status`; the rest is room for the kernel to write in.
        _fields_ = [
            ("modes", ctypes.c_uint),
            ("offset", ctypes.c_long),
            ("freq", ctypes.c_long),
            ("maxerror", ctypes.c_long),
            ("esterror", ctypes.c_long),
            ("status", ctypes.c_int),
            ("room", ctypes.c_byte * 256),
        ]

    try:
        timex = Timex()
        outcome = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    return None if outcome < 0 else not timex.status & _STA_UNSYNC

"""Who keeps this computer's clock right, and how far off it may be, as far as the keeper tells.

Nothing here asks the network. A token synchronised from a wrong clock is wrong with it, so the answers are
shown with every sync; an unknown quality is a warning, and no error.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ticktap.clock import ntp_status

_STA_UNSYNC = 0x40  # adjtimex(2): nobody disciplines the kernel's clock
_PATIENCE = 3  # seconds for a keeper's own tool to answer
_MARKS = (  # run-time files of the usual daemons on Linux
    ("run/chrony/chronyd.pid", "chrony"),
    ("run/chronyd.pid", "chrony"),
    ("run/ntpd.pid", "ntpd"),
    ("run/openntpd.pid", "openntpd"),
    ("run/systemd/timesync/synchronized", "systemd-timesyncd"),
)

Run = Callable[[tuple[str, ...]], str]


@dataclass(frozen=True)
class HostSyncStatus:
    """`name` of the keeper or "unknown"; `synchronised` is None where the system does not tell.

    `error`: seconds by which the clock may be off, by the keeper's own account; None when it gives none.
    """

    name: str
    synchronised: bool | None
    error: float | None = None

    @property
    def warning(self) -> str:
        """What a person should know before relying on it; "" when all is well."""
        if self.synchronised is False:
            return "nobody keeps this computer's clock right now: check it against another one"
        if self.synchronised is None and self.error is None:
            return "this computer does not say whether its clock is right: check it against another one"
        if self.error is not None and self.error > 0.5:
            return f"this computer's clock may be {self.error:.1f} s off, says {self.name}"
        return ""


def run(command: tuple[str, ...]) -> str:
    """What a keeper's tool says; "" when there is none, it fails or does not answer."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_PATIENCE, check=True, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return ""
    return done.stdout


def source(platform: str = sys.platform, root: Path = Path("/"), run: Run = run) -> HostSyncStatus:
    """The keeper of this computer's clock."""
    if platform.startswith("linux"):
        return _linux(root, run)
    if platform == "darwin":
        return HostSyncStatus("timed", None)
    if platform == "win32":
        told = ntp_status.w32time(run(("w32tm", "/query", "/status")))
        return HostSyncStatus(
            "w32time", None if told is None else told.synchronised, told.error if told else None
        )
    return HostSyncStatus("unknown", None)


def _linux(root: Path, run: Run) -> HostSyncStatus:
    name = next((name for mark, name in _MARKS if (root / mark).exists()), "unknown")
    told = None
    if name == "chrony":
        told = ntp_status.chrony(run(("chronyc", "-c", "-n", "tracking")))
    elif name == "ntpd":
        told = ntp_status.ntpd(run(("ntpq", "-n", "-c", "rv 0 leap,stratum,rootdelay,rootdisp,offset")))
    elif name == "systemd-timesyncd":
        told = ntp_status.timesyncd(run(("timedatectl", "show-timesync", "--property=NTPMessage")))
    kernel = _kernel_synchronised()
    if told is None:
        return HostSyncStatus(name, kernel)
    return HostSyncStatus(
        name, told.synchronised if kernel is None else kernel and told.synchronised, told.error
    )


def _kernel_synchronised() -> bool | None:
    """The kernel's own word (adjtimex(2), a read); None when it cannot be asked."""
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

"""Who keeps this computer's clock right, as far as that can be told cheaply and without asking the network.

Says nothing about how far off the clock is; a token synchronised from a wrong clock is wrong with it.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

_STA_UNSYNC = 0x40  # adjtimex(2): nobody disciplines the kernel's clock
_MARKS = (  # run-time files of the usual daemons on Linux
    ("run/systemd/timesync/synchronized", "systemd-timesyncd"),
    ("run/chrony/chronyd.pid", "chrony"),
    ("run/chronyd.pid", "chrony"),
    ("run/ntpd.pid", "ntpd"),
    ("run/openntpd.pid", "openntpd"),
)


@dataclass(frozen=True)
class Source:
    """`name` of the keeper or "unknown"; `synchronised` is None where the system does not tell."""

    name: str
    synchronised: bool | None


def source(platform: str = sys.platform, root: Path = Path("/")) -> Source:
    """The keeper of this computer's clock."""
    if platform.startswith("linux"):
        return Source(_daemon(root), _kernel_synchronised())
    if platform == "darwin":
        return Source("timed", None)
    if platform == "win32":
        return Source("w32time", None)
    return Source("unknown", None)


def _daemon(root: Path) -> str:
    return next((name for mark, name in _MARKS if (root / mark).exists()), "unknown")


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

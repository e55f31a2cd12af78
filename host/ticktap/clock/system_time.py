"""This computer's clock for sync.py: read and wait. Simulations replace it."""

from __future__ import annotations

import time
from typing import Protocol

from ticktap.errors import ClockUntrusted

RELEASED = 1795305600  # 2026-11-22 UTC: a host clock before this release is wrong
LAST = 4102444799  # 2099-12-31 23:59:59 UTC, the last second of the DS3231 and of the protocol
BACK = 0.5  # seconds by which the host's clock may be set back without an error
SOON = 0.0005  # seconds; shorter waits are skipped


class HostTime(Protocol):
    """The host's clock, or a simulated one."""

    def time(self) -> float:
        """Unix seconds, UTC."""

    def sleep(self, seconds: float) -> None:
        """Waits for `seconds`."""


class SystemTime:
    """The clock of this computer."""

    def time(self) -> float:
        """Unix seconds, UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Waits for `seconds`."""
        time.sleep(max(0.0, seconds))


def checked_host_time(host: HostTime) -> float:
    """Returns the host's time.

    Raises:
        ClockUntrusted: it is before this release or after 2099.
    """
    now = host.time()
    if RELEASED <= now <= LAST:
        return now
    raise ClockUntrusted(
        f"this computer's clock cannot be right (unix time {now:.0f})",
        "Set the computer's clock first, then repeat the command.",
    )


def sleep_until(host: HostTime, moment: float) -> None:
    """Waits until a host time. A long sleep may end late, so the last one is short.

    Raises:
        ClockUntrusted: the host's clock was set back during the wait.
    """
    most = moment - host.time() + BACK
    while (left := moment - host.time()) > SOON:
        if left > most:
            raise ClockUntrusted(
                "this computer's clock was set back during the sync",
                "Wait until the clock is right, then repeat the command.",
            )
        host.sleep(left - 0.002 if left > 0.004 else left)

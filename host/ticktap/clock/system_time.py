"""This computer's time as sync.py needs it, read and waited for. Simulations put theirs in its place."""

from __future__ import annotations

import time
from typing import Protocol

from ticktap.errors import ClockUntrusted

RELEASED = 1795305600  # 2026-11-22 UTC: a host clock before this release is wrong
LAST = 4102444799  # 2099-12-31 23:59:59 UTC, the last second a DS3231 and docs/protocol.md know
BACK = 0.5  # seconds by which the host's clock may go back unnoticed
SOON = 0.0005  # seconds; less is not worth a sleep


class HostTime(Protocol):
    """The host's clock, or a simulated one."""

    def time(self) -> float:
        """Unix seconds, UTC."""

    def sleep(self, seconds: float) -> None:
        """Lets `seconds` pass."""


class SystemTime:
    """The clock of this computer."""

    def time(self) -> float:
        """Unix seconds, UTC."""
        return time.time()

    def sleep(self, seconds: float) -> None:
        """Lets `seconds` pass."""
        time.sleep(max(0.0, seconds))


def checked_host_time(host: HostTime) -> float:
    """The host's time.

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
    """Waits for a host time. A long sleep may end late, so a short one comes last.

    Raises:
        ClockUntrusted: the host's clock was set back meanwhile.
    """
    most = moment - host.time() + BACK
    while (left := moment - host.time()) > SOON:
        if left > most:
            raise ClockUntrusted(
                "this computer's clock was set back meanwhile",
                "Wait until it is right, then repeat the command.",
            )
        host.sleep(left - 0.002 if left > 0.004 else left)

"""Draws docs/clock.svg: a simulated token over fourteen months, set, trimmed and measured by the library.

    .venv/bin/python tools/clock_picture.py docs/clock.svg

The firmware is the built one; its crystal runs 1.9 ppm fast when new, drifts with the seasons and ages.
The picture is the output of `ticktap clock history --plot` for this record.
"""

from __future__ import annotations

import sys
import tempfile
from math import cos, pi
from pathlib import Path

from ticktap.clock import aging_trim, maintenance, plot
from ticktap.clock.drift import Observation
from ticktap.clock.history import ClockHistory
from ticktap.clock.host_sync_status import HostSyncStatus
from ticktap.device.client import Client
from ticktap.simulator.crystal import Crystal
from ticktap.simulator.jittery_port import JitteryPort, SimulatedHostTime
from ticktap.simulator.token import VirtualToken

HOUR_MS, DAY_MS = 3_600_000, 86_400_000
SERIAL = "simulated"
CRYSTAL = Crystal(error=1.9, tilt=0.12, bend=0.1, ageing=0.15)
SOURCE = HostSyncStatus("chrony", True, 0.001)
# Days after the first sync: two measurements, a sync at 28 h and a trim, the confirmation, and more.
VISITS = (0, 1.17, 2.33, 30, 61, 92, 122, 153, 183, 214, 245, 275, 306, 336, 367, 400, 425)
SYNCS = (0, 1.17, 2.33, 183, 367)
TRIM = 1.17


def life() -> list[Observation]:
    """Simulates, and returns the record of the token's clock."""
    with tempfile.TemporaryDirectory() as folder, VirtualToken(rtc_set=False) as token:
        token.rtc.crystal = CRYSTAL
        token.advance(1_000)
        with ClockHistory.open(Path(folder) / "clocks.db") as history:
            for visit in VISITS:
                _wait_until(token, visit)
                _visit(token, history, visit)
            return history.of(SERIAL)


def _wait_until(token: VirtualToken, day: float) -> None:
    """Lets days pass, with the temperature of a room in that season."""
    token.unplug()
    while (left := day * DAY_MS - token.ms) > 0:
        token.rtc.temperature = 21 + 5 * cos(2 * pi * (token.ms / DAY_MS - 60) / 365)
        token.advance(min(left, 5 * DAY_MS))
    token.plug()
    token.advance(2_000)


def _visit(token: VirtualToken, history: ClockHistory, day: float) -> None:
    host = SimulatedHostTime(lambda: token.unix, token.advance)
    with Client(JitteryPort(token.open(), token.advance, 0.2, 2.0, seed=int(day))) as client:

        def press() -> None:
            token.press_later(1200)
            client.allow_clock()

        if day in SYNCS:
            maintenance.sync(client, host, history, SERIAL, SOURCE, False, press)
        seen, now = maintenance.read_history(client, history, SERIAL), client.clock()
        if day not in SYNCS:
            maintenance.measure(client, host, history, SERIAL, seen, now)
        if day == TRIM:
            found = aging_trim.propose(seen, now["aging"], now["temperature"])
            maintenance.write_aging(client, host, history, SERIAL, seen, found.aging, press)


if __name__ == "__main__":
    plot.write(sys.argv[1], life(), "Clock of a simulated token")

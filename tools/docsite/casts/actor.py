"""Runs ticktap in a scene: on a computer with the scene's time, time source and USB ports.

    python actor.py WORDS...      with STAGE_LATE, seconds to add to this computer's time, and STAGE_PORTS,
                                  PATH=SERIAL of each port, separated by blanks

The command is the unchanged one. Nothing here depends on its output.
"""

import os
import sys
import time
from pathlib import Path

_now, _late = time.time, float(os.environ["STAGE_LATE"])
time.time = lambda: _now() + _late

from ticktap.cli.main import run  # noqa: E402
from ticktap.clock import host_sync_status  # noqa: E402
from ticktap.device import transport  # noqa: E402  they take the time as it is now


def _keeper(*_: object) -> host_sync_status.HostSyncStatus:
    return host_sync_status.HostSyncStatus("chrony", True, 0.002)


def _ports() -> list[transport.Candidate]:
    named = [each.rsplit("=", 1) for each in os.environ["STAGE_PORTS"].split()]
    return [transport.Candidate(path, serial, "ticktap") for path, serial in named if Path(path).exists()]


host_sync_status.read_status = _keeper
transport.find = _ports
sys.argv[0] = "ticktap"
sys.exit(run())

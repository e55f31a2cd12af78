"""The kernel's messages, sent to the host as they appear (Linux, Documentation/ABI/testing/dev-kmsg)."""

from __future__ import annotations

import os

from kernel.guest.event import Event

RECORD = 8192
LEVEL = 7  # bits of the priority


def follow_log(event: Event) -> None:
    """Sends every message from now on: {"level" (syslog's, 4 is a warning), "text"}."""
    log = os.open("/dev/kmsg", os.O_RDONLY)
    os.lseek(log, 0, os.SEEK_END)
    while True:
        try:
            record = os.read(log, RECORD).decode("utf-8", "replace")
        except BrokenPipeError:  # messages were overwritten before they were read
            event("kmsg", level=4, text="messages lost")
            continue
        head, _, text = record.partition(";")
        event("kmsg", level=int(head.partition(",")[0]) & LEVEL, text=text.partition("\n")[0])

"""The guest's first virtual terminal: what arrives there, its keymap and its lock keys."""

from __future__ import annotations

import fcntl
import os
import subprocess
import threading
import tty

from kernel.guest.event import Event

TERMINAL = "/dev/tty1"
READ_SIZE = 256
KDGKBLED, KDSKBLED, KDGETLED, KDSETLED = 0x4B64, 0x4B65, 0x4B31, 0x4B32  # linux/kd.h
FOLLOW_FLAGS = 0xFF  # to KDSETLED: the LEDs show the lock flags
NUM_FLAG, CAPS_FLAG = 0x02, 0x04


class Vt:
    """Reads the terminal from the beginning: event "vt"."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._terminal = os.open(TERMINAL, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self._terminal)
        threading.Thread(target=self._read, daemon=True).start()

    def op_keymap(self, text: str) -> None:
        """Loads a keymap in the syntax of keymaps(5)."""
        command = ["loadkeys", "--console", TERMINAL, "--unicode", "-"]
        done = subprocess.run(command, input=text.encode(), capture_output=True, check=False)
        if done.returncode:
            raise OSError(done.stderr.decode())

    def op_locks(self, num: bool | None = None, caps: bool | None = None) -> dict[str, bool]:
        """Sets lock flags of the terminal, as another keyboard's keys would, and returns the present ones."""
        flags = self._flags()
        for bit, on in ((NUM_FLAG, num), (CAPS_FLAG, caps)):
            if on is not None:
                flags = flags | bit if on else flags & ~bit
        if (num, caps) != (None, None):
            fcntl.ioctl(self._terminal, KDSKBLED, flags | flags << 4)
        flags = self._flags()
        return {"num": bool(flags & NUM_FLAG), "caps": bool(flags & CAPS_FLAG)}

    def _flags(self) -> int:
        return fcntl.ioctl(self._terminal, KDGKBLED, b"\0")[0] & 7

    def _read(self) -> None:
        while True:
            data = os.read(self._terminal, READ_SIZE)
            self._event("vt", text=data.decode("utf-8", "replace"))

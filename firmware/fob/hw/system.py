"""The chip: who it is, its memory, its watchdog, its restart."""

import gc
import os
import time
from binascii import hexlify

import board
import microcontroller
from watchdog import WatchDogMode

from . import aes

_HEAP_BYTES = 20000  # bytes of heap
_WATCHDOG_S = 8  # the longest an RP2040 has; the longest wait of the firmware is 2 s


class _Aes:
    """The functions of aes.py, to be handed on: modules that are joined for the chip are no objects."""

    cbc_mac = staticmethod(aes.cbc_mac)
    ctr = staticmethod(aes.ctr)


class System:
    def __init__(self):
        self.serial = hexlify(microcontroller.cpu.uid).decode().upper()  # also the USB serial number
        self.board = board.board_id
        self.circuitpython = os.uname().release
        self.form = "compiled" if __file__.endswith(".mpy") else "source"
        self.reset_reason = str(microcontroller.cpu.reset_reason).split(".")[-1]
        self.uid = bytes(microcontroller.cpu.uid)
        self.aes = _Aes
        self.screen = None  # goes dark at a restart: it keeps what it shows
        self._watchdog_on = False
        self._grow_heap()

    @staticmethod
    def _grow_heap():
        """Has the heap grow now: else compiled modules, which leave it small, are followed by one collection
        after another while a vault is read (8 s, in place of 1)."""
        try:
            bytearray(_HEAP_BYTES)
        except MemoryError:
            pass  # it has grown, and is in pieces

    @staticmethod
    def random(size):
        """Bytes nobody can predict: on an RP2040 from its ring oscillator, hashed by CircuitPython."""
        return os.urandom(size)

    @property
    def nvm(self):
        return microcontroller.nvm

    @staticmethod
    def collect():
        """Collects the heap now, which takes about 20 ms, and so not in the next second."""
        gc.collect()

    def free_heap(self):
        """Bytes free after a collection."""
        gc.collect()
        return gc.mem_free()  # type: ignore[attr-defined]  # CPython's gc, which the checker sees, has none

    @staticmethod
    def location_of(error):
        """Where an exception was raised, as "file:line"; "" when that cannot be told."""
        try:
            from traceback import format_exception

            text = "".join(format_exception(error)).split('File "')[-1]
            name, rest = text.split('", line ')[:2]
            return "%s:%d" % (name, int(rest.split(",")[0].split("\n")[0]))
        except Exception:  # no memory for the text, or no traceback
            return ""

    def start_watchdog(self):
        """From now on a hang restarts the chip."""
        microcontroller.watchdog.timeout = _WATCHDOG_S
        microcontroller.watchdog.mode = WatchDogMode.RESET
        self._watchdog_on = True

    def feed_watchdog(self):
        if self._watchdog_on:
            microcontroller.watchdog.feed()

    def restart(self):
        if self.screen:
            self.screen.clear()
        time.sleep(0.01)  # for a reply on its way to the host
        microcontroller.reset()

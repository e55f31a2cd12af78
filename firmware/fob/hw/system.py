"""The chip: serial number, memory, watchdog, restart."""

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
    """The functions of aes.py as an object: the compiled modules are joined, so a module is none."""

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
        self.screen = None  # is cleared at a restart, because it keeps its content
        self._watchdog_on = False
        self._grow_heap()

    @staticmethod
    def _grow_heap():
        """Makes CircuitPython enlarge the heap now.

        With compiled modules the heap stays small; reading a store file would then run the garbage collector
        again and again (8 s instead of 1).
        """
        try:
            bytearray(_HEAP_BYTES)
        except MemoryError:
            pass  # the heap has grown but is fragmented

    @staticmethod
    def random(size):
        """Random bytes. On an RP2040 CircuitPython hashes the output of the ring oscillator."""
        return os.urandom(size)

    @property
    def nvm(self):
        return microcontroller.nvm

    @staticmethod
    def collect():
        """Collects the heap now, which takes about 20 ms, and so not in the next second."""
        gc.collect()

    def free_heap(self):
        """Free bytes after a garbage collection."""
        gc.collect()
        return gc.mem_free()  # type: ignore[attr-defined]  # CPython's gc, which the checker sees, has none

    @staticmethod
    def location_of(error):
        """Where an exception was raised, as "file:line"; "" if that is not known."""
        try:
            from traceback import format_exception

            text = "".join(format_exception(error)).split('File "')[-1]
            name, rest = text.split('", line ')[:2]
            return "%s:%d" % (name, int(rest.split(",")[0].split("\n")[0]))
        except Exception:  # no memory for the text, or no traceback module
            return ""

    def start_watchdog(self):
        """Starts the watchdog: from now on a hang restarts the chip."""
        microcontroller.watchdog.timeout = _WATCHDOG_S
        microcontroller.watchdog.mode = WatchDogMode.RESET
        self._watchdog_on = True

    def feed_watchdog(self):
        if self._watchdog_on:
            microcontroller.watchdog.feed()

    def restart(self):
        if self.screen:
            self.screen.clear()
        time.sleep(0.01)  # for a reply that is being sent
        microcontroller.reset()

"""The chip as the CircuitPython modules see it: time, pins, buses, USB, NVM, console.

One `Chip` lasts from power-on to power-off; `vm_reset()` and `hard_reset()` return it to the states after a
reload and a reset. machine.py runs the firmware.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from ticktap.simulator.drive import Drive
from ticktap.simulator.parts.encoder import Encoder
from ticktap.simulator.parts.gpio import Gpio
from ticktap.simulator.parts.i2c_bus import I2CBus
from ticktap.simulator.parts.led import Led
from ticktap.simulator.parts.nvm import Nvm
from ticktap.simulator.parts.screen import Screen
from ticktap.simulator.parts.usb_device import DEFAULT_HID, UsbDevice
from ticktap.simulator.parts.usb_host import UsbHost
from ticktap.simulator.parts.watchdog import Watchdog
from ticktap.simulator.signals import ChipReset, FirmwareStop
from ticktap.simulator.simulated_boards import Board
from ticktap.simulator.timeline import FOREVER, MS, SECOND, US, Timeline

CALL_NS = 10 * US  # a call into a native module
LOOP_NS = 3_400  # a pass of a Python loop
TICKS_START = 0x1FFF0000  # supervisor.ticks_ms wraps 65 s after power-on
PINS = 30


class Chip:
    """Everything that firmware can access, and the parts around it.

    `limit` is the time up to which the caller runs the chip; reaching it calls `on_limit`, which returns
    when there is a new limit. `stop`: the reason for which the firmware must end, if any.
    """

    def __init__(
        self, timeline: Timeline, board: Board, bus: I2CBus, nvm: Nvm, host: UsbHost, drive: Drive
    ) -> None:
        self.timeline = timeline
        self.board = board
        self.bus = bus
        self.nvm = nvm
        self.drive = drive
        self.flash = drive.cache.flash
        self.usb = UsbDevice(timeline, host)
        self.pins = [Gpio(number) for number in range(PINS)]
        self.led = Led(timeline, colour=board.pixel is not None)
        if board.led is not None:
            self.pins[board.led].on_output = self.led.drive
        self.screen = Screen(timeline, *board.display) if board.display else None
        self.encoder = Encoder(*board.encoder) if board.encoder else None
        self.displays: list[object] = []
        self.watchdog = Watchdog(timeline, self._watchdog_expired)
        self.random = random.Random(board.board_id)
        self.uid = bytes(8)
        self.settings = ""
        self.native_hashes: tuple[str, ...] = ("sha1",)
        self.console: list[str] = []
        self.phase = "off"
        self.started = timeline.now
        self.reset_reason = "POWER_ON"
        self.usb_drive = True
        self.i2c_in_use: set[int] = set()
        self.previous_traceback: str | None = None
        self.error: BaseException | None = None
        self.autoreload = True
        self.irq_off_until = 0
        self.at_vm_reset: list[Callable[[], None]] = []
        self.limit = timeline.now
        self.on_limit: Callable[[], None] = lambda: None
        self.stop: FirmwareStop | None = None
        drive.cache.consume_time = self.consume_time_masked

    # --- time

    def consume_time(self, ns: int = CALL_NS) -> None:
        """Advances the time by `ns`, with all events due. Raises the reason if the firmware must end."""
        timeline = self.timeline
        until = timeline.now + ns
        if until < timeline.horizon and until <= self.limit and self.stop is None:
            timeline.now = until
        else:
            self._consume_time_with_events(until)

    def _consume_time_with_events(self, until: int) -> None:
        while True:
            self.power_check()
            self.timeline.run_until(min(until, self.limit, self.drive.cache.due))
            self.power_check()
            if self.timeline.now >= self.drive.cache.due:
                self.drive.cache.flush()
            elif until <= self.limit:
                return
            else:
                self.on_limit()

    def loop_pass(self) -> None:
        """Takes the time of one pass of a loop in firmware."""
        self.consume_time(LOOP_NS)

    def power_check(self) -> None:
        """Raises the exception that ends the firmware, at a place where firmware could catch it."""
        if self.stop is not None:
            raise self.stop

    def consume_time_masked(self, ns: int) -> None:
        """Advances the time with interrupts off, as during flash writes: no key is scanned."""
        self.irq_off_until = self.timeline.now + ns
        self.drive.cache.miss_ticks(ns)
        self.consume_time(ns)

    def wait(self, condition: Callable[[], bool], timeout: int | None) -> bool:
        """Waits until `condition()` is true, for at most `timeout` ns (None: without limit)."""
        end = FOREVER if timeout is None else self.timeline.now + timeout
        while not condition():
            now = self.timeline.now
            if now >= end:
                return False
            self.consume_time(min(max(self.timeline.next_due() - now, 5 * US), end - now, MS))
        return True

    def idle(self) -> None:
        """Advances the time until a reset or loss of power."""
        while True:
            self.consume_time(SECOND)

    def nanoseconds(self) -> int:
        """Nanoseconds since the last reset."""
        return self.timeline.now - self.started

    def ticks_ms(self) -> int:
        """`supervisor.ticks_ms()` without its cost."""
        return (self.nanoseconds() // MS + TICKS_START) & 0x1FFFFFFF

    # --- end of a run, reset

    def _watchdog_expired(self) -> None:
        self.stop = ChipReset("WATCHDOG")

    def vm_reset(self) -> None:
        """Ends a run of boot.py or code.py: releases pins, buses and scanners, and closes files."""
        for action in self.at_vm_reset:
            action()
        self.at_vm_reset.clear()
        self.watchdog.stop()
        self.i2c_in_use.clear()
        self.displays.clear()
        for pin in self.pins:
            pin.release()
        if self.stop is None:
            self.drive.end_run()

    def hard_reset(self, reason: str) -> None:
        """Returns to the state in which the chip starts; the supply stays on."""
        self.drive.reset()
        self.stop = None
        self.vm_reset()
        self.usb.detach()
        self.usb.hid_devices = DEFAULT_HID
        self.reset_reason = reason
        self.started = self.timeline.now
        self.usb_drive = True
        self.irq_off_until = 0
        self.previous_traceback = None
        self.error = None

    # --- console

    def print(self, text: str) -> None:
        """Writes to the console, and to the console port if a program has that open."""
        self.console.append(text)
        if self.usb.console.connected:
            self.usb.console.chip_write(text.encode().replace(b"\n", b"\r\n"))


def short_float(value: float) -> float:
    """Rounds `value` to the 22 significant bits of a CircuitPython float."""
    mantissa, exponent = math.frexp(value)
    return math.ldexp(math.floor(mantissa * (1 << 22)) / (1 << 22), exponent)

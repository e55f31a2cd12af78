"""The computer at the other end of the cable: its polls and LED reports, and the keys it receives.

`become` makes it another kind of computer (computers.py); it begins as Linux with Num Lock on. Its state is
in attributes: `connected` (False is a charger), `suspended`, `resume_ms` (how fast it answers a wake-up
signal), `polling` (False: configured, but it does not read the keyboard), `reports_leds`. usb_device.py
models the chip.
"""

from __future__ import annotations

from typing import NamedTuple

from ticktap.simulator.parts import us_keyboard
from ticktap.simulator.parts.computers import COMPUTERS
from ticktap.simulator.parts.usb_bus import Device
from ticktap.simulator.timeline import MS, Timeline

CONFIGURE_NS = 100 * MS
FIRST_LED_NS = 30 * MS
KEYBOARD = 1


class Report(NamedTuple):
    """An IN report as it arrived: ms since the simulation began, and its bytes without the report id."""

    ms: float
    data: bytes


class UsbHost:
    """A host and, once `plug_in` is called, the device on its port."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._device: Device | None = None
        self._connected = True
        self._suspended = False
        self._polling = True
        self._reports_leds = True
        self.computer = COMPUTERS["linux"]
        self.num_lock = self.computer.num_lock
        self.caps_lock = False
        self.led_delay_ms = 4.0
        self._leds_sent = 0  # the last LED state that the host sent
        self.resume_ms: float | None = None  # None: the device may not signal remote wake-up
        self.wake_requests = 0
        self.lines_cleared = 0
        self.reports: list[Report] = []
        self.typed = ""
        self._last = bytes(8)

    def become(self, kind: str) -> None:
        """Changes it to a kind in COMPUTERS, with that kind's initial locks. Raises KeyError for others."""
        self.computer = COMPUTERS[kind]
        self.num_lock, self.caps_lock = self.computer.num_lock, False
        self.send_leds()

    # --- states

    @property
    def connected(self) -> bool:
        """Whether there is a host; a charger only supplies power."""
        return self._connected

    @connected.setter
    def connected(self, value: bool) -> None:
        self._connected = value
        if self._device is not None:
            device = self._device
            device.bus_reset()
            if value:
                self._enumerate()

    @property
    def suspended(self) -> bool:
        return self._suspended

    @suspended.setter
    def suspended(self, value: bool) -> None:
        self._suspended = value
        self._let_flow()

    def wake(self) -> None:
        """Handles the device's remote wake-up, if the host allows it: the host resumes after `resume_ms`."""
        if self.resume_ms is not None:
            self.wake_requests += 1
            self._timeline.after(round(self.resume_ms * MS), self._resume)

    def _resume(self) -> None:
        self.suspended = False

    @property
    def polling(self) -> bool:
        """Whether the host reads the keyboard's interrupt endpoint."""
        return self._polling

    @polling.setter
    def polling(self, value: bool) -> None:
        self._polling = value
        self._let_flow()

    @property
    def reports_leds(self) -> bool:
        """Whether the host sends its lock LEDs to keyboards."""
        return self._reports_leds

    @reports_leds.setter
    def reports_leds(self, value: bool) -> None:
        self._reports_leds = value
        self.send_leds()

    def set_locks(self, num_lock: bool | None = None, caps_lock: bool | None = None) -> None:
        """Changes the locks, as with another keyboard; the host reports the change if it reports LEDs."""
        self.num_lock = self.num_lock if num_lock is None else num_lock
        self.caps_lock = self.caps_lock if caps_lock is None else caps_lock
        self.send_leds()

    # --- the cable

    def plug_in(self, device: Device) -> None:
        """Connects the device: it pulls up its line, and a present host configures it."""
        self._device = device
        if self._connected:
            self._enumerate()

    def unplug(self) -> None:
        self._device = None
        self._last = bytes(8)

    def _enumerate(self) -> None:
        device = self._device

        def configure() -> None:
            if device is not None and device is self._device and self._connected:
                device.configured = True
                device.configured_at = self._timeline.now
                self._last = bytes(8)
                self._leds_sent = 0
                self._timeline.after(FIRST_LED_NS, self._first_leds)
                self._let_flow()

        self._timeline.after(CONFIGURE_NS, configure)

    def _let_flow(self) -> None:
        if self._device is not None:
            self._device.schedule_poll()
            for channel in self._device.channels():
                channel.pump()

    # --- the keyboard

    def receive(self, report_id: int, data: bytes) -> None:
        """Handles an IN report that the host has read."""
        if report_id != KEYBOARD or len(data) != 8:
            return
        self.reports.append(Report(self._timeline.now / MS, data))
        for key in us_keyboard.pressed_keys(data, self._last):
            self._press(key, data[0])
        self._last = data

    def _press(self, key: int, modifiers: int) -> None:
        if key == us_keyboard.NUM_LOCK:
            self._num_lock_key()
        elif key == us_keyboard.CAPS_LOCK:
            self.caps_lock = not self.caps_lock
            self._timeline.after(round(self.led_delay_ms * MS), self.send_leds)
        else:
            digits = self.num_lock or self.computer.keypad == "digits"
            self.typed += us_keyboard.text_of(key, modifiers, us_keyboard.Locks(digits, self.caps_lock))

    def _num_lock_key(self) -> None:
        if self.computer.num_lock_key == "clears":
            self.typed = self.typed[: self.typed.rfind("\n") + 1]
            self.lines_cleared += 1
        elif self.computer.num_lock_key == "toggles":
            self.num_lock = not self.num_lock
            self._timeline.after(round(self.led_delay_ms * MS), self.send_leds)

    # --- LEDs

    @property
    def leds(self) -> int:
        """The lock LEDs that this host lights (HID usage table page 8): 1 Num Lock, 2 Caps Lock."""
        num_lock = self.num_lock and self.computer.reports_num_lock
        return num_lock * us_keyboard.NUM_LOCK_LED | self.caps_lock * us_keyboard.CAPS_LOCK_LED

    def _first_leds(self) -> None:
        self.send_leds(always=self.computer.leds_at_plug_in == "always")

    def send_leds(self, always: bool = False) -> None:
        """Sends an output report with the lock LEDs, if one changed and the host is awake and sends them."""
        device = self._device
        if device is None or not device.ready or not self._reports_leds:
            return
        if always or self.leds != self._leds_sent:
            self._leds_sent = self.leds
            device.output_report(KEYBOARD, bytes((self.leds,)))

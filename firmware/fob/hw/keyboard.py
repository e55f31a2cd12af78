"""The USB keyboard: sends reports, and receives the states of the host's LEDs.

It uses adafruit_hid to find the device, but sends the reports itself: Keyboard.press and release cannot
release one key and press another one in the same report.
"""

import supervisor
import usb_hid
from adafruit_hid import find_device

_GENERIC_DESKTOP = 0x01
_KEYBOARD = 0x06
_RELEASE = bytes(8)


class Keyboard:
    def __init__(self):
        self._device = None
        self._locks = None

    @property
    def connected(self):
        """Whether a host has configured the device and has not suspended it."""
        return supervisor.runtime.usb_connected

    @property
    def locks(self):
        """The host's last LED report (bit 0 Num Lock, bit 1 Caps Lock), or None."""
        if self._find():
            report = self._device.get_last_received_report()
            if report:
                self._locks = report[0]
        return self._locks

    def forget_locks(self):
        """Discards the last LED report: the host may be another one."""
        self._locks = None

    def send_empty_report(self):
        """Sends an empty report. If the host does not read it, the next `send` fails and nothing is typed."""
        try:
            self.send(_RELEASE)
        except OSError:
            pass  # the last report has not been read either; the next `send` fails too

    def wake(self):
        """Signals remote wake-up to a host that has suspended the device. Takes 2 s.

        CircuitPython signals it (USB 2.0, 7.1.7.7) only in `send_report`, after waiting 2 s for the endpoint,
        and discards the report. A host that resumes during the wait gets an empty report.
        """
        self.send_empty_report()

    def send(self, report):
        """Sends one report when the host has read the previous one. Raises OSError after 2 s."""
        if not self._find():
            raise OSError("no USB host")
        self._device.send_report(report)

    def _find(self):
        # find_device waits for a host, so it is called only when one is connected.
        if self._device is None and self.connected:
            self._device = find_device(
                usb_hid.devices, usage_page=_GENERIC_DESKTOP, usage=_KEYBOARD, timeout=1
            )
        return self._device is not None

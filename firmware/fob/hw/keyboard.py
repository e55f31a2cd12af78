"""The USB keyboard: reports out, the host's lock lights in.

Uses adafruit_hid to find the device and sends whole reports itself: Keyboard.press and release cannot say
"release this and press that" in one report.
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
        """Whether a host has configured the device and is awake."""
        return supervisor.runtime.usb_connected

    @property
    def locks(self):
        """The host's last LED report (bit 0 Num Lock, bit 1 Caps Lock), None when it has sent none."""
        if self._find():
            report = self._device.get_last_received_report()
            if report:
                self._locks = report[0]
        return self._locks

    def forget_locks(self):
        """Another host, perhaps: what the last one reported no longer counts."""
        self._locks = None

    def send_empty_report(self):
        """Offers an empty report. If the host never takes it, the next `send` fails and nothing is typed."""
        try:
            self.send(_RELEASE)
        except OSError:
            pass  # the last one has not been taken either; the next `send` tells

    def wake(self):
        """Asks a host that has suspended the device to resume it. Takes 2 s.

        CircuitPython signals remote wake-up (USB 2.0, 7.1.7.7) in `send_report` only, after it has waited so
        long for the endpoint; it drops the report then. A host that resumes meanwhile gets an empty report.
        """
        self.send_empty_report()

    def send(self, report):
        """Hands over one report, waiting for the one before to be taken. OSError: it was not within 2 s."""
        if not self._find():
            raise OSError("no USB host")
        self._device.send_report(report)

    def _find(self):
        # find_device waits for a host, so it is asked only when there is one.
        if self._device is None and self.connected:
            self._device = find_device(
                usb_hid.devices, usage_page=_GENERIC_DESKTOP, usage=_KEYBOARD, timeout=1
            )
        return self._device is not None

"""The serial channel for data (usb_cdc.data)."""

import usb_cdc

_CHUNK = 512
_WRITE_S = 1  # a host that has the port open but does not read loses the reply


class Port:
    def __init__(self):
        self._serial = usb_cdc.data
        self._serial.timeout = 0
        self._serial.write_timeout = _WRITE_S

    @property
    def connected(self):
        return self._serial.connected

    def poll(self):
        """Bytes that have come, at most 512; b"" when none."""
        waiting = self._serial.in_waiting
        return self._serial.read(min(waiting, _CHUNK)) if waiting else b""

    def write(self, data):
        self._serial.write(data)

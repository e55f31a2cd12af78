"""The serial channel for data (usb_cdc.data)."""

import supervisor
import usb_cdc

_CHUNK = 512


class Port:
    def __init__(self):
        self._serial = usb_cdc.data
        self._serial.timeout = 0
        self._serial.write_timeout = 1  # s; a host that has the port open but does not read loses the reply
        self._cut = False  # the last reply did not get out whole

    @property
    def connected(self):
        connected = self._serial.connected
        if not connected:
            self._cut = False
        return connected

    @property
    def suspended(self):
        """Whether the host has suspended the device, or is gone: a port that is not connected says neither.

        TinyUSB keeps DTR through a suspend, and clears it when the bus is reset.
        """
        return not supervisor.runtime.usb_connected

    def poll(self):
        """Bytes that have come, at most 512; b"" when none."""
        waiting = self._serial.in_waiting
        return self._serial.read(min(waiting, _CHUNK)) if waiting else b""

    def drop(self):
        """Forgets bytes of a connection that has ended; call it when it has.

        Another may begin at any moment (a collection takes 20 ms), so only what was here before the port was
        seen closed goes.
        """
        waiting = self._serial.in_waiting
        if waiting and not self._serial.connected:
            self._serial.read(waiting)

    def write(self, data):
        """Bytes, or a list of pieces of them: when one does not get out whole, the others are left out."""
        if type(data) is list:
            for piece in data:
                self.write(piece)
                if self._cut:
                    return
            return
        if self._cut:
            if self._serial.out_waiting:
                return  # still not reading: waiting again for each reply would add up to a hang
            data = b"\n" + data
        self._cut = self._serial.write(data) < len(data)

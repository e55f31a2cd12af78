"""The serial port for requests (usb_cdc.data)."""

import supervisor
import usb_cdc

_CHUNK = 512


class Port:
    def __init__(self):
        self._serial = usb_cdc.data
        self._serial.timeout = 0
        self._serial.write_timeout = 1  # s; after that, a host that does not read loses the reply
        self._cut = False  # the last reply was sent only in part

    @property
    def connected(self):
        connected = self._serial.connected
        if not connected:
            self._cut = False
        return connected

    @property
    def suspended(self):
        """Whether the host has suspended the device, or is gone. `connected` is False in both cases.

        TinyUSB keeps DTR during a suspend and clears it at a bus reset.
        """
        return not supervisor.runtime.usb_connected

    def poll(self):
        """Reads what has arrived, at most 512 bytes."""
        waiting = self._serial.in_waiting
        return self._serial.read(min(waiting, _CHUNK)) if waiting else b""

    def drop(self):
        """Discards bytes of a connection that has ended.

        Another connection can begin at any time. So only the bytes that arrived before the port was closed
        are discarded.
        """
        waiting = self._serial.in_waiting
        if waiting and not self._serial.connected:
            self._serial.read(waiting)

    def write(self, data):
        """Writes bytes, or a list of pieces; after a piece that could not be sent the others are left out."""
        if type(data) is list:
            for piece in data:
                self.write(piece)
                if self._cut:
                    return
            return
        if self._cut:
            if self._serial.out_waiting:
                return  # still not reading: waiting again for each reply would block the main loop
            data = b"\n" + data
        self._cut = self._serial.write(data) < len(data)

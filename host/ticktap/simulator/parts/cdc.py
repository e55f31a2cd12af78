"""One USB serial function (CDC-ACM): FIFOs on the chip, and the host's side of both.

The host's driver sends whenever the FIFO has room, and reads continuously while the port is open (`dtr`).
With `dtr` low, what the chip writes is discarded.
"""

from __future__ import annotations

from ticktap.simulator.parts.usb_bus import Device
from ticktap.simulator.timeline import MS, Event, Timeline

FIFO = 256
FRAME_NS = MS


class CdcChannel:
    """`received` is what has reached the host. `reading` False models a host whose port is open but stuck."""

    def __init__(self, timeline: Timeline, device: Device) -> None:
        self._timeline = timeline
        self._device = device
        self.enabled = False
        self.dtr = False
        self.session = 0  # odd while open; changes with every opening and closing
        self._reading = True
        self.rx = bytearray()
        self._tx = bytearray()
        self._host_queue = bytearray()
        self._pump: Event | None = None
        self.received = bytearray()

    # --- the host's side

    @property
    def usable(self) -> bool:
        """Whether the host sees this port."""
        return self.enabled and self._device.configured

    @property
    def reading(self) -> bool:
        return self._reading

    @reading.setter
    def reading(self, value: bool) -> None:
        self._reading = value
        self._drain()

    def open(self) -> None:
        """Opens the port: DTR rises. Raises OSError if there is no such port."""
        if not self.usable:
            raise OSError("the token shows no such serial port now")
        self.dtr = True
        self.session += 1 + self.session % 2

    def close(self) -> None:
        """Closes the port: DTR falls. Unread data is discarded; written data still arrives."""
        self.dtr = False
        self.session += self.session % 2
        self._tx.clear()
        self.received.clear()

    def disconnect(self) -> None:
        """Handles the end of the device's connection."""
        self.close()
        self.rx.clear()
        self._host_queue.clear()

    def host_write(self, data: bytes) -> None:
        """Sends bytes from the host; they arrive in the next frames, when the FIFO has room."""
        if not self.usable:
            raise OSError("the token was unplugged")
        self._host_queue += data
        self.pump()

    def pump(self) -> None:
        """Schedules the next transfer to the chip."""
        if self._host_queue and self._pump is None and self._device.ready:
            self._pump = self._timeline.after(FRAME_NS, self._transfer)

    def _transfer(self) -> None:
        self._pump = None
        room = FIFO - len(self.rx)
        if room > 0 and self._device.ready:
            self.rx += self._host_queue[:room]
            del self._host_queue[:room]
            self.pump()

    # --- the chip's side

    @property
    def connected(self) -> bool:
        """Whether a host is connected and asserts DTR [tud_cdc_n_connected]."""
        return self.enabled and self._device.ready and self.dtr

    def chip_read(self, size: int) -> bytes:
        """Reads up to `size` bytes from the FIFO."""
        data = bytes(self.rx[:size])
        del self.rx[:size]
        self.pump()
        return data

    def chip_write(self, data: bytes) -> int:
        """Returns the number of accepted bytes: all of them if no program has the port open."""
        if not self.connected:
            return len(data)
        taken = data if self._reading else data[: FIFO - len(self._tx)]
        self._tx += taken
        self._drain()
        return len(taken)

    @property
    def out_waiting(self) -> int:
        return len(self._tx)

    def drop_output(self) -> None:
        self._tx.clear()

    def _drain(self) -> None:
        if self._reading:
            self.received += self._tx
            self._tx.clear()

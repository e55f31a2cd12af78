"""`busio.I2C` on the RP2040's two I2C blocks (ports/raspberrypi/common-hal/busio/I2C.c)."""

import errno
from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module
from ticktap.simulator.modules.microcontroller import Pin, claim
from ticktap.simulator.oserror import os_error
from ticktap.simulator.timeline import SECOND, US

SETUP_NS = 100 * US  # a call, the driver, START and STOP
TIMEOUT_NS = SECOND


class I2C(Bound):
    """A bus on a pair of pins; SDA is even, SCL odd, both of one block."""

    def __init__(self, scl: Pin, sda: Pin, *, frequency: int = 100_000, timeout: int = 255) -> None:
        self._locked = False
        self._block: int | None = None
        block = _block(scl, sda)
        if block in self._chip.i2c_in_use:
            raise ValueError("I2C peripheral in use")
        if frequency > 1_000_000:
            raise ValueError("frequency must be <= 1000000")
        wires = (sda.gpio.number, scl.gpio.number)
        bus = self._chip.bus
        self._bus = bus if wires == (bus.sda, bus.scl) else None
        gpios = [claim(pin) for pin in (sda, scl)]
        if self._bus is None or not self._bus.idle_high:
            for gpio in gpios:
                gpio.release()
            raise RuntimeError("No pull up found on SDA or SCL; check your wiring")
        self._gpios = gpios
        self._frequency = frequency
        self._block = block
        self._chip.i2c_in_use.add(block)

    def deinit(self) -> None:
        if self._block is not None:
            self._chip.i2c_in_use.discard(self._block)
            self._block = None
            for gpio in self._gpios:
                gpio.release()

    def __enter__(self) -> "I2C":
        return self

    def __exit__(self, *_: object) -> None:
        self.deinit()

    def try_lock(self) -> bool:
        self._chip.consume_time()
        if self._locked or self._block is None:
            return False
        self._locked = True
        return True

    def unlock(self) -> None:
        self._live()
        self._locked = False

    def probe(self, address: int) -> bool:
        return self._write(address, b"", stop=True)

    def scan(self) -> list[int]:
        self._owned()
        return [address for address in range(0x08, 0x78) if self.probe(address)]

    def writeto(self, address: int, buffer: Any, *, start: int = 0, end: int | None = None) -> None:
        self._owned()
        if not self._write(address, bytes(memoryview(buffer)[start:end]), stop=True):
            raise os_error(errno.ENODEV)

    def readfrom_into(self, address: int, buffer: Any, *, start: int = 0, end: int | None = None) -> None:
        self._owned()
        view = memoryview(buffer)[start:end]
        data = self._transfer(len(view)).read(address, len(view))
        if data is None:
            raise os_error(errno.ENODEV)
        view[:] = data

    def writeto_then_readfrom(
        self,
        address: int,
        out_buffer: Any,
        in_buffer: Any,
        *,
        out_start: int = 0,
        out_end: int | None = None,
        in_start: int = 0,
        in_end: int | None = None,
    ) -> None:
        self._owned()
        if not self._write(address, bytes(memoryview(out_buffer)[out_start:out_end]), stop=False):
            raise os_error(errno.ENODEV)
        self.readfrom_into(address, in_buffer, start=in_start, end=in_end)

    def _write(self, address: int, data: bytes, *, stop: bool) -> bool:
        return bool(self._transfer(len(data)).write(address, data, stop=stop))

    def _transfer(self, length: int) -> Any:
        """The bus, after the time that a transfer of `length` bytes takes; a dead bus times out."""
        self._live()
        self._chip.consume_time(SETUP_NS + 9 * (length + 1) * SECOND // self._frequency)
        if self._bus is None or not self._bus.idle_high:
            self._chip.consume_time(TIMEOUT_NS)
            raise os_error(errno.ETIMEDOUT)
        return self._bus

    def _live(self) -> None:
        if self._block is None:
            raise ValueError("Object has been deinitialized and can no longer be used. Create a new object.")

    def _owned(self) -> None:
        self._live()
        if not self._locked:
            raise RuntimeError("Function requires lock")


def _block(scl: Pin, sda: Pin) -> int:
    numbers = [pin.gpio.number if isinstance(pin, Pin) else -1 for pin in (scl, sda)]
    if -1 in numbers:
        raise TypeError("pin must be of type Pin")
    if numbers[0] % 2 != 1 or numbers[1] % 2 != 0 or numbers[0] // 2 % 2 != numbers[1] // 2 % 2:
        raise ValueError("Invalid pins")
    return numbers[1] // 2 % 2


def build(chip: Chip) -> ModuleType:
    return make_module("busio", I2C=bind(I2C, chip))

"""`adafruit_bus_device`, which CircuitPython has built in; only its `i2c_device`."""

from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module


class I2CDevice(Bound):
    """One address on a bus; a context in which the bus is locked."""

    def __init__(self, i2c: Any, device_address: int, probe: bool = True) -> None:
        self.i2c = i2c
        self.device_address = device_address
        if probe:
            self._probe()

    def _probe(self) -> None:
        with self:
            found = self.i2c.probe(self.device_address)
        if not found:
            raise ValueError(f"No I2C device at address: 0x{self.device_address:x}")

    def __enter__(self) -> "I2CDevice":
        while not self.i2c.try_lock():
            self._chip.consume_time()
        return self

    def __exit__(self, *_: object) -> None:
        self.i2c.unlock()

    def readinto(self, buffer: Any, *, start: int = 0, end: int | None = None) -> None:
        self.i2c.readfrom_into(self.device_address, buffer, start=start, end=end)

    def write(self, buffer: Any, *, start: int = 0, end: int | None = None) -> None:
        self.i2c.writeto(self.device_address, buffer, start=start, end=end)

    def write_then_readinto(self, out_buffer: Any, in_buffer: Any, **where: int) -> None:
        self.i2c.writeto_then_readfrom(self.device_address, out_buffer, in_buffer, **where)


def build(chip: Chip) -> ModuleType:
    inner = make_module("adafruit_bus_device.i2c_device", I2CDevice=bind(I2CDevice, chip))
    return make_module("adafruit_bus_device", i2c_device=inner)

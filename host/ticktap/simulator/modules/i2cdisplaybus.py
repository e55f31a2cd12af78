"""`i2cdisplaybus`: a display's commands over I2C. A display that does not answer is an error at once only."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module
from ticktap.simulator.modules.busio import I2C


class I2CDisplayBus:
    """Raises ValueError when nothing acknowledges the address, RuntimeError when the bus is dead."""

    def __init__(self, i2c_bus: I2C, *, device_address: int, reset: object = None) -> None:
        self._i2c, self.address = i2c_bus, device_address
        try:
            found = i2c_bus.probe(device_address)
        except OSError:
            found = False
        if not found:
            raise ValueError(f"Unable to find I2C Display at {device_address:x}")

    def send(self, length: int) -> bool:
        """Takes the time of `length` bytes; returns whether a part accepted them."""
        try:
            self._i2c.try_lock()
            self._i2c.writeto(self.address, bytes(length))
        except (OSError, ValueError):
            return False
        finally:
            self._i2c.unlock()
        return True


def build(chip: Chip) -> ModuleType:
    return make_module("i2cdisplaybus", I2CDisplayBus=I2CDisplayBus)

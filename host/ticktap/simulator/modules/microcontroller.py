"""`microcontroller`: pins, the processor, nvm, the watchdog, reset."""

from types import ModuleType, SimpleNamespace
from typing import NoReturn

from ticktap.simulator.chip import PINS, Chip
from ticktap.simulator.modules import Bound, bind, make_module, watchdog
from ticktap.simulator.parts.gpio import Gpio
from ticktap.simulator.parts.nvm import SIZE
from ticktap.simulator.signals import ChipReset
from ticktap.simulator.timeline import US

_REASONS = "POWER_ON BROWNOUT SOFTWARE DEEP_SLEEP_ALARM RESET_PIN WATCHDOG UNKNOWN RESCUE_DEBUG"


class Pin:
    """A pin; two objects of the same number are equal."""

    def __init__(self, gpio: Gpio) -> None:
        self.gpio = gpio

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pin) and other.gpio is self.gpio

    def __hash__(self) -> int:
        return self.gpio.number

    def __repr__(self) -> str:
        return f"microcontroller.pin.GPIO{self.gpio.number}"


def pin_object(chip: Chip, number: int) -> Pin:
    return Pin(chip.pins[number])


def claim(pin: object) -> Gpio:
    """The wire behind a pin object, now in use. Raises TypeError, ValueError."""
    if not isinstance(pin, Pin):
        raise TypeError("pin must be of type Pin")
    if pin.gpio.claimed:
        raise ValueError(f"GP{pin.gpio.number} in use")
    pin.gpio.claimed = True
    return pin.gpio


class ResetReason:
    """One of the named reasons."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"microcontroller.ResetReason.{self._name}"


for _name in _REASONS.split():
    setattr(ResetReason, _name, ResetReason(_name))


class ByteArray(Bound):
    """`nvm.ByteArray`: bytes and slices without a step. A slice write is one flash write."""

    def __len__(self) -> int:
        return SIZE

    def _span(self, key: int | slice) -> tuple[int, int]:
        if isinstance(key, slice):
            start, stop, step = key.indices(SIZE)
            if step != 1:
                raise NotImplementedError("only slices with step=1 (aka None) are supported")
            return start, max(start, stop)
        index = key + SIZE if key < 0 else key
        if not 0 <= index < SIZE:
            raise IndexError("index out of range")
        return index, index + 1

    def __getitem__(self, key: int | slice) -> int | bytearray:
        start, stop = self._span(key)
        self._chip.consume_time(2 * US)
        data = self._chip.nvm.data
        return data[start:stop] if isinstance(key, slice) else data[start]

    def __setitem__(self, key: int | slice, value: int | bytes) -> None:
        start, stop = self._span(key)
        if isinstance(value, int):
            if isinstance(key, slice) or not 0 <= value <= 255:
                raise ValueError("Bytes must be between 0 and 255.")
            data = bytes((value,))
        else:
            data = bytes(value)
        if len(data) != stop - start:
            raise ValueError("Slice and value different lengths.")
        self._chip.nvm.write(start, data, self._chip.consume_time_masked)


def build(chip: Chip) -> ModuleType:
    def reset() -> NoReturn:
        chip.drive.cache.flush()
        chip.stop = ChipReset("SOFTWARE")
        raise chip.stop

    cpu = SimpleNamespace(
        uid=bytearray(chip.uid),
        frequency=125_000_000,
        temperature=27.0,
        voltage=3.3,
        reset_reason=getattr(ResetReason, chip.reset_reason),
    )
    pins = {f"GPIO{number}": pin_object(chip, number) for number in range(PINS)}
    return make_module(
        "microcontroller",
        Pin=Pin,
        ResetReason=ResetReason,
        cpu=cpu,
        cpus=(cpu, cpu),
        nvm=bind(ByteArray, chip)(),
        watchdog=watchdog.timer(chip),
        pin=make_module("microcontroller.pin", **pins),
        reset=reset,
        delay_us=lambda us: chip.consume_time(round(us) * US),
        disable_interrupts=lambda: None,
        enable_interrupts=lambda: None,
    )

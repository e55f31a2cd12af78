"""`digitalio`: one pin in or out."""

from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module
from ticktap.simulator.modules.microcontroller import claim


class _Named:
    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"digitalio.{self._name}"


class Direction:
    INPUT = _Named("Direction.INPUT")
    OUTPUT = _Named("Direction.OUTPUT")


class Pull:
    UP = _Named("Pull.UP")
    DOWN = _Named("Pull.DOWN")


class DriveMode:
    PUSH_PULL = _Named("DriveMode.PUSH_PULL")
    OPEN_DRAIN = _Named("DriveMode.OPEN_DRAIN")


class DigitalInOut(Bound):
    """Starts as an input without pull."""

    def __init__(self, pin: object) -> None:
        self._gpio: Any = claim(pin)
        self._drive_mode = DriveMode.PUSH_PULL

    @property
    def gpio(self) -> Any:
        """The wire; for the modules that write through a pin. Raises ValueError after deinit."""
        if self._gpio is None:
            raise ValueError("Object has been deinitialized and can no longer be used. Create a new object.")
        return self._gpio

    def deinit(self) -> None:
        if self._gpio is not None:
            self._gpio.release()
            self._gpio = None

    def __enter__(self) -> "DigitalInOut":
        return self

    def __exit__(self, *_: object) -> None:
        self.deinit()

    def switch_to_output(self, value: bool = False, drive_mode: _Named = DriveMode.PUSH_PULL) -> None:
        self.gpio.pull = None
        self._drive_mode = drive_mode
        self.gpio.output = bool(value)

    def switch_to_input(self, pull: _Named | None = None) -> None:
        self.gpio.output = None
        self.gpio.pull = {Pull.UP: True, Pull.DOWN: False, None: None}[pull]

    @property
    def direction(self) -> _Named:
        return Direction.INPUT if self.gpio.output is None else Direction.OUTPUT

    @direction.setter
    def direction(self, direction: _Named) -> None:
        if direction is Direction.OUTPUT:
            self.switch_to_output()
        elif direction is Direction.INPUT:
            self.switch_to_input()
        else:
            raise ValueError("Invalid direction.")

    @property
    def value(self) -> bool:
        self._chip.consume_time(5_000)
        return bool(self.gpio.level())

    @value.setter
    def value(self, value: bool) -> None:
        self._chip.consume_time(5_000)
        if self.gpio.output is None:
            raise AttributeError("Cannot set value when direction is input.")
        self.gpio.output = bool(value)

    @property
    def pull(self) -> _Named | None:
        if self.gpio.output is not None:
            raise AttributeError("Pull not used when direction is output.")
        return {True: Pull.UP, False: Pull.DOWN, None: None}[self.gpio.pull]

    @pull.setter
    def pull(self, pull: _Named | None) -> None:
        if self.gpio.output is not None:
            raise AttributeError("Pull not used when direction is output.")
        self.switch_to_input(pull)

    @property
    def drive_mode(self) -> _Named:
        return self._drive_mode


def build(chip: Chip) -> ModuleType:
    return make_module(
        "digitalio",
        Direction=Direction,
        Pull=Pull,
        DriveMode=DriveMode,
        DigitalInOut=bind(DigitalInOut, chip),
    )

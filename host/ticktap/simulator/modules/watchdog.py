"""`watchdog`: modes, and the timer behind `microcontroller.watchdog`."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module

LONGEST = 8


class WatchDogMode:
    """RAISE exists on other chips; the RP2040 refuses it."""

    RAISE: "WatchDogMode"
    RESET: "WatchDogMode"

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"watchdog.WatchDogMode.{self._name}"


WatchDogMode.RAISE = WatchDogMode("RAISE")
WatchDogMode.RESET = WatchDogMode("RESET")


class WatchDogTimeout(Exception):
    """Never raised on this chip."""


class WatchDogTimer(Bound):
    @property
    def timeout(self) -> float:
        return self._chip.watchdog.timeout

    @timeout.setter
    def timeout(self, seconds: float) -> None:
        if seconds < 0:
            raise ValueError("timeout must be >= 0")
        if seconds > LONGEST:
            raise ValueError(f"timeout must be <= {LONGEST}")
        self._chip.watchdog.timeout = seconds
        if self._chip.watchdog.running:
            self._chip.watchdog.start()

    @property
    def mode(self) -> WatchDogMode | None:
        return WatchDogMode.RESET if self._chip.watchdog.running else None

    @mode.setter
    def mode(self, mode: WatchDogMode | None) -> None:
        if mode is WatchDogMode.RAISE:
            raise NotImplementedError
        if mode is None:
            self._chip.watchdog.stop()
        elif not self._chip.watchdog.running:
            self._chip.watchdog.start()

    def feed(self) -> None:
        self._chip.consume_time(1_000)
        self._chip.watchdog.feed()

    def deinit(self) -> None:
        self._chip.watchdog.stop()


def timer(chip: Chip) -> WatchDogTimer:
    """The chip's one timer."""
    return bind(WatchDogTimer, chip)()


def build(chip: Chip) -> ModuleType:
    return make_module(
        "watchdog", WatchDogMode=WatchDogMode, WatchDogTimeout=WatchDogTimeout, WatchDogTimer=WatchDogTimer
    )

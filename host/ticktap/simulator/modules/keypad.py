"""`keypad.Keys`: pins scanned in the background, every `interval`, into a queue of events.

Time is that of the chip's tick of 1/1024 s, on which scanning hangs, and nothing is scanned while interrupts
are off. A key that is down when `Keys` is made gives no event until it moves, unless `reset()` is called
(shared-module/keypad).
"""

from collections import deque
from collections.abc import Sequence
from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module
from ticktap.simulator.modules.microcontroller import claim
from ticktap.simulator.parts.gpio import Gpio
from ticktap.simulator.timeline import SECOND
from ticktap.simulator.timeline import Event as TimelineEvent

TICKS = 1024


class Event(Bound):
    """A press or release; equal events have the same key and direction."""

    def __init__(self, key_number: int = 0, pressed: bool = True, timestamp: int | None = None) -> None:
        self.key_number = key_number
        self.pressed = bool(pressed)
        self.timestamp = self._chip.ticks_ms() if timestamp is None else timestamp

    @property
    def released(self) -> bool:
        return not self.pressed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Event) and (self.key_number, self.pressed) == (
            other.key_number,
            other.pressed,
        )

    def __hash__(self) -> int:
        return (self.pressed << 15) + self.key_number

    def __repr__(self) -> str:
        return f"<Event: key_number {self.key_number} {'pressed' if self.pressed else 'released'}>"


class EventQueue(Bound):
    """The oldest event first; when it is full, new events are dropped and `overflowed` tells."""

    def __init__(self, event: type[Event], max_events: int) -> None:
        self._event = event
        self._room = max_events
        self._events: deque[tuple[int, bool, int]] = deque()
        self.overflowed = False

    def record(self, key_number: int, pressed: bool, timestamp: int) -> None:
        if len(self._events) >= self._room:
            self.overflowed = True
        else:
            self._events.append((key_number, pressed, timestamp))

    def get(self) -> Event | None:
        self._chip.consume_time()
        return self._event(*self._events.popleft()) if self._events else None

    def get_into(self, event: Event) -> bool:
        self._chip.consume_time()
        if not self._events:
            return False
        event.key_number, event.pressed, event.timestamp = self._events.popleft()
        return True

    def clear(self) -> None:
        self._events.clear()
        self.overflowed = False

    def __len__(self) -> int:
        return len(self._events)

    def __bool__(self) -> bool:
        self._chip.consume_time()
        return bool(self._events)


class Keys(Bound):
    _Event: type[Event]
    _Queue: type[EventQueue]

    def __init__(
        self,
        pins: Sequence[object],
        *,
        value_when_pressed: bool,
        pull: bool = True,
        interval: float = 0.020,
        max_events: int = 64,
        debounce_threshold: int = 1,
    ) -> None:
        if not 1 <= debounce_threshold <= 127:
            raise ValueError("debounce_threshold must be 1-127")
        if max_events < 1:
            raise ValueError("max_events must be >= 1")
        if interval < 0:
            raise ValueError("interval must be >= 0")
        self._gpios: list[Gpio] = []
        for pin in pins:
            gpio = claim(pin)
            gpio.pull = (not value_when_pressed) if pull else None
            self._gpios.append(gpio)
        self._pressed_level = bool(value_when_pressed)
        self._ticks = max(1, int(interval * TICKS))
        self._threshold = debounce_threshold
        self._counters = [0] * len(self._gpios)
        self.events = self._Queue(self._Event, max_events)
        self._due: TimelineEvent | None = None
        self._chip.drive.cache.need_ticks()
        self._chip.at_vm_reset.append(self._let_go)
        self._scan()

    @property
    def key_count(self) -> int:
        return len(self._gpios)

    def deinit(self) -> None:
        self._let_go()
        for gpio in self._gpios:
            gpio.release()
        self._gpios = []

    def __enter__(self) -> "Keys":
        return self

    def __exit__(self, *_: object) -> None:
        self.deinit()

    def reset(self) -> None:
        """Assumes that every key is up; a key that is down causes an event at once."""
        self._counters = [-self._threshold] * len(self._gpios)
        self._scan()

    def _let_go(self) -> None:
        if self._due is not None:
            self._chip.drive.cache.release_ticks()
        self._stop()

    def _stop(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _scan(self) -> None:
        self._stop()
        chip = self._chip
        timestamp = chip.ticks_ms()
        for key, gpio in enumerate(self._gpios):
            pressed = gpio.level() == self._pressed_level
            if self._debounced(key, pressed):
                self.events.record(key, pressed, timestamp)
        tick = chip.nanoseconds() * TICKS // SECOND + self._ticks
        self._due = chip.timeline.at(chip.started - (-tick * SECOND // TICKS), self._scan_if_allowed)

    def _scan_if_allowed(self) -> None:
        chip = self._chip
        if chip.timeline.now < chip.irq_off_until:
            self._due = chip.timeline.at(chip.irq_off_until, self._scan)
        else:
            self._scan()

    def _debounced(self, key: int, pressed: bool) -> bool:
        step = 1 if pressed else -1
        counter = self._counters[key]
        if counter * step >= self._threshold:
            return False
        counter += step
        self._counters[key] = counter or step * self._threshold
        return counter == 0


def build(chip: Chip) -> ModuleType:
    event, queue = bind(Event, chip), bind(EventQueue, chip)
    keys = bind(Keys, chip)
    keys._Event, keys._Queue = event, queue
    return make_module("keypad", Event=event, EventQueue=queue, Keys=keys)

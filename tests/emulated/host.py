"""The emulated computer that the token is plugged into."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ticktap.simulator.parts.computers import COMPUTERS


class _Switch:
    """An attribute of the host that lives in the board process."""

    def __init__(self, wire_name: str, start: Any) -> None:
        self.wire_name, self.start = wire_name, start

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, host: Host, owner: type) -> Any:
        return host.values.get(self.name, self.start)

    def __set__(self, host: Host, value: Any) -> None:
        host.values[self.name] = value
        host.call("host", **{self.wire_name: value})


class Host:
    """The computer at the other end of the cable. Attributes may be set at any time."""

    polling = _Switch("polling", True)
    """Whether it reads key reports; False is a host that hangs, with the bus alive."""
    reports_leds = _Switch("reportsLeds", True)
    """Whether it reports its locks to the keyboard."""
    leds_through_endpoint = _Switch("ledsThroughEndpoint", True)
    """Whether LED reports come through the interrupt OUT endpoint, as Linux sends them, or by SET_REPORT."""
    led_delay_ms = _Switch("ledDelayMs", 5)
    """Milliseconds from a lock key to the LED report."""
    resume_ms = _Switch("resumeMs", None)
    """Milliseconds until it answers a remote wake-up signal; None: it does not allow the signal."""

    def __init__(self, call: Callable[..., dict[str, Any]]) -> None:
        self.call = call
        self.values: dict[str, Any] = {}

    def become(self, kind: str) -> None:
        """Makes it a computer of a kind in ticktap.simulator.parts.computers, with the locks of one just
        started."""
        computer = COMPUTERS[kind]
        self.call(
            "host",
            numLockKey=computer.num_lock_key,
            keypad=computer.keypad,
            reportsNumLock=computer.reports_num_lock,
            ledsAtPlugIn=computer.leds_at_plug_in,
        )
        self.set_locks(computer.num_lock, False)

    @property
    def wake_requests(self) -> int:
        """How often the device has signalled remote wake-up."""
        return int(self.call("state")["wakeRequests"])

    @property
    def connected(self) -> bool:
        """Whether the host is connected. Setting False disconnects it but keeps the board's power."""
        return self.call("state")["plugged"]

    @connected.setter
    def connected(self, on: bool) -> None:
        self.call("plug", on=on)

    @property
    def suspended(self) -> bool:
        """Whether the host sleeps: the bus is idle, which the device takes for suspend after 3 ms.

        A host that wakes resumes traffic 20 ms later.
        """
        return self.call("state")["suspended"]

    @suspended.setter
    def suspended(self, on: bool) -> None:
        self.call("suspend", on=on)

    @property
    def num_lock(self) -> bool:
        return self.call("state")["numLock"]

    @property
    def caps_lock(self) -> bool:
        return self.call("state")["capsLock"]

    def set_locks(self, num_lock: bool | None = None, caps_lock: bool | None = None) -> None:
        """Changes the locks, as another keyboard does; the host reports it if `reports_leds` is set."""
        changes = {"numLock": num_lock, "capsLock": caps_lock}
        self.call("locks", **{name: on for name, on in changes.items() if on is not None})

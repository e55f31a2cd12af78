"""KernelToken: the emulated token with a real Linux at the other end of the cable."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

from emulated.engine import boot_rom
from emulated.token import PRESS_MS, EmulatedToken
from kernel.board_process import BoardProcess
from kernel.guest_machine import Guest
from kernel.host import KernelHost
from kernel.port import GuestPort

STEP_MS = 20
LONG_MS = 300_000
"""Time limit for actions of the guest, in emulated ms. It is reached only on failure."""

AFTER_REQUEST_MS = 1_200  # the token shows for a second what the press is for
TWICE = ("token.claim", "store.reset", "pin.set", "pin.remove", "pin.keys")  # need two presses
"""From a request to the press that it waits for."""

OWN_EVENTS = {"control", "in", "out", "stall", "leds", "power"}


@dataclass(frozen=True)
class Control:
    """A completed control transfer: its setup packet's fields, its data, 0 or Linux's error number."""

    ms: float
    type: int
    request: int
    value: int
    index: int
    data: bytes
    status: int


@dataclass(frozen=True)
class Packet:
    """A packet that was transferred at a serial port's endpoint."""

    ms: float
    endpoint: int
    data: bytes


class KernelToken(EmulatedToken):
    """A board that can be plugged into the guest. Its time follows the guest's.

    controls  control transfers since clear_trace(), in order
    to_token, from_token  packets since clear_trace()
    sent_bytes  how many bytes have gone to the token's serial ports
    power_events  "suspend", "resume", "remote-wakeup" since clear_trace()
    leds      LED reports since clear_trace(): (ms, bits, whether through the endpoint)
    device    the kernel's nodes for it, see guest.usb_device
    """

    def __init__(self, boards: BoardProcess, guest: Guest, flash: bytes, **options: Any) -> None:
        super().__init__(None, flash=flash, usb=False, **options)
        self.guest = guest
        self.clear_trace()
        self.sent_bytes = 0
        self.device: dict[str, Any] = {}
        self._typed_from = 0
        self._press_on = ""
        self._engine = boards.board()
        self._server_port = self.engine_call("build", bootRom=boot_rom(), **self._build)["port"]
        self.engine_call("power", on=False)
        self.host = KernelHost(self)
        if "unix" not in options:
            self.set_clock_right()
        guest.ask("attach", server_port=self._server_port)

    def __enter__(self) -> KernelToken:
        return self

    # -- power and cable

    def plug(self, maintenance: bool = False, *, wait: bool = True) -> None:
        self._parts = ("console", "disk") if maintenance else ("data", "input")
        super().plug(maintenance, wait=wait)

    def wait_bound(self) -> None:
        """Waits until the kernel has bound its drivers; reads the keyboard from then on."""
        self.wait_for(self._is_bound, LONG_MS, STEP_MS)
        if path := self.device["input"]:
            self.guest.ask("follow_input", path=path)

    def unplug(self, *, keep_power: bool = False) -> None:
        """Pulls the cable and waits until the guest has noticed."""
        attached = self._cable == "attached"
        super().unplug(keep_power=keep_power)
        if attached:
            self.guest.wait_for(lambda: self._cable == "detached")

    @property
    def suspended(self) -> bool:
        """Whether the kernel has put the device to sleep."""
        return bool(self.engine_call("state")["suspended"])

    @property
    def identity(self) -> dict[str, Any] | None:
        return {"serial": self.device["serial"]} if self.device else None

    def _wait_configured(self) -> None:
        self.wait_bound()

    def _is_bound(self) -> bool:
        if self._cable != "attached":
            return False
        port = self._cable_events[-1][1]["port"]
        self.device = self.guest.ask("device", port=port)
        return all(self.device[part] for part in self._parts)

    @property
    def _cable(self) -> str:
        """The guest's last event for this board's port: "attached" or "detached"."""
        return self._cable_events[-1][0] if self._cable_events else "detached"

    @property
    def _cable_events(self) -> list[tuple[str, dict[str, Any]]]:
        return [each for each in self.guest.cable if each[1]["server_port"] == self._server_port]

    # -- time

    def advance(self, ms: float) -> None:
        """Lets `ms` emulated milliseconds pass, and presses the button if press_when_asked() says so."""
        super().advance(ms)
        if self._press_on and self._press_on.encode() in self.said:
            for number in range(2 if self._press_on.strip('"') in TWICE else 1):
                self.press_later(AFTER_REQUEST_MS * (number + 1))
            self._press_on = ""

    def clock_error(self) -> float:
        """How far the clock module is ahead of the guest, in seconds, with the precision of the pacing."""
        before = self.ms
        guest_unix = self.guest.ask("time")["unix"]
        unix = self.unix
        return unix - guest_unix - (self.ms - before) / 2000

    def set_clock_right(self, offset: float = 0.0) -> None:
        """Sets the clock module to the guest's time plus `offset` seconds, to some 20 ms."""
        before = self.ms
        guest_unix = self.guest.ask("time")["unix"]
        self.engine_call("state")
        self.rtc(unix=guest_unix + offset + (self.ms - before) / 2000, stopped=False)

    # -- button

    def press_when_asked(self, method: str) -> None:
        """Presses button 1 once a program calls `method` of the token, while a method here lets time pass."""
        self.clear_trace()
        self._press_on = f'"{method}"'

    @property
    def unanswered_since(self) -> float | None:
        """When the last bytes arrived that the token has not answered, in ms; None: it has answered all."""
        if not self.to_token:
            return None
        asked = self.to_token[-1].ms
        return None if self.from_token and self.from_token[-1].ms >= asked else asked

    @property
    def presses_when_asked(self) -> bool:
        """Whether press_when_asked() still waits."""
        return bool(self._press_on)

    def press(self, button: int = 1, ms: float = PRESS_MS) -> None:
        """Pushes a button for exactly `ms`, and returns when it is up again."""
        self.press_later(0, ms, button)
        self.advance(ms)

    # -- keyboard

    @property
    def typed(self) -> str:
        """What has arrived at the guest's virtual terminal since clear_typed()."""
        return "".join(event["text"] for event in self.guest.events["vt"][self._typed_from :])

    def clear_typed(self) -> None:
        super().clear_typed()
        self._typed_from = len(self.guest.events["vt"])

    def set_locks(self, num_lock: bool | None = None, caps_lock: bool | None = None) -> None:
        self.guest.ask("locks", num=num_lock, caps=caps_lock)

    @property
    def locks(self) -> tuple[bool, bool]:
        locks = self.guest.ask("locks")
        return locks["num"], locks["caps"]

    # -- serial

    def open(self, **options: Any) -> GuestPort:
        """Opens the data channel in the guest, waiting for the kernel to make it."""
        self.wait_for(self._is_bound, LONG_MS, STEP_MS)
        return GuestPort(self, self.device["data"] or self.device["console"], **options)

    # -- USB transfers

    def clear_trace(self) -> None:
        """Forgets the recorded transfers."""
        self.controls: list[Control] = []
        self.to_token: list[Packet] = []
        self.from_token: list[Packet] = []
        self.power_events: list[str] = []
        self.leds: list[tuple[float, int, bool]] = []

    @property
    def said(self) -> bytes:
        """Everything programs have sent to the token since clear_trace()."""
        return b"".join(packet.data for packet in self.to_token)

    def wait_asked(self, method: str) -> None:
        """Waits until a program has asked for `method` since clear_trace()."""
        wanted = f'"{method}"'.encode()
        self.wait_for(lambda: wanted in self.said, LONG_MS, STEP_MS)

    def _take_event(self, ns: int, kind: str, values: list[Any]) -> None:
        if kind not in OWN_EVENTS:
            super()._take_event(ns, kind, values)
        elif kind == "control":
            setup, data, status = values
            fields = struct.unpack("<BBHHH", bytes.fromhex(setup))[:4]
            self.controls.append(Control(ns / 1e6, *fields, bytes.fromhex(data), status))
        elif kind == "leds":
            self.leds.append((ns / 1e6, *values))
        elif kind == "power":
            self._take_power_event(values[0])
        elif kind != "stall":
            endpoint, data = values
            packets = self.to_token if kind == "out" else self.from_token
            self.sent_bytes += kind == "out" and len(data) // 2
            packets.append(Packet(ns / 1e6, endpoint, bytes.fromhex(data)))

    def _take_power_event(self, what: str) -> None:
        """Resumes the device in the guest, because USB/IP has no message for a remote wake-up."""
        self.power_events.append(what)
        if what == "remote-wakeup" and self.device:
            self.guest.begin("resume", path=self.device["path"])

"""EmulatedToken: a board with CircuitPython, its button, its clock module and a USB host, in Python."""

from __future__ import annotations

import base64
import copy
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulated.engine import Engine, boot_rom
from emulated.host import Host
from emulated.image import FLASH_SIZE, NVM, flash_image, with_nvm
from emulated.keys import Report, typed_text
from emulated.port import EmulatedPort
from emulated.uf2 import HOW_TO_GET, find_uf2

PRESS_MS = 60
MAINTENANCE_MS = 3000
HOLD_MS = 1000
ENUMERATION_MS = 10_000
SCSI_MS = 5000


@dataclass(frozen=True)
class EdgeTimes:
    """Moments in emulated ns: the last button edges, and each report taken since clear_typed()."""

    press_ns: int | None
    release_ns: int | None
    reports_ns: tuple[int, ...]


class EmulatedToken:
    """Real CircuitPython on an emulated RP2040; power comes on when the `with` block is entered.

    Entering takes no emulated time: plug() waits until the host has found it, open() for its data channel.

    drive      folder to copy onto CIRCUITPY; None leaves the drive unformatted
    unix       the time in the DS3231; None is a new module (oscillator-stop flag set)
    buttons    GPIO numbers of buttons to ground, button 1 first
    nvm        contents of microcontroller.nvm; None leaves it erased
    flash      a whole flash to start from (power_cut() gives one); then `drive` and `size` are not used
    size       bytes of flash on the board
    fast_boot  start as after a watchdog reset: no wait of a second for safe mode
    usb        whether a host is there from the beginning
    sda, scl   GPIO numbers of the DS3231; sda None is a board without the module
    screen     whether an SSD1306 is on the same lines
    unique_id  the flash chip's 8 bytes, which the serial number is made of; None: the default
    settings   values that come before those in the drive's settings.toml

    Time is emulated: it passes in advance(), advance_until(), press(), hold() and in reading from a port.
    Milliseconds and nanoseconds count from the first power-on.
    """

    def __init__(
        self,
        drive: Path | None,
        *,
        unix: float | None = None,
        buttons: Sequence[int] = (15,),
        nvm: bytes | None = None,
        flash: bytes | None = None,
        size: int = FLASH_SIZE,
        fast_boot: bool = True,
        usb: bool = True,
        sda: int | None = 4,
        scl: int | None = 5,
        screen: bool = False,
        unique_id: bytes | None = None,
        settings: Mapping[str, str | int] | None = None,
    ) -> None:
        if flash is None:
            uf2 = find_uf2()
            if uf2 is None:
                raise FileNotFoundError(HOW_TO_GET)
            flash = flash_image(uf2, drive, settings=settings, size=size)
        image = flash if nvm is None else with_nvm(flash, nvm)
        wiring = {"buttons": list(buttons), "sda": sda, "scl": scl, "screen": screen}
        self._size = len(image)
        self._build = {"image": image, "unix": unix, "fastBoot": fast_boot, "usb": usb, **wiring}
        if unique_id is not None:
            self._build["uniqueId"] = list(unique_id)
        self._engine: Engine | None = None
        self._now_ns = 0.0
        self._edges: dict[bool, int] = {}
        self._reports: list[Report] = []
        self._serial: dict[str, bytearray] = defaultdict(bytearray)
        self._usb = "detached"
        self._scsi: tuple[bytes, int] | None = None
        self.resets = 0
        self.departures = 0  # how often the device has left the bus
        self.host = Host(self.engine_call)

    def __enter__(self) -> EmulatedToken:
        self._engine = Engine()
        try:
            self.engine_call("build", bootRom=boot_rom(), **self._build)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends the emulation."""
        if self._engine:
            self._engine.close()
            self._engine = None

    # -- time

    @property
    def ms(self) -> float:
        """Emulated milliseconds since the first power-on."""
        return self._now_ns / 1e6

    @property
    def unix(self) -> float:
        """The time in the DS3231, seconds, as the chip keeps it."""
        return self.rtc()["unix"]

    def advance(self, ms: float) -> None:
        """Lets `ms` emulated milliseconds pass."""
        self.engine_call("run", ms=ms)

    def advance_until(self, done: Callable[[], object], timeout_ms: float = 5000, step_ms: float = 1) -> bool:
        """Lets time pass until `done()`, asked every `step_ms`; False when it is not within `timeout_ms`."""
        end = self._now_ns + timeout_ms * 1e6
        while not done():
            if self._now_ns >= end:
                return False
            self.advance(step_ms)
        return True

    def wait_for(self, done: Callable[[], object], timeout_ms: float = 5000, step_ms: float = 1) -> None:
        """advance_until() that must succeed: TimeoutError with the end of the console when it does not."""
        if not self.advance_until(done, timeout_ms, step_ms):
            raise TimeoutError(f"not within {timeout_ms:g} emulated ms; console: {self.console[-500:]!r}")

    # -- power and cable

    def plug(self, maintenance: bool = False, *, wait: bool = True) -> None:
        """Plugs into a host, which also powers a board that has no power.

        With `maintenance` button 1 is held for the first 3 s. `wait` lets time pass until the host has
        configured the device and the button is up; the program may still be starting (open() and a request
        show it).
        """
        held_until = self.ms
        if maintenance:
            self.press_later(0, MAINTENANCE_MS)
            held_until += MAINTENANCE_MS
        self.engine_call("plug", on=True)
        self.engine_call("power", on=True)
        if wait:
            self._wait_configured()
            if self.ms <= held_until:
                self.advance(held_until - self.ms + 1)

    def _wait_configured(self) -> None:
        self.wait_for(lambda: self.usb == "configured", ENUMERATION_MS, step_ms=10)

    def unplug(self, *, keep_power: bool = False) -> None:
        """Pulls the cable; with `keep_power` the board keeps its power and only loses the host."""
        self.engine_call("plug", on=False)
        if not keep_power:
            self.engine_call("power", on=False)

    def power_cut(self) -> bytes:
        """Takes the power away this instant and returns the flash, with a current write left incomplete."""
        self.unplug()
        return self.flash

    def reset(self) -> None:
        """The board's reset button: the chip starts again, power stays."""
        self.engine_call("reset")

    def suspend(self) -> None:
        """The host goes to sleep; see Host.suspended."""
        self.host.suspended = True

    def resume(self) -> None:
        """The host wakes."""
        self.host.suspended = False

    @property
    def usb(self) -> str:
        """The host's progress: `detached`, `attached`, `configured` or `failed`."""
        return self._usb

    @property
    def serial(self) -> str:
        """The USB serial number the host has read, "" before that."""
        identity = self.identity
        return identity["serial"] if identity else ""

    @property
    def identity(self) -> dict[str, Any] | None:
        """What the host has read from the device: vendor, product, manufacturer, name, serial, interfaces."""
        return self.engine_call("state")["identity"]

    # -- button and pins

    def press(self, button: int = 1, ms: float = PRESS_MS) -> None:
        """Pushes a button (1 is the first), lets `ms` pass and releases it."""
        self.push(button)
        self.advance(ms)
        self.release(button)

    def hold(self, button: int = 1, ms: float = HOLD_MS) -> None:
        """A long press."""
        self.press(button, ms)

    def press_later(self, delay_ms: float, ms: float = PRESS_MS, button: int = 1) -> None:
        """Presses a button for `ms` after `delay_ms`, while the chip runs."""
        self.engine_call("pressLater", button=button, delay=delay_ms, ms=ms)

    def push(self, button: int = 1) -> None:
        """The contact closes."""
        self.engine_call("button", button=button, down=True)

    def release(self, button: int = 1) -> None:
        """The contact opens."""
        self.engine_call("button", button=button, down=False)

    def output(self, pin: int) -> bool | None:
        """The level the chip drives on a GPIO now; None when it does not drive it."""
        return self.engine_call("output", pin=pin)["level"]

    # -- keyboard

    @property
    def typed(self) -> str:
        """The text that a host with a US layout has received since clear_typed(); see keys.py."""
        return typed_text(self._reports)

    @property
    def reports(self) -> list[tuple[float, bytes]]:
        """(emulated ms, 8 bytes without report id) of each keyboard report taken since clear_typed()."""
        return [(report.ns / 1e6, report.data) for report in self._reports]

    @property
    def edge_times(self) -> EdgeTimes:
        """Times from which latencies are calculated."""
        reports = tuple(report.ns for report in self._reports)
        return EdgeTimes(self._edges.get(True), self._edges.get(False), reports)

    def clear_typed(self) -> None:
        """Forgets the reports taken so far."""
        self._reports.clear()

    def set_locks(self, num_lock: bool | None = None, caps_lock: bool | None = None) -> None:
        """Changes the host's locks, as another keyboard does."""
        self.host.set_locks(num_lock, caps_lock)

    @property
    def locks(self) -> tuple[bool, bool]:
        """The host's (num lock, caps lock)."""
        return self.host.num_lock, self.host.caps_lock

    # -- serial

    @property
    def console(self) -> str:
        """All output of the console port; the host always has it open."""
        return self._serial["console"].decode(errors="replace")

    def open(self) -> EmulatedPort:
        """Opens the data channel, waiting for the host to find it. TimeoutError when it never appears."""
        self.wait_for(self.has_data_channel, ENUMERATION_MS, step_ms=2)
        return EmulatedPort(self)

    def has_data_channel(self) -> bool:
        """Whether the host has found `usb_cdc.data`."""
        return self.usb == "configured" and "data" in self.engine_call("state")["ports"]

    def take_serial(self, port: str) -> bytes:
        """Returns the output of a port since the last call; only for ports."""
        data = bytes(self._serial[port])
        self._serial[port].clear()
        return data

    # -- drive

    def scsi(self, command: bytes, length: int, data: bytes | None = None) -> tuple[bytes, int]:
        """Has the host send a SCSI command, with data if any: (data read, status; 0 is success). See
        storage.Disk.
        """
        self._scsi = None
        self.engine_call("scsi", cdb=command, length=length, **({} if data is None else {"data": data}))
        self.wait_for(lambda: self._scsi is not None, SCSI_MS)
        assert self._scsi is not None
        return self._scsi

    # -- clock module, flash

    def rtc(self, **changes: Any) -> dict[str, Any]:
        """Changes the DS3231 from outside and returns {"unix", "stopped"}.

        unix, advance (seconds) · stopped (oscillator-stop flag) · celsius · ppm (drift) · present ·
        bus: "ok", "unpulled", "sda-low", "scl-low"
        """
        reply = self.engine_call("clock", **changes)
        return {"unix": reply["unix"], "stopped": reply["stopped"]}

    @property
    def flash(self) -> bytes:
        """The whole flash as it is now, without a current write."""
        return self._flash_bytes(slice(0, self._size))

    @property
    def nvm(self) -> bytes:
        """The 4096 bytes of microcontroller.nvm now."""
        return self._flash_bytes(NVM)

    @property
    def ram(self) -> bytes:
        """All 264 KiB as they are now."""
        return base64.b64decode(self.engine_call("ram")["bytes"])

    @property
    def erases(self) -> int:
        """How many sectors the flash has begun to erase since the chip started."""
        return self.engine_call("state")["erases"]

    def record_operations(self) -> None:
        """Begins to note what the flash does."""
        self.engine_call("operations", begin=True)

    @property
    def operations(self) -> list[dict[str, Any]]:
        """What the flash has begun to do since record_operations(): each {"at", "ns"} (emulated ns: when, how
        long), "address", and "size" of an erase or "data", the bytes of a program."""
        return list(self.engine_call("operations", begin=False)["operations"])

    def digest(self) -> str:
        """A hash of the chip's RAM and registers."""
        return str(self.engine_call("digest")["digest"])

    def remember(self) -> None:
        """Saves the present state for recall()."""
        self.engine_call("remember")
        self._kept = copy.deepcopy((self._edges, self._reports, self._serial, self._usb, self.resets))

    def recall(self, flash: bytes) -> None:
        """Restores the state of remember(), including clock module and time, but with another flash."""
        self.engine_call("recall", image=flash)
        self._edges, self._reports, self._serial, self._usb, self.resets = copy.deepcopy(self._kept)

    def _flash_bytes(self, part: slice) -> bytes:
        reply = self.engine_call("flash", start=part.start, end=part.stop)
        return base64.b64decode(reply["bytes"])

    # -- plumbing

    def engine_call(self, name: str, **parameters: Any) -> dict[str, Any]:
        """One request to the board; takes in what has happened meanwhile."""
        if self._engine is None:
            raise RuntimeError("the token is not running: use it in a `with` block")
        reply = self._engine.call(name, **parameters)
        self._now_ns = reply["now"]
        for ns, kind, *values in reply["events"]:
            self._take_event(ns, kind, values)
        return reply

    def _take_event(self, ns: int, kind: str, values: list[Any]) -> None:
        if kind == "report":
            data, num_lock, caps_lock = values
            self._reports.append(Report(ns, bytes.fromhex(data), num_lock, caps_lock))
        elif kind == "serial":
            port, text = values
            self._serial[port] += text.encode("latin-1")
        elif kind == "button":
            self._edges[values[1]] = ns
        elif kind == "usb":
            (self._usb,) = values
            self.departures += self._usb == "detached"
        elif kind == "scsi":
            data, status = values
            self._scsi = base64.b64decode(data), status
        elif kind == "reset":
            self.resets += 1


def first_boot(drive: Path, size: int = FLASH_SIZE) -> bytes:
    """The flash after CircuitPython's first start with a drive, in which it writes boot_out.txt.

    Starting from it saves a second of emulated time at each later boot.
    """
    with EmulatedToken(drive, size=size) as token:
        token.plug()
        return token.flash

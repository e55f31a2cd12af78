"""`VirtualToken`: a simulated token and host, with simulated time.

Nothing here sleeps: `advance`, `press`, `plug` and a port's `read_line` pass simulated time as fast as the
host can. The firmware on the drive runs unchanged; this file knows CircuitPython's board, not the firmware.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from ticktap.drive.fat_volume import Layout
from ticktap.errors import BadInput
from ticktap.simulator import settings_toml
from ticktap.simulator import state as kept_state
from ticktap.simulator.chip import Chip
from ticktap.simulator.drive import Drive
from ticktap.simulator.machine import Machine
from ticktap.simulator.parts import ds3231, screen
from ticktap.simulator.parts.button import Button
from ticktap.simulator.parts.flash import MIB, Flash
from ticktap.simulator.parts.i2c_bus import I2CBus
from ticktap.simulator.parts.led import Light
from ticktap.simulator.parts.nvm import Nvm
from ticktap.simulator.parts.sector_cache import SectorCache
from ticktap.simulator.parts.usb_host import Report, UsbHost
from ticktap.simulator.port import TokenPort
from ticktap.simulator.simulated_boards import BOARDS
from ticktap.simulator.timeline import MS, SECOND, Timeline

SERIAL = bytes.fromhex("de6348109f2a4c17")
STARTED_MS = 5_000.0
SETTLE_MS = 300.0
MAINTENANCE_MS = 3_000.0


class VirtualToken:
    """A Raspberry Pi Pico (or another board) with a DS3231, buttons to ground and a USB host.

    Args:
        drive: folder with boot.py, code.py, settings.toml and lib/; None is the built ticktap firmware.
        store_file: whether the drive gets a blank store/store.bin as well; None: only the built firmware's.
        unix: the world's time at the start, Unix seconds.
        settings: values that override settings.toml.
        serial: the chip's 8-byte unique id; its hex is the USB serial number.
        state: from `save()`; the clock has continued to run in real time since.
        rtc_set: whether the clock chip has the right time, or has just seen its first battery.
        native_hashes: names that `hashlib.new` knows: 10.0 has sha1, 10.1 also sha256.
        board: a name in `ticktap.simulator.simulated_boards.BOARDS`.
        buttons: GPIO numbers; `press(button=1)` is the first.
        sda, scl: GPIO numbers to which the clock chip is wired.
        oled: width and height of an SSD1306 on the same wires; None: there is none.
        gap_clusters, fragment: where files of the drive's folder store/ lie, see `parts.fat_volume.Layout`.
        flash_mib: MiB of flash, if not that of the board.

    Use as a context manager: plugged on entry, closed on exit.
    """

    def __init__(
        self,
        drive: Path | None = None,
        *,
        store_file: bool | None = None,
        unix: float = 1_800_000_000.0,
        settings: Mapping[str, str | int] | None = None,
        serial: bytes | None = None,
        state: bytes | None = None,
        rtc_set: bool = True,
        native_hashes: tuple[str, ...] = ("sha1",),
        board: str = "raspberry_pi_pico",
        buttons: tuple[int, ...] = (15,),
        sda: int = 4,
        scl: int = 5,
        oled: tuple[int, int] | None = None,
        gap_clusters: int = 0,
        fragment: bool = False,
        flash_mib: int | None = None,
    ) -> None:
        if board not in BOARDS:
            raise BadInput(f"no board {board!r} is simulated", f"Choose one of: {', '.join(BOARDS)}.")
        self._timeline = Timeline()
        self._unix_at_start = unix
        self.bus = I2CBus(sda, scl)
        self.rtc = ds3231.Ds3231(self._timeline)
        self.bus.parts[ds3231.ADDRESS] = self.rtc
        self.flash = Flash(self._timeline, (flash_mib or BOARDS[board].flash_mib) * MIB)
        self.nvm = Nvm(self._timeline, self.flash)
        self.host = UsbHost(self._timeline)
        self.drive = Drive(
            _files(drive, store_file),
            SectorCache(self.flash, self._timeline),
            Layout(gap_clusters, fragment),
        )
        self.chip = Chip(self._timeline, BOARDS[board], self.bus, self.nvm, self.host, self.drive)
        if oled is not None:
            self.chip.screen = self.bus.parts[screen.ADDRESS] = screen.Screen(self._timeline, *oled)
        self.chip.native_hashes = native_hashes
        self.chip.settings = settings_toml.render(settings or {})
        self.chip.uid = SERIAL if serial is None else serial
        if len(self.chip.uid) != len(SERIAL):
            raise BadInput("a chip's serial number has 8 bytes", "Give 8 bytes as serial.")
        self.machine = Machine(self.chip)
        self.buttons = [Button(self._timeline, self.chip.pins[number]) for number in buttons]
        if rtc_set:
            self.rtc.set(unix)
        if state is not None:
            kept_state.load(state, self.chip, self.rtc, unix)

    def __enter__(self) -> VirtualToken:
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.close()

    # --- power

    @property
    def plugged(self) -> bool:
        return self.machine.powered

    def plug(self, maintenance: bool = False, *, wait: bool = True) -> None:
        """Plug the token in, with button 1 held for 3 s if `maintenance`.

        `wait` lets time pass until the program runs, a host had time to configure USB, and the button is up.
        """
        if self.plugged:
            return
        if maintenance:
            self.press_later(0, MAINTENANCE_MS)
        self.rtc.supply(True)
        self.machine.power_on()
        if wait:
            self.advance_until(lambda: self.chip.phase in ("code", "done"), STARTED_MS, 20)
            self.advance(SETTLE_MS)
            self.advance_until(lambda: not self.buttons[0].down, MAINTENANCE_MS, 20)

    def unplug(self) -> None:
        """Unplugs the token; the power ends immediately."""
        self.machine.power_off()
        self.rtc.supply(False)

    power_cut = unplug

    def reset(self) -> None:
        """Presses the board's reset button; it takes effect when time passes."""
        self.machine.reset()

    def close(self) -> None:
        """Unplugs the token and ends its thread. May be called twice."""
        self.unplug()

    # --- time

    @property
    def unix(self) -> float:
        """The world's time now, Unix seconds."""
        return self._unix_at_start + self._timeline.now / SECOND

    @property
    def ms(self) -> float:
        """Simulated ms since the token was made; reports and LED changes carry this time."""
        return self._timeline.now / MS

    def advance(self, ms: float) -> None:
        """Advances the time by `ms` simulated milliseconds."""
        self.machine.advance_to(self._timeline.now + round(ms * MS))
        if not self.plugged:
            self.rtc.supply(False)

    def advance_until(self, predicate: Callable[[], object], timeout_ms: float, step_ms: float = 1.0) -> bool:
        """Let time pass until `predicate()` holds; False when it does not within `timeout_ms`."""
        end = self.ms + timeout_ms
        while not predicate():
            if self.ms >= end:
                return False
            self.advance(min(step_ms, max(end - self.ms, 0.001)))
        return True

    # --- buttons

    def press(self, button: int = 1, ms: float = 60) -> None:
        """Presses a button for `ms` of simulated time."""
        self.buttons[button - 1].push()
        self.advance(ms)
        self.buttons[button - 1].let_go()

    def hold(self, button: int = 1, ms: float = 1000) -> None:
        """A press that is long by default."""
        self.press(button, ms)

    def turn(self, clicks: int) -> None:
        """Turn the board's rotary encoder; clicks to the right are positive."""
        if self.chip.encoder is None:
            raise BadInput("this board has no encoder", "Use one that has, such as the MacroPad.")
        self.chip.encoder.position += clicks

    def press_later(self, delay_ms: float, ms: float = 60, button: int = 1) -> None:
        """Arrange a press that begins in `delay_ms`, for a call that waits for one."""
        switch = self.buttons[button - 1]
        self._timeline.after(round(delay_ms * MS), switch.push)
        self._timeline.after(round((delay_ms + ms) * MS), switch.let_go)

    def call_later(self, delay_ms: float, action: Callable[[], None]) -> None:
        """Call `action()` when `delay_ms` have passed; it must not let time pass itself."""
        self._timeline.after(round(delay_ms * MS), action)

    # --- observation

    @property
    def typed(self) -> str:
        """The text of all reports so far, with the US layout."""
        return self.host.typed

    @property
    def reports(self) -> list[Report]:
        """The keyboard's IN reports so far: (ms, 8 bytes)."""
        return self.host.reports

    def clear_typed(self) -> None:
        """Discards the typed text and the reports."""
        self.host.typed = ""
        self.host.reports.clear()

    def set_locks(self, num_lock: bool | None = None, caps_lock: bool | None = None) -> None:
        """The host's locks change, as by another keyboard."""
        self.host.set_locks(num_lock, caps_lock)

    @property
    def led(self) -> Light:
        """The LED now: True or False, or (red, green, blue)."""
        return self.chip.led.now

    @property
    def led_history(self) -> list[tuple[float, Light]]:
        """Every change of the LED: (ms, value)."""
        return self.chip.led.history

    @property
    def screen(self) -> list[str]:
        """The text on the screen now, a string for each row; empty while it is dark or there is none."""
        return self.chip.screen.lines if self.chip.screen else []

    @property
    def console(self) -> str:
        """Everything printed since the token was made, tracebacks included."""
        return "".join(self.chip.console)

    @property
    def error(self) -> BaseException | None:
        """The exception that ended the last run of boot.py or code.py, with traceback; None without one."""
        return self.chip.error

    @property
    def serial(self) -> str:
        """The USB serial number."""
        return self.chip.uid.hex().upper()

    def open(self) -> TokenPort:
        """Open the data port, as a client on the host does. Raises NoToken when there is none."""
        return TokenPort(self.chip.usb.data, self.advance, f"virtual:{self.serial}")

    def save(self) -> bytes:
        """Everything that survives unplugging, for `state=`. Contains the token's secrets."""
        return kept_state.dump(self.chip, self.rtc, self.unix)


def _files(folder: Path | None, store_file: bool | None) -> dict[str, bytes]:
    """The files on the drive, by path."""
    from ticktap.drive.build import blank_store_file, find_drive

    files = Drive.read_folder(folder or find_drive())
    if store_file or (store_file is None and folder is None):
        files.setdefault("store/store.bin", blank_store_file())
    return files

"""Runs the chip: power, boot.py, code.py, resets, in a thread that runs only while the caller waits.

This is CircuitPython's main loop (main.c) without a REPL: after code.py has ended, the chip waits for a
reset.
"""

from __future__ import annotations

from ticktap.simulator.chip import Chip
from ticktap.simulator.handoff import Handoff
from ticktap.simulator.loader import Loader
from ticktap.simulator.signals import ChipReset, FirmwareStop, PowerLost, Reload
from ticktap.simulator.timeline import MS
from ticktap.simulator.tracebacks import format_exception

SAFE_MODE_WAIT_NS = 1000 * MS  # only at power-on: a press of the reset button here means safe mode
START_NS = 100 * MS  # on each side of boot.py
BOOT_OUT_WAIT_NS = 990 * MS  # before boot_out.txt is written; with the writing 1.2 s, as measured
BOOT_OUT = "boot_out.txt"
VERSION = "10.0.3"
VERSION_LINE = f"Adafruit CircuitPython {VERSION} on 2025-10-17"


class Machine:
    """A chip, with or without power. Only `advance_to` advances the time."""

    def __init__(self, chip: Chip) -> None:
        self.chip = chip
        self._handoff: Handoff | None = None
        chip.on_limit = self._park
        chip.flash.on_cut = self._lose_power_here

    @property
    def powered(self) -> bool:
        return self._handoff is not None

    def power_on(self) -> None:
        """Switches the power on; the chip starts at the next `advance_to`."""
        if self._handoff is None:
            self._handoff = Handoff(self._life, f"firmware {self.chip.uid.hex()}")

    def power_off(self) -> None:
        """Removes the power immediately; the firmware's thread has ended on return."""
        handoff = self._handoff
        if handoff is not None:
            self.chip.stop = PowerLost()
            handoff.resume()
            self._off()

    def reset(self) -> None:
        """Presses the chip's reset button."""
        if self._handoff is not None:
            self.chip.stop = ChipReset("RESET_PIN")

    def advance_to(self, when: int) -> None:
        """Runs everything up to the time `when`, in ns on the timeline."""
        chip = self.chip
        chip.limit = when
        if self._handoff is not None:
            self._handoff.resume()
            if self._handoff.finished:
                self._off()
        chip.timeline.run_until(when)

    def _off(self) -> None:
        self._handoff = None
        self.chip.hard_reset("POWER_ON")
        self.chip.led.lose_power()
        if self.chip.screen is not None:
            self.chip.screen.lose_power()
        self.chip.phase = "off"

    # --- on the firmware's thread

    def _park(self) -> None:
        handoff = self._handoff
        if handoff is None or not handoff.mine:
            raise RuntimeError("only firmware can wait for time to pass")
        handoff.park()

    def _lose_power_here(self) -> None:
        self.chip.stop = PowerLost()
        raise self.chip.stop

    def _life(self) -> None:
        """Runs from power-on to loss of power, through any number of resets."""
        reason = "POWER_ON"
        while not isinstance(self.chip.stop, PowerLost):
            try:
                self.chip.hard_reset(reason)
                self._start()
            except ChipReset as reset:
                reason = reset.reason
            except PowerLost:
                return

    def _start(self) -> None:
        chip = self.chip
        chip.phase = "start"
        if chip.reset_reason == "POWER_ON":
            chip.consume_time(SAFE_MODE_WAIT_NS)
        chip.drive.fat.format_if_torn()
        chip.consume_time(START_NS)
        self._boot()
        chip.consume_time(START_NS)
        chip.usb.attach()
        chip.phase = "code"
        while True:
            try:
                chip.usb.set_up_reports()
                self._run("code.py")
                chip.phase = "done"
                chip.print("\nCode done running.\n")
                chip.idle()
            except Reload:
                chip.phase = "code"
                chip.print("soft reboot\n")

    def _boot(self) -> None:
        """Runs boot.py; its output goes to boot_out.txt, which is written only if it differs."""
        chip = self.chip
        chip.phase = "boot"
        chip.usb.console.enabled = True
        before = len(chip.console)
        if chip.drive.get("boot.py") is not None:
            self._run("boot.py")
        printed = "".join(chip.console[before:])
        del chip.console[before:]
        text = (
            f"{VERSION_LINE}; {chip.board.machine}\nBoard ID:{chip.board.board_id}\n"
            f"UID:{chip.uid.hex().upper()}\nboot.py output:\n{printed}"
        ).encode()
        if chip.drive.get(BOOT_OUT) != text:
            chip.consume_time(BOOT_OUT_WAIT_NS)
            chip.drive.write_whole(BOOT_OUT, text)

    def _run(self, filename: str) -> None:
        """Runs one file to its end; then the pins are released."""
        chip = self.chip
        chip.error = None
        chip.drive.cache.flush()
        try:
            Loader(chip).run(filename)
        except Reload:
            chip.stop = None
            if chip.phase != "boot":
                raise
        except FirmwareStop:
            raise
        except SystemExit:
            chip.previous_traceback = None
        except BaseException as error:
            chip.error = error
            chip.previous_traceback = format_exception(error)
            chip.print(chip.previous_traceback)
        finally:
            chip.vm_reset()

"""Losing and getting power, the cable and the host, on the emulated chip."""

from __future__ import annotations

import pytest

from emulated.image import NVM
from emulated.probe import ChipError, Probe, write_drive
from emulated.token import EmulatedToken, first_boot

WATCH = (
    "import supervisor, time",
    "seen = []",
    "def watch(n):",
    "  for _ in range(n): seen.append(supervisor.runtime.usb_connected); time.sleep(0.01)",
)


@pytest.fixture(scope="module")
def flash(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A flash that has booted the probe once, so that boot_out.txt need not be written again."""
    return first_boot(write_drive(tmp_path_factory.mktemp("power")))


def test_suspended_bus_is_not_connected(probe: Probe) -> None:
    probe.run(*WATCH)
    probe.start("watch(20)")
    probe.token.advance(50)
    probe.token.suspend()
    probe.token.advance(80)
    probe.token.resume()
    probe.wait()
    seen = probe.ask("seen")
    assert seen[0] and seen[-1], "connected before and after"
    assert 5 <= seen.count(False) <= 9, seen


def test_report_to_a_sleeping_host_waits_for_it(probe: Probe) -> None:
    """CircuitPython's send_report() waits up to two seconds; what waits is typed on waking."""
    probe.run("import time, usb_hid", "keyboard = usb_hid.devices[0]")
    press, release = (f"keyboard.send_report(b'\\0\\0\\{key}\\0\\0\\0\\0\\0')" for key in ("x1e", "0"))
    probe.start("time.sleep(0.05)", press, release)
    probe.token.advance(20)
    probe.token.suspend()
    probe.token.advance(200)
    assert probe.token.typed == ""
    probe.token.resume()
    probe.wait()
    probe.token.advance(20)
    assert probe.token.typed == "1"


def test_nvm_append_survives_a_power_cut(flash: bytes) -> None:
    with EmulatedToken(None, flash=flash) as token:
        Probe(token).run("import microcontroller", "microcontroller.nvm[0:8] = b'record-1'")
        after_cut = token.power_cut()
    assert after_cut[NVM] == b"record-1".ljust(4096, b"\xff")
    with EmulatedToken(None, flash=after_cut) as token:
        assert Probe(token).ask("bytes(__import__('microcontroller').nvm[0:9])") == b"record-1\xff"


def test_cut_in_the_middle_of_an_erase_leaves_it_torn(flash: bytes) -> None:
    with EmulatedToken(None, flash=flash, nvm=bytes(4096)) as token:
        probe = Probe(token)
        probe.run("import microcontroller")
        probe.start("microcontroller.nvm[0] = 1")
        token.advance(25)
        assert token.nvm == bytes(4096), "nothing shows before the erase is over"
        torn = token.power_cut()[NVM]
    share = sum(byte.bit_count() for byte in torn) / (4096 * 8)
    assert 0.2 < share < 0.8


def test_replug_keeps_the_clock_and_the_flash(flash: bytes) -> None:
    with EmulatedToken(None, flash=flash, unix=1_795_348_800) as token:
        Probe(token).run("import microcontroller", "microcontroller.nvm[0] = 7")
        token.unplug()
        assert token.usb == "detached"
        token.advance(3_600_000)
        token.plug()
        probe = Probe(token)
        assert token.unix == pytest.approx(1_795_348_800 + token.ms / 1000, abs=0.01)
        assert probe.ask("__import__('microcontroller').nvm[0]") == 7


def test_host_goes_while_power_stays(flash: bytes) -> None:
    with EmulatedToken(None, flash=flash) as token:
        probe = Probe(token)
        probe.run(*WATCH)
        probe.start("watch(100)")
        token.advance(100)
        token.unplug(keep_power=True)
        token.advance(200)
        assert token.usb == "detached"
        token.plug()
        token.advance(1000)
        probe.reopen()
        seen = probe.ask("seen")
        assert len(seen) == 100
        assert seen[0] and not seen[25] and seen[-1]


def test_watchdog_starts_the_program_again(flash: bytes) -> None:
    with EmulatedToken(None, flash=flash) as token:
        probe = Probe(token)
        probe.run("import microcontroller, watchdog", "dog = microcontroller.watchdog", "dog.timeout = 0.05")
        probe.start("dog.mode = watchdog.WatchDogMode.RESET", "while True: pass")
        assert token.advance_until(lambda: token.resets == 1, step_ms=10)
        assert token.usb == "detached"
        with pytest.raises(ChipError, match="NameError"):
            Probe(token).ask("dog")

"""Names and rights in /dev, by the system's udev with and without the project's rules; ModemManager."""

from __future__ import annotations

from pathlib import Path

import pytest

from kernel.command import Program, run

RULES = Path(__file__).parents[2] / "host" / "ticktap" / "drive" / "60-ticktap.rules"
SEAT = "ACTIVE=session\nACTIVE_UID=65534\n"
OPEN = "import os, sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)"
SET_LINE_STATE = 0x22
SCROLL_LOCK = 4  # bit of the LED report
LOOKED_AT_MS = 5000


def properties(guest, node: str) -> str:
    run(guest, "udevadm", "settle")
    return run(guest, "udevadm", "info", "--query=all", f"--name={node}")


def opened_by_nobody(guest, node: str) -> bool:
    return Program(guest, "/usr/bin/python3", "-c", OPEN, node, ordinary_user=True).done().code == 0


@pytest.fixture(scope="module")
def seat(machine) -> None:
    """Makes an ordinary user the one at the computer, by writing what logind would."""
    run(machine.guest, "mkdir", "-p", "/run/systemd/seats")
    machine.guest.ask("write_file", path="/run/systemd/seats/seat0", text=SEAT)


@pytest.fixture
def rules(guest, seat):
    """The project's rules, installed as `ticktap firmware udev` says."""
    path = "/run/udev/rules.d/60-ticktap.rules"
    guest.ask("write_file", path=path, text=RULES.read_text())
    run(guest, "udevadm", "control", "--reload")
    yield
    run(guest, "rm", path)
    run(guest, "udevadm", "control", "--reload")


def test_without_the_rules(new_token, guest, seat):
    """The port has a permanent name, and belongs to root and a group."""
    token = new_token()
    token.plug()
    node = token.device["data"]
    serial = token.device["serial"]
    told = properties(guest, node)
    (link,) = run(guest, "sh", "-c", f"ls /dev/serial/by-id | grep {serial}").split()
    assert link.startswith("usb-ticktap_ticktap_token_")
    assert "uaccess" not in told and not opened_by_nobody(guest, node)


def test_with_the_rules(new_token, guest, rules):
    """The port belongs to that user, and ModemManager ignores it."""
    token = new_token()
    token.plug()
    told = properties(guest, token.device["data"])
    assert "ID_MM_DEVICE_IGNORE=1" in told and ":uaccess:" in told
    assert opened_by_nobody(guest, token.device["data"])


@pytest.mark.parametrize("num", [False, True], ids=["num-off", "num-on"])
def test_with_the_rules_the_token_knows_num_lock(new_token, guest, rules, num):
    """The rules light an LED that the token does not have, so that the kernel reports all of them."""
    token = new_token()
    token.set_locks(num_lock=num)
    token.plug()
    token.wait_for(lambda: token.leds and token.leds[-1][1] & 1 == num and token.leds[-1][1] & SCROLL_LOCK)
    control = Path(token.device["path"]) / "power" / "control"
    assert run(guest, "cat", str(control)).strip() == "on"
    token.set_locks(num_lock=True)


def test_modem_manager(new_token, guest):
    """Running, without the rules: whether it opens the port or not, the token answers afterwards."""
    run(guest, "mkdir", "-p", "/run/dbus")
    run(guest, "dbus-daemon", "--system", "--fork")
    Program(guest, "ModemManager", "--debug")
    token = new_token()
    token.plug()
    run(guest, "udevadm", "settle")
    token.advance(LOOKED_AT_MS)
    opened = [each for each in token.controls if each.request == SET_LINE_STATE and each.value]
    port = token.open()
    port.write(b'{"jsonrpc":"2.0","id":1,"method":"hello"}\n')
    assert b"ticktap" in port.read_line(30)
    port.close()
    print("ModemManager opened it:", bool(opened))

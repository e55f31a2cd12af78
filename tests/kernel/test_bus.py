"""What the kernel can do to a device while it is plugged in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kernel import enrol
from kernel.command import Ticktap, run
from kernel.enrol import CODES, connected
from kernel.guest_machine import Guest
from kernel.token import KernelToken

RESET = """
import fcntl, os, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_WRONLY), 0x5514)  # USBDEVFS_RESET
"""
SUSPEND_MS = 30_000
SETTLED_MS = 600
ASKED_MS = 300
POWER_SAVING_MS = 1000
"""How long the port must be idle in these tests before it is suspended; Linux's own value is 2000."""


@pytest.fixture(scope="module")
def token(new_module_token) -> KernelToken:
    return enrol.with_counted_account(new_module_token())


@pytest.fixture(params=[True, False], ids=["num-on", "num-off"])
def num_lock(request, token) -> bool:
    token.set_locks(num_lock=request.param)
    yield request.param
    token.set_locks(num_lock=True)


@pytest.fixture
def power_saving(guest, token) -> Iterator[None]:
    """Autosuspend, as laptop tools switch it on; no LED is lit, which would keep the device awake."""
    token.set_locks(num_lock=False, caps_lock=False)
    write(guest, token, "power/autosuspend_delay_ms", str(POWER_SAVING_MS))
    write(guest, token, "power/control", "auto")
    yield
    write(guest, token, "power/control", "on")
    token.wait_for(lambda: not token.suspended, SUSPEND_MS)
    token.set_locks(num_lock=True)


def typed(token: KernelToken) -> str:
    text = enrol.typed(token)
    token.advance(SETTLED_MS)
    return text


def write(guest: Guest, token: KernelToken, name: str, text: str) -> None:
    """Writes to a file of the device in sysfs."""
    run(guest, "sh", "-c", f"echo {text} > {token.device['path']}/{name}")


def reset(guest: Guest, token: KernelToken) -> None:
    """Resets the device as programs do it, by USBDEVFS_RESET."""
    numbers = [run(guest, "cat", f"{token.device['path']}/{name}").strip() for name in ("busnum", "devnum")]
    run(guest, "python3", "-c", RESET, "/dev/bus/usb/{:0>3}/{:0>3}".format(*numbers))
    token.wait_bound()


def wait_suspended(token: KernelToken) -> None:
    token.wait_for(lambda: token.suspended, SUSPEND_MS)


def test_reset(guest, token, num_lock):
    """The keyboard's driver starts as after plugging in."""
    reset(guest, token)
    assert typed(token) in CODES


def test_a_reset_drops_the_request(guest, token):
    """The next press types a code."""
    port = token.open()
    port.write(b'{"jsonrpc":"2.0","id":1,"method":"code.get","params":{"id":1}}\n')
    token.advance(ASKED_MS)
    reset(guest, token)
    assert typed(token) in CODES
    port.close()


def test_rebound(guest, token, num_lock):
    """The keyboard's driver is unbound and bound again."""
    interface = run(
        guest, "sh", "-c", f"ls {token.device['path']}/driver/..; basename {token.device['path']}/*:1.2"
    )
    name = interface.split()[-1]
    for verb in ("unbind", "bind"):
        run(guest, "sh", "-c", f"echo {name} > /sys/bus/usb/drivers/usbhid/{verb}")
    token.wait_bound()
    assert typed(token) in CODES


def test_unconfigured(guest, token):
    """Configuration 0, as `usb_modeswitch` and some managers set it: nothing is typed, nothing typed late."""
    write(guest, token, "bConfigurationValue", "0")
    token.clear_typed()
    token.press()
    token.advance(3000)
    write(guest, token, "bConfigurationValue", "1")
    token.wait_bound()
    token.advance(2000)
    assert token.typed == ""
    assert typed(token) in CODES


def test_a_program_wakes_a_suspended_port(token, power_saving):
    wait_suspended(token)
    client = connected(token)
    client.port.close()
    wait_suspended(token)


def test_a_press_wakes_a_suspended_port(token, power_saving):
    wait_suspended(token)
    assert typed(token) in CODES
    assert "remote-wakeup" in token.power_events


def test_a_request_outlasts_a_suspended_port(token, power_saving):
    """The port is open; Linux suspends it anyway, because the token may wake it."""
    ticktap = Ticktap(token)
    token.clear_trace()
    program = ticktap.begin("code")
    token.wait_asked("code.get")
    wait_suspended(token)
    token.clear_trace()
    token.press()
    token.wait_for(lambda: not program.running, SUSPEND_MS)
    done = program.done()
    assert done.out.strip() in CODES, done
    assert token.power_events.count("remote-wakeup") == 1


def test_a_suspended_port_that_is_closed_drops_the_request(token, power_saving):
    port = token.open()
    port.write(b'{"jsonrpc":"2.0","id":1,"method":"code.get","params":{"id":1}}\n')
    wait_suspended(token)
    port.close()
    token.advance(ASKED_MS)
    assert typed(token) in CODES

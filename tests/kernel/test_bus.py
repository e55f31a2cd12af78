"""What the kernel can do to a device while it is plugged in."""

from __future__ import annotations

import pytest

from kernel.command import run
from kernel.enrol import CODES, add, connected
from kernel.guest_machine import Guest
from kernel.token import KernelToken

RESET = """
import fcntl, os, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_WRONLY), 0x5514)  # USBDEVFS_RESET
"""
SUSPEND_MS = 30_000


@pytest.fixture(scope="module")
def token(new_module_token) -> KernelToken:
    token = new_module_token()
    token.set_locks(num_lock=True, caps_lock=False)
    token.plug()
    client = connected(token)
    add(client, type="hotp")
    client.port.close()
    return token


@pytest.fixture(params=[True, False], ids=["num-on", "num-off"])
def num_lock(request, token) -> bool:
    token.set_locks(num_lock=request.param)
    yield request.param
    token.set_locks(num_lock=True)


def typed(token: KernelToken) -> str:
    token.clear_typed()
    token.press()
    token.wait_for(lambda: len(token.typed) >= 6)
    token.advance(600)
    return token.typed


def write(guest: Guest, token: KernelToken, name: str, text: str) -> None:
    """Writes to a file of the device in sysfs."""
    run(guest, "sh", "-c", f"echo {text} > {token.device['path']}/{name}")


def test_reset(guest, token, num_lock):
    """As programs do it, by USBDEVFS_RESET; the keyboard's driver starts as after plugging in."""
    numbers = [run(guest, "cat", f"{token.device['path']}/{name}").strip() for name in ("busnum", "devnum")]
    run(guest, "python3", "-c", RESET, "/dev/bus/usb/{:0>3}/{:0>3}".format(*numbers))
    token.wait_bound()
    assert typed(token) in CODES


def test_rebound(guest, token, num_lock):
    """The keyboard's driver lets go and comes back."""
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


def test_autosuspend(guest, token):
    """With no program at its port, no LED lit and power saving on, the device sleeps; a program wakes it."""
    token.set_locks(num_lock=False, caps_lock=False)
    write(guest, token, "power/autosuspend_delay_ms", "0")
    write(guest, token, "power/control", "auto")
    token.wait_for(lambda: token.suspended, SUSPEND_MS)
    client = connected(token)
    client.port.close()
    token.wait_for(lambda: token.suspended, SUSPEND_MS)
    write(guest, token, "power/control", "on")
    token.wait_for(lambda: not token.suspended, SUSPEND_MS)
    token.set_locks(num_lock=True)
    assert typed(token) in CODES

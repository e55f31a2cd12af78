"""Maintenance mode: the drive mounted by the kernel's vfat driver, and the firmware updated through it."""

from __future__ import annotations

import pytest

from kernel import flash
from kernel.command import run
from kernel.enrol import CODES, KEY, READY_S, typed
from kernel.guest_machine import Guest
from kernel.token import LONG_MS, KernelToken
from ticktap.device.client import Client
from ticktap.otp.account import Account

MOUNT = "/run/mnt"
DIFFERS = 9
ERASED_TOGETHER = 4096
LOOKED_MS = 5
CDC, HID, STORAGE, CDC_DATA = 2, 3, 8, 10


@pytest.fixture(scope="module")
def token(new_module_token) -> KernelToken:
    """A token with an account, and one module that is not up to date."""
    account = Account("Example", "alice", KEY, type="hotp")
    token = new_module_token(flash.outdated_flash(account))
    token.set_locks(num_lock=True, caps_lock=False)
    token.plug(maintenance=True)
    return token


def mount(guest: Guest, token: KernelToken) -> None:
    run(guest, "mount", "-t", "vfat", f"{token.device['disk']}1", MOUNT)


def test_interfaces(guest, token):
    """Two serial ports and a drive, no keyboard, no sound card."""
    classes = run(guest, "sh", "-c", f"cat {token.device['path']}/*:*/bInterfaceClass").split()
    assert sorted(int(each, 16) for each in classes) == sorted([CDC, CDC_DATA, CDC, CDC_DATA, STORAGE])


def test_check(guest, token, ticktap):
    """The drive is FAT as Linux reads it, with what was put there; one module differs."""
    mount(guest, token)
    assert (flash.DRIVE / "code.py").read_text() == run(guest, "cat", f"{MOUNT}/code.py")
    done = ticktap("firmware", "check", code=DIFFERS)
    assert flash.OUTDATED in done.out


def erased(token: KernelToken, sector: int) -> bool:
    """Whether the flash has begun to erase a sector since record_operations()."""
    return any(each["address"] == sector and "size" in each for each in token.operations)


def test_unplugged_in_the_middle_of_an_update(guest, token, ticktap):
    """While the module that the kernel writes is erased. The update given again makes it right.

    A cut in a sector of the FAT or of a folder may cost the drive: tests/emulated/test_updates.py.
    """
    sector = token.flash.index(flash.OLD_TEXT.encode()) // ERASED_TOGETHER * ERASED_TOGETHER
    token.record_operations()
    program = ticktap.begin("firmware", "update", MOUNT)
    token.wait_for(lambda: erased(token, sector) or not program.running, LONG_MS, LOOKED_MS)
    token.unplug()
    done = program.done()
    assert done.code not in (0, None), done
    run(guest, "umount", "--lazy", MOUNT)
    token.plug(maintenance=True)
    mount(guest, token)
    ticktap("firmware", "update", MOUNT)


def test_nothing_was_lost(guest, token, ticktap):
    """In normal use again: the firmware is current, the account is there and its code is typed."""
    token.unplug()
    token.plug()
    Client(token.open()).call("hello", timeout=READY_S)
    assert typed(token) in CODES

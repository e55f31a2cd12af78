"""What the kernel reads from the token, and its reaction: descriptors, log, order of requests."""

from __future__ import annotations

import pytest

from kernel.command import run
from kernel.guest_machine import Guest
from kernel.token import KernelToken

CDC, HID, STORAGE, CDC_DATA = 2, 3, 8, 10
OWN_WORDS = ("vhci_hcd",)  # the virtual host controller logs its normal operation as errors
WARNING = 4
SET_CONFIGURATION, SET_IDLE, SET_LINE_CODING, SET_LINE_STATE = 9, 0x0A, 0x20, 0x22


@pytest.fixture(scope="module")
def token(new_module_token) -> KernelToken:
    token = new_module_token()
    token.plug()
    return token


def interfaces(guest: Guest, token: KernelToken) -> list[int]:
    """The classes of the interfaces, in their order."""
    found = run(guest, "sh", "-c", f"cat {token.device['path']}/*:*/bInterfaceClass").split()
    return [int(each, 16) for each in found]


def complaints(guest: Guest) -> list[str]:
    """The kernel's messages since the guest's start of the level warning or worse."""
    said = [each["text"] for each in guest.events["kmsg"] if each["level"] <= WARNING]
    return [text for text in said if not text.startswith(OWN_WORDS)]


def test_the_kernel_has_no_complaint(guest, token):
    assert complaints(guest) == []


def test_interfaces_in_normal_use(guest, token):
    """A keyboard and one serial port, no drive, no sound card."""
    assert interfaces(guest, token) == [CDC, CDC_DATA, HID]


def test_it_may_wake_the_computer(guest, token):
    attributes = int(run(guest, "cat", f"{token.device['path']}/bmAttributes"), 16)
    assert attributes & 0x20


def test_the_drivers_requests(token):
    """The order of binding, and the only request that the token refuses is an optional one."""
    token.advance(1)
    kinds = [(each.type, each.request) for each in token.controls]
    assert kinds.count((0x00, SET_CONFIGURATION)) == 1
    assert (0x21, SET_IDLE) in kinds
    assert {each.value >> 8 for each in token.controls if each.status} <= {6}, "only the device qualifier"

"""ticktap unlock, ticktap lock: unlocks a token with its PIN, and locks it."""

from __future__ import annotations

import click

from ticktap.cli.framework import device_access, device_session
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.options import no_pin_argument
from ticktap.device import results


@click.command("unlock", cls=Command, text=lambda data: "Unlocked until it is unplugged or locked.")
@no_pin_argument
def unlock() -> results.PinState:
    """Unlock a token with its PIN.

    Asks for the PIN, or reads it from one line of standard input.
    """
    with device_session.open_client() as client:
        return device_access.unlock(client)[1]


@click.command("lock", cls=Command, text=lambda data: "Locked.")
@no_pin_argument
def lock() -> results.PinState:
    """Lock a token again, as unplugging does."""
    with device_session.open_client() as client:
        return client.lock()

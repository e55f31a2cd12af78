"""ticktap pin set, change, remove, keys: manages the PIN. Without a PIN, the secrets can be read from a
copy of the token's flash.
"""

from __future__ import annotations

from typing import Any

import click

from ticktap.cli.framework import device_access, device_session, output, prompts
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.options import no_pin_argument, timeout_option
from ticktap.device import results
from ticktap.device.client import Client
from ticktap.errors import Refused

Data = dict[str, Any]

pin = Group("pin", help="Set, change or remove a token's PIN.")


def _set_text(data: results.PinState) -> str:
    tries = "" if not data["erases"] else f" After {data['tries']} wrong PINs it erases its accounts."
    return f"The PIN is set. The token asks for it each time it is plugged in.{tries}"


@pin.command("set", text=_set_text)
@no_pin_argument
@timeout_option
def set_pin(timeout: int) -> Data:
    """Set a PIN or passphrase, after two presses.

    The accounts are then encrypted under it, and each time the token is plugged in, it types nothing until
    'ticktap unlock'. If you forget the PIN, the accounts are lost.
    """
    with device_session.open_token() as token:
        _expect(token.client, exists=False)
        device_access.as_owner(token)
        return _set(token.client, None, timeout)


@pin.command("change", text=_set_text)
@no_pin_argument
@timeout_option
def change(timeout: int) -> Data:
    """Replace the PIN, after two presses. Asks for the present PIN first."""
    with device_session.open_client() as client:
        _expect(client, exists=True)
        old, _ = device_access.unlock(client)
        return _set(client, old, timeout)


@pin.command("remove", text=lambda data: "Removed the PIN.")
@no_pin_argument
@timeout_option
def remove(timeout: int) -> results.PinState:
    """Remove the PIN, after two presses. After that, whoever reads the token's flash has its secrets."""
    with device_session.open_token() as token:
        _expect(token.client, exists=True)
        device_access.as_owner(token)
        old, _ = device_access.unlock(token.client)
        device_access.ask_for_two_presses(" to remove the PIN", timeout)
        return token.client.remove_pin(old, timeout)


def _keys_text(data: results.PinState) -> str:
    return "The buttons unlock it too." if data["keys"] else "The buttons no longer unlock it."


@pin.command("keys", text=_keys_text)
@click.option("--remove", "removing", is_flag=True, help="Remove the PIN for the buttons.")
@no_pin_argument
@timeout_option
def keys(removing: bool, timeout: int) -> results.PinState:
    """Set a PIN of 4 to 16 digits that is entered with the buttons, after two presses.

    A digit 0 needs a token with twelve buttons.

    It unlocks the token without a computer. It protects far less than the PIN against someone who copies the
    token's flash: one processor core tries all PINs of four digits in half a minute, of six in an hour.
    """
    with device_session.open_token() as token:
        _expect(token.client, exists=True)
        device_access.unlocked(token)
        device_access.as_owner(token)
        digits = None if removing else _digits()
        device_access.ask_for_two_presses(" to change the PIN for the buttons", timeout)
        return token.client.set_pin_keys(digits, timeout)


def _set(client: Client, old: bytes | None, timeout: int) -> Data:
    from ticktap.device import pin as pins

    new = prompts.new_secret("New PIN or passphrase", pins.RULE, pins.check_new)
    warnings = pins.warnings(new)
    for warning in warnings:
        output.note(warning)
    kdf = pins.KdfParams.new()
    key = pins.key(new, kdf)
    device_access.ask_for_two_presses(" to set the PIN", timeout)
    return {**client.set_pin(key, kdf, old, timeout), "warnings": warnings}


def _digits() -> str:
    from ticktap.device import pin as pins

    return prompts.new_secret("PIN for the buttons", pins.KEYS_RULE, pins.check_digits)


def _expect(client: Client, *, exists: bool) -> None:
    """Refuses a token with a PIN where there should be none, or the reverse, before asking anything."""
    if client.pin()["set"] != exists:
        raise (
            Refused("the token has no PIN", "'ticktap pin set' sets one.")
            if exists
            else Refused("the token has a PIN already", "'ticktap pin change' replaces it.")
        )

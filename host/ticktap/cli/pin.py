"""ticktap pin set, change, remove, keys: without a PIN, whoever reads the token's flash has its secrets."""

from __future__ import annotations

from typing import Any

import click

from ticktap.cli.framework import device_access, device_session, output, prompts
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.options import no_pin_argument, timeout_option
from ticktap.device.client import Client
from ticktap.errors import Refused

Data = dict[str, Any]

pin = Group("pin", help="Set, change or remove a token's PIN.")


def _set_text(data: Data) -> str:
    tries = "" if not data["erases"] else f" After {data['tries']} wrong ones it erases its accounts."
    return f"The PIN is set. The token asks for it whenever it was plugged in.{tries}"


@pin.command("set", text=_set_text)
@no_pin_argument
@timeout_option
def set_pin(timeout: int) -> Data:
    """Give the token a PIN or passphrase, after a press.

    Its accounts are then sealed under it, and whenever it was plugged in it types nothing until
    'ticktap unlock'. Forget it, and the accounts are gone.
    """
    with device_session.open_token() as token:
        _expect(token.client, there=False)
        device_access.as_owner(token)
        return _set(token.client, None, timeout)


@pin.command("change", text=_set_text)
@no_pin_argument
@timeout_option
def change(timeout: int) -> Data:
    """Replace the PIN by another, after a press. Asks for the one there is first."""
    with device_session.open_client() as client:
        _expect(client, there=True)
        old, _ = device_access.unlock(client)
        return _set(client, old, timeout)


@pin.command("remove", text=lambda data: "The token has no PIN any more.")
@no_pin_argument
@timeout_option
def remove(timeout: int) -> Data:
    """Take the PIN away, after a press. Whoever reads the token's flash then has its secrets."""
    with device_session.open_token() as token:
        _expect(token.client, there=True)
        device_access.as_owner(token)
        old, _ = device_access.unlock(token.client)
        device_session.ask_for_press(timeout, " to take the PIN away")
        return token.client.remove_pin(old, timeout)


def _keys_text(data: Data) -> str:
    return "Its buttons unlock it too." if data["keys"] else "Its buttons do not unlock it any more."


@pin.command("keys", text=_keys_text)
@click.option("--remove", "removing", is_flag=True, help="Have the buttons unlock it no more.")
@no_pin_argument
@timeout_option
def keys(removing: bool, timeout: int) -> Data:
    """Set a PIN of 4 to 16 digits that is entered with the buttons, after a press.

    A digit 0 needs a token with twelve buttons.

    It unlocks without a computer, and is worth far less than the PIN against someone who copies the token's
    flash: one processor core tries all PINs of four digits in half a minute, of six in an hour.
    """
    with device_session.open_token() as token:
        _expect(token.client, there=True)
        device_access.unlocked(token)
        device_access.as_owner(token)
        digits = None if removing else _digits()
        device_session.ask_for_press(timeout, " to change the PIN of its buttons")
        return token.client.set_pin_keys(digits, timeout)


def _set(client: Client, old: bytes | None, timeout: int) -> Data:
    from ticktap.device import pin as pins

    new = prompts.new_secret("New PIN or passphrase", pins.RULE, pins.check_new)
    warnings = pins.warnings(new)
    for warning in warnings:
        output.note(warning)
    kdf = pins.KdfParams.new()
    key = pins.key(new, kdf)
    device_session.ask_for_press(timeout, " to set the PIN; keep it plugged in until then")
    return {**client.set_pin(key, kdf, old, timeout), "warnings": warnings}


def _digits() -> str:
    from ticktap.device import pin as pins

    return prompts.new_secret("PIN for the buttons", pins.KEYS_RULE, pins.check_digits)


def _expect(client: Client, *, there: bool) -> None:
    """Refuses before anything is asked when there is a PIN and should be none, or the other way round."""
    if client.pin()["set"] != there:
        raise (
            Refused("the token has no PIN", "'ticktap pin set' gives it one.")
            if there
            else Refused("the token has a PIN already", "'ticktap pin change' replaces it.")
        )

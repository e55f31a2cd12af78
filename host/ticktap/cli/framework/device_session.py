"""Opens the chosen token for a command, and finds the account that the user means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

import click

from ticktap.cli.framework import device_access
from ticktap.cli.framework.lazy_commands import DEVICE
from ticktap.cli.framework.output import note
from ticktap.device import token_choice
from ticktap.device.client import Client
from ticktap.device.waiting import Waiting
from ticktap.errors import BadInput
from ticktap.otp.account import Listed, match


def waiting() -> Waiting:
    """Returns the waiting policy of commands, which informs the user."""
    return Waiting(tell=note)


def choice() -> str | None:
    """Returns the value of --device; token_choice.open_token reads TICKTAP_DEVICE."""
    chosen: str | None = click.get_current_context().meta.get(DEVICE)
    return chosen


@contextmanager
def open_token() -> Iterator[token_choice.Token]:
    """Opens the chosen token, and closes it at the end."""
    token = token_choice.open_token(choice(), waiting=waiting())
    with token.client:
        yield token


@contextmanager
def open_client() -> Iterator[Client]:
    """Opens a client of the chosen token, and closes it at the end."""
    with open_token() as token:
        yield token.client


@contextmanager
def open_accounts() -> Iterator[token_choice.Token]:
    """Opens the chosen token, unlocked and with permission to list its accounts."""
    with open_token() as token:
        device_access.unlocked(token)
        device_access.to_read(token)
        yield token


@contextmanager
def open_second_tokens(also: Sequence[str]) -> Iterator[list[token_choice.Token]]:
    """Opens the chosen token and those named in `also`, unlocked and with permission to list accounts.

    Raises:
        BadInput: two of the names mean the same token.
    """
    with ExitStack() as stack:
        opened = [stack.enter_context(open_accounts())]
        for name in also:
            token = token_choice.open_token(name, waiting=waiting())
            stack.enter_context(token.client)
            if token.hello["serial"] in [each.hello["serial"] for each in opened]:
                raise BadInput(f"{name!r} is a token that was given already", "Give another with --also.")
            device_access.unlocked(token)
            device_access.to_read(token)
            opened.append(token)
        yield opened


def named(token: token_choice.Token, among: Sequence[token_choice.Token]) -> str:
    """Returns the token's name for a prompt if there are several, else ""."""
    if len(among) == 1:
        return ""
    return f" {token.hello.get('name') or token.hello.get('serial')}"


def listed(client: Client) -> list[Listed]:
    """Returns the token's accounts in its order."""
    return [Listed.from_reply(each) for each in client.accounts()]


def pick(client: Client, wanted: str) -> Listed:
    """Finds the account on the token that matches `wanted` (account.match)."""
    return match(listed(client), wanted)


def account_for_code(token: token_choice.Token, wanted: str | None) -> tuple[int, str]:
    """Returns number and label of the wanted account, or of the default account.

    The default account and bare numbers need no list, which a claimed token shows to its owner only.
    """
    device_access.unlocked(token)
    if not device_access.may_read(token):
        number = token.client.status()["default"] if wanted is None else _number(wanted)
        if number is not None:
            return number, f"account number {number}"
        device_access.to_read(token)
    if wanted:
        chosen = pick(token.client, wanted)
        return chosen.id, chosen.label
    everyone = listed(token.client)
    chosen = next((each for each in everyone if each.default), None) or match(everyone, "")
    return chosen.id, chosen.label


def _number(wanted: str) -> int | None:
    digits = wanted.removeprefix("#")
    return int(digits) if digits.isascii() and digits.isdecimal() else None

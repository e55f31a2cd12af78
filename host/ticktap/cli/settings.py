"""ticktap settings show, ticktap settings set. The token decides on names and values."""

from __future__ import annotations

from typing import Any

import click

from ticktap.cli.framework import device_access, device_session
from ticktap.cli.framework.lazy_commands import Group
from ticktap.device import results
from ticktap.device.settings_table import SETTINGS, help_text
from ticktap.errors import BadInput, NotFound

Data = dict[str, Any]

settings = Group(
    "settings",
    help="Show or change a token's settings.",
    epilog="\b\n" + help_text(),
)


@settings.command("show")
def show() -> results.Settings:
    """Show every setting. 'ticktap settings --help' explains them."""
    with device_session.open_token() as token:
        device_access.to_read(token)
        return token.client.settings()


@settings.command("set")
@click.argument("changes", nargs=-1, required=True, metavar="NAME=VALUE...")
def change(changes: tuple[str, ...]) -> Data:
    """Change all of the given settings or none; after a press, on a token without an owner."""
    wanted = dict(_pair(each) for each in changes)
    with device_session.open_token() as token:
        device_access.unlocked(token)
        device_access.to_read(token)
        known = token.client.settings()
        for name, value in wanted.items():
            if name not in known:
                raise NotFound(f"the token has no setting {name!r}", f"It has: {', '.join(known)}.")
            if name in SETTINGS:
                SETTINGS[name].check(value)
            elif type(value) is not type(known[name]):
                kind = "a number" if isinstance(known[name], int) else "a word"
                raise BadInput(f"{name} must be {kind}, not {value!r}", f"It is {known[name]} now.")
        device_access.to_change(token)
        return token.client.set_settings(wanted)


def _pair(text: str) -> tuple[str, str | int]:
    name, equals, value = text.partition("=")
    if not equals or not name or not value:
        raise BadInput(
            f"{text!r} is not NAME=VALUE", "For example: ticktap settings set layout=fr digits=row"
        )
    return name, int(value) if value.isascii() and value.isdecimal() else value

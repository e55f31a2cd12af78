"""ticktap user enrol: enrols a new account for a user on a token, and stores it in the registry."""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any

import click

from ticktap.cli import account_add, copy_options
from ticktap.cli.framework import device_session
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.errors import TicktapError
from ticktap.otp.account import Account

SECRET_BYTES = 20  # RFC 4226 section 4, R6: 160 bits are recommended
Data = dict[str, Any]


def _text(data: Data) -> str:
    tokens = ", ".join(data["tokens"])
    return f"{data['user']} signs in with {tokens} from now on (account {data['account']})."


@click.command("enrol", cls=Command, text=_text)
@click.argument("name")
@click.option("--issuer", default="ticktap", show_default=True, help="What the account is for.")
@click.option("--hotp", is_flag=True, help="Count presses instead of time; for a token without a clock.")
@copy_options.also_option
@registry_options
def enrol(name: str, issuer: str, hotp: bool, also: tuple[str, ...]) -> Data:
    """Enrol an account with a new secret for a user on a token, after a press.

    The token's first code is checked before the account is stored.
    """
    import secrets

    with ExitStack() as stack:
        registry = stack.enter_context(open_registry())
        name = registry.users.find(name).name
        new = Account(issuer, name, secrets.token_bytes(SECRET_BYTES), "hotp" if hotp else "totp")
        opened = stack.enter_context(device_session.open_second_tokens(also))
        placed = account_add.put(opened, new)
        try:
            for token, (number, proof) in zip(opened, placed, strict=True):
                hello = token.hello
                row = registry.keep(new, hello["serial"], number, name)
                if proof and proof.counter is not None:
                    registry.record_use(row, proof.counter)
                registry.tokens.record(
                    hello["serial"], label=hello.get("name") or "", firmware=hello.get("firmware") or "",
                    holder=name, seen=int(time.time()),
                )  # fmt: skip
        except TicktapError as error:
            error.remedy = f"The account is on the token, but not in the registry. {error.remedy}"
            raise
    return {
        "user": name,
        "account": new.label,
        "tokens": [token.hello["serial"] for token in opened],
        "ids": [number for number, _ in placed],
    }

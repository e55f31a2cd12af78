"""ticktap code, ticktap type: a code, here or typed by the token, after a press of its button."""

from __future__ import annotations

from typing import Any

import click

from ticktap.cli import session
from ticktap.cli.lazy import Command
from ticktap.cli.options import default_account_argument, timeout_option

Data = dict[str, Any]


@click.command("code", cls=Command, text=lambda data: data["code"])
@default_account_argument
@timeout_option
def code(account: str | None, timeout: int) -> Data:
    """Show a code here, after a press of the button.

    Without ACCOUNT, the default account's. Only the code goes to standard output.
    """
    with session.open_token() as token:
        number, label = session.for_a_code(token, account)
        session.ask_for_press(timeout, f" for the code of {label}")
        return {"account": label, "id": number, **token.client.code(number, timeout)}


@click.command("type", cls=Command, text=lambda data: f"Typed the code of {data['account']}.")
@default_account_argument
@timeout_option
def type_code(account: str | None, timeout: int) -> Data:
    """Have a code typed, after a press of the button.

    Without ACCOUNT, the default account's. The token types wherever the cursor is, on the computer it is
    plugged into.
    """
    with session.open_token() as token:
        number, label = session.for_a_code(token, account)
        session.ask_for_press(timeout, f" to have the code of {label} typed")
        return {"account": label, "id": number, **token.client.type(number, timeout)}

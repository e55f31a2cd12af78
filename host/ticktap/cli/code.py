"""ticktap code, ticktap type: a code, here or typed by the token, after a press of its button."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import click

from ticktap.cli.framework import device_session, output
from ticktap.cli.framework.lazy_commands import JSON, Command
from ticktap.cli.framework.options import default_account_argument, timeout_option
from ticktap.wording import counted

Data = dict[str, Any]


def _shown(data: Data) -> str:
    return "" if data["copied"] else str(data["code"])


@click.command("code", cls=Command, text=_shown)
@default_account_argument
@click.option(
    "--copy", is_flag=True, help="Put it into the clipboard, and clear it once it is no longer valid."
)
@timeout_option
@click.pass_context
def code(ctx: click.Context, account: str | None, copy: bool, timeout: int) -> Data:
    """Show a code here, after a press of the button.

    Without ACCOUNT, the default account's. Only the code goes to standard output. With little time left in
    its step, the token waits for the next code. With --copy the command stays until the clipboard is cleared;
    Ctrl-C clears it at once.
    """
    from ticktap.cli.framework import clipboard

    if copy:
        clipboard.needed()
    with device_session.open_token() as token:
        number, label = device_session.for_a_code(token, account)
        device_session.ask_for_press(timeout, f" for the code of {label}")
        answer = token.client.code(number, timeout)
    left = answer.get("remaining")
    if copy:
        _copied(str(answer["code"]), label, clipboard.KEPT_S if left is None else left)
    elif not ctx.meta.get(JSON):
        output.note(
            "Valid until it is used." if left is None else f"Valid for {counted(left, 'more second')}."
        )
    return {"account": label, "id": number, **answer, "copied": copy}


def _copied(code: str, label: str, seconds: float) -> None:
    """Has the code in the clipboard for so long, unless something else is copied meanwhile."""
    from ticktap.cli.framework import clipboard

    with clipboard.holding(code), contextlib.suppress(KeyboardInterrupt):
        output.note(
            f"The code of {label} is in the clipboard. "
            f"It is cleared in {counted(int(seconds), 'second')}, or when you press Ctrl-C."
        )
        time.sleep(seconds)


@click.command("type", cls=Command, text=lambda data: f"Typed the code of {data['account']}.")
@default_account_argument
@timeout_option
def type_code(account: str | None, timeout: int) -> Data:
    """Have a code typed, after a press of the button.

    Without ACCOUNT, the default account's. The token types wherever the cursor is, on the computer it is
    plugged into.
    """
    with device_session.open_token() as token:
        number, label = device_session.for_a_code(token, account)
        device_session.ask_for_press(timeout, f" to have the code of {label} typed")
        return {"account": label, "id": number, **token.client.type(number, timeout)}

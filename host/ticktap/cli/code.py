"""ticktap code, ticktap type: shows a code, or types it with the token, after a press."""

from __future__ import annotations

import contextlib
import time
from typing import Any

import click

from ticktap.cli.framework import device_access, device_session, output
from ticktap.cli.framework.lazy_commands import JSON, Command
from ticktap.cli.framework.options import default_account_argument, timeout_option
from ticktap.wording import counted

Data = dict[str, Any]


def _shown(data: Data) -> str:
    return "" if data["copied"] else str(data["code"])


@click.command("code", cls=Command, text=_shown)
@default_account_argument
@click.option("--copy", is_flag=True, help="Copy the code to the clipboard, and clear it when it expires.")
@timeout_option
@click.pass_context
def code(ctx: click.Context, account: str | None, copy: bool, timeout: int) -> Data:
    """Show a code, after a press of the button.

    Without ACCOUNT, the default account's. Only the code is printed to standard output. If little time
    remains in the time step, the token waits for the next code. With --copy the command waits until the
    clipboard is cleared; Ctrl-C clears it at once.
    """
    from ticktap.cli.framework import clipboard, device_access

    if copy:
        clipboard.require()
    with device_session.open_token() as token:
        number, label = device_session.account_for_code(token, account)
        device_access.ask_for_press(f" for the code of {label}", timeout)
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
    """Copies the code to the clipboard for some seconds; clears it unless something else was copied."""
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
    """Type a code, after a press of the button.

    Without ACCOUNT, the default account's. The token types wherever the cursor is, on the computer that it is
    plugged into.
    """
    with device_session.open_token() as token:
        number, label = device_session.account_for_code(token, account)
        device_access.ask_for_press(f" to type the code of {label}", timeout)
        return {"account": label, "id": number, **token.client.type(number, timeout)}

"""ticktap account list, rename, remove, move, default, suffix; add and import are in other files."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from ticktap.cli import copy_options
from ticktap.cli.framework import device_access, device_session, output, prompts
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.options import account_argument, suffix_choice, timeout_option
from ticktap.errors import BadInput
from ticktap.otp.account import SECRET_BYTES, Account, match
from ticktap.wording import counted

Data = dict[str, Any]

account = Group(
    "account",
    table={
        "add": ("ticktap.cli.account_add:add", "Add an account, and check its first code."),
        "import": ("ticktap.cli.account_import:import_accounts", "Import accounts from other apps' files."),
    },
    help="Add, list and change the accounts on a token.",
)


def _list_text(rows: list[Data]) -> str:
    if not any(row["damaged"] for row in rows):
        rows = [{name: value for name, value in row.items() if name != "damaged"} for row in rows]
    names = {"position": "position", "id": "number"}
    rows = [{names.get(key, key): value for key, value in row.items()} for row in rows]
    return output.table(rows) or "No accounts. Add one with 'ticktap account add'."


@account.command("list", text=_list_text)
def list_accounts() -> list[Data]:
    """List the accounts in the token's order.

    An account's position changes with 'account move'; its number stays the same.
    """
    with device_session.open_accounts() as token:
        listed = device_session.listed(token.client)
        return [{"position": at, **asdict(each)} for at, each in enumerate(listed, start=1)]


@account.command("rename", text=lambda data: f"{data['was']} is now called {data['account']}.")
@account_argument
@click.option("--issuer", help="The new issuer.")
@click.option("--name", help="The new name.")
def rename(account: str, issuer: str | None, name: str | None) -> Data:
    """Change the issuer or the name of an account."""
    if issuer is None and name is None:
        raise click.UsageError("give --issuer, --name or both")
    with device_session.open_accounts() as token:
        chosen = device_session.pick(token.client, account)
        renamed = Account(
            chosen.issuer if issuer is None else issuer,
            chosen.name if name is None else name,
            bytes(SECRET_BYTES[0]),
        )  # checks the limits
        device_access.to_change(token)
        token.client.rename(chosen.id, renamed.issuer, renamed.name)
        return {"id": chosen.id, "was": chosen.label, "account": renamed.label}


def _removed(data: Data) -> str:
    kept = (
        f" A copy of it is still kept on this computer: 'ticktap kept remove {data['id']}' removes it."
        if data["kept"]
        else ""
    )
    return f"Removed {data['account']} from the token.{kept}"


@account.command("remove", text=_removed)
@account_argument
@click.option("--force", is_flag=True, help="Skip the question; the press is still required.")
@timeout_option
def remove(account: str, force: bool, timeout: int) -> Data:
    """Remove an account from the token, after a press. The token cannot give its secret back."""
    with device_session.open_accounts() as token:
        chosen = device_session.pick(token.client, account)
        if not force:
            prompts.confirm(
                f"Remove {chosen.label} (number {chosen.id}) from the token for good?", "Use --force."
            )
        device_access.for_press(token, f" to remove {chosen.label}", timeout)
        token.client.remove(chosen.id, timeout)
        kept = copy_options.is_kept(str(token.hello["serial"]), chosen)
        return {"id": chosen.id, "account": chosen.label, "kept": kept}


@account.command("move", text=lambda data: f"{data['account']} is now at position {data['position']}.")
@account_argument
@click.argument("position", type=click.IntRange(min=1))
def move(account: str, position: int) -> Data:
    """Move an account to POSITION in the token's order; 1 is the first."""
    with device_session.open_accounts() as token:
        listed = device_session.listed(token.client)
        chosen = match(listed, account)
        if position > len(listed):
            raise BadInput(
                f"there is no position {position}: the token has {counted(len(listed), 'account')}",
                f"Give a position from 1 to {len(listed)}. An account's number is not its position.",
            )
        device_access.to_change(token)
        token.client.move(chosen.id, position)
        return {"id": chosen.id, "account": chosen.label, "position": position}


@account.command("default", text=lambda data: f"A click now types {data['account']}.")
@account_argument
def default(account: str) -> Data:
    """Make this the default account, whose code a click types."""
    with device_session.open_accounts() as token:
        chosen = device_session.pick(token.client, account)
        device_access.to_change(token)
        token.client.default(chosen.id)
        return {"id": chosen.id, "account": chosen.label}


@account.command(
    "suffix", text=lambda data: f"After the code of {data['account']} the token presses: {data['suffix']}."
)
@account_argument
@click.argument("suffix", type=suffix_choice, metavar="SUFFIX")
def suffix(account: str, suffix: str) -> Data:
    """Choose the key to press after the code: SUFFIX is none, enter or tab."""
    with device_session.open_accounts() as token:
        chosen = device_session.pick(token.client, account)
        device_access.to_change(token)
        token.client.set_suffix(chosen.id, suffix)
        return {"id": chosen.id, "account": chosen.label, "suffix": suffix}

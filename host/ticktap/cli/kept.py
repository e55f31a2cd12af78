"""ticktap kept list, remove: manages the encrypted copies of accounts on this computer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ticktap.cli import copy_options
from ticktap.cli.framework import output, prompts
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.options import account_argument
from ticktap.errors import Refused

if TYPE_CHECKING:
    from ticktap.registry import StoredAccount

Data = dict[str, Any]

kept = Group("kept", help="List and remove the encrypted copies of accounts on this computer.")


def _list_text(rows: list[Data]) -> str:
    return (
        output.table(rows) or "No copies are kept on this computer. 'ticktap account add --keep' keeps one."
    )


@kept.command("list", text=_list_text)
def list_kept() -> list[Data]:
    """List the copies stored by 'account add --keep', without their secrets.

    They are of all tokens, or of the one that --device names. `id` is the account's number on its token.
    """
    with copy_options.registry() as registry:
        users: dict[int | None, str] = {each.id: each.name for each in registry.users.all()}
        return [_row(each, users.get(each.user_id)) for each in copy_options.of_chosen_token(registry)]


def _row(copy: StoredAccount, user: str | None) -> Data:
    account = copy.account
    return {
        "token": copy.token,
        "id": copy.token_id,
        "issuer": account.issuer,
        "name": account.name,
        "type": account.type,
        "user": user,
    }


@kept.command("remove", text=lambda data: f"Removed the copy of {data['account']} (token {data['token']}).")
@account_argument
@click.option("--force", is_flag=True, help="Skip the question.")
def remove(account: str, force: bool) -> Data:
    """Remove the copy of an account from this computer. The token keeps the account.

    This does not remove a user's account: use 'ticktap user lost' or 'ticktap user reset'.
    """
    from ticktap.otp.account import match

    with copy_options.registry() as registry:
        chosen = match(copy_options.of_chosen_token(registry), account)
        if chosen.user_id is not None:
            raise Refused(
                f"{chosen.account.label} is a user's account: without it the user could not sign in",
                "'ticktap user lost' or 'ticktap user reset' removes it.",
            )
        if not force:
            prompts.confirm(
                f"Remove the copy of {chosen.account.label} (number {chosen.token_id} on token "
                f"{chosen.token})? "
                "The token cannot give the secret back.",
                "Use --force.",
            )
        registry.forget(chosen.row)
        return {"id": chosen.token_id, "account": chosen.account.label, "token": chosen.token}

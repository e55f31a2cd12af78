"""Putting many accounts on a token: the plan shown and asked about, one press, a bar, proofs, a summary."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ticktap.cli import copy_options
from ticktap.cli.framework import device_access, device_session, output, prompts
from ticktap.cli.framework.lazy_commands import JSON
from ticktap.enrolment import bulk_import
from ticktap.enrolment.backup import shape
from ticktap.errors import PartFailed, Refused
from ticktap.formats.result import ImportResult
from ticktap.otp.account import Account

if TYPE_CHECKING:
    from ticktap.device.discovery import Token

Data = dict[str, Any]
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class ImportOptions:
    """What the options say."""

    also: tuple[str, ...]
    dry_run: bool
    same_name: str
    prove: str | None
    keep: bool
    backup: Path | None


class ImportIncomplete(PartFailed):
    """Not all of it could be taken; `data` says what."""

    def __init__(self, data: Data, text: Callable[[Data], str]) -> None:
        count = len(data["refused"])
        rest = "Nothing was changed (--dry-run)." if data["dry_run"] else "The others are on the token."
        super().__init__(
            f"{count} {'entry' if count == 1 else 'entries'} could not be taken",
            f"The list above says why. {rest}",
        )
        self.data = data
        self.text = text


def options(function: Function) -> Function:
    """The options that `account import` and `backup restore` share."""
    for option in reversed(
        (
            copy_options.also_option,
            click.option("--dry-run", is_flag=True, help="Show what would be done, and do nothing."),
            click.option(
                "--same-name",
                type=click.Choice(["ask", "skip", "rename"]),
                default="ask",
                show_default=True,
                help="What to do about an account of a name that another one has.",
            ),
            click.option(
                "--prove",
                type=click.Choice(["none", "one", "all"]),
                help="Check codes of the token, a press for each.  [default: one with --also, else none]",
            ),
            copy_options.keep_option,
            copy_options.backup_option,
        )
    ):
        function = option(function)
    return function


def summary(data: Data) -> str:
    """What was done, for people."""
    done = "would be added" if data["dry_run"] else "added"
    listed = data["added"] if data["dry_run"] else []
    lines = [f"{output.counted(len(data['added']), 'account')} {done}{':' if listed else '.'}"]
    lines += [f"  {each['account']}" for each in listed]
    for key, what in (
        ("there", "already on the token"),
        ("skipped", "left out, because their names are taken"),
        ("proved", "proved by a code"),
    ):
        if data[key]:
            lines.append(f"{len(data[key])} {what}: {', '.join(data[key])}.")
    if data["doubled"]:
        lines.append(f"{len(data['doubled'])} came more than once, and count once.")
    if data["refused"]:
        lines.append(f"{len(data['refused'])} could not be taken:")
        lines += [f"  {each['name']}: {each['reason']}" for each in data["refused"]]
    return "\n".join(lines)


def take_in(found: ImportResult, sources: list[Data], wishes: ImportOptions) -> Data:
    """Puts the accounts on the token, or tokens; returns what was done.

    Raises:
        SomeRefused: all that can be taken is on the token, and something could not be taken.
    """
    for each in found.notes:
        output.note(each)
    with ExitStack() as stack:
        opened = stack.enter_context(device_session.open_second_tokens(wishes.also))
        plans = [_planned(token, found.accounts, wishes) for token in opened]
        data = _told(found, sources, plans, wishes)
        if not wishes.dry_run:
            saved = copy_options.BackupFile.open(wishes.backup) if wishes.backup else None
            numbers = [_put(token, plan, opened) for token, plan in zip(opened, plans, strict=True)]
            data["added"] = [
                {"id": number, "account": each.label}
                for number, each in zip(numbers[0], plans[0].add, strict=True)
            ]
            data["proved"] = _prove(opened, plans, wishes.prove or ("one" if wishes.also else "none"))
            if wishes.keep:
                _keep(opened, plans)
            if saved:
                saved.add([*plans[0].there, *plans[0].add])
    if found.refused:
        raise ImportIncomplete(data, summary)
    return data


def _told(
    found: ImportResult, sources: list[Data], plans: Sequence[bulk_import.Plan], wishes: ImportOptions
) -> Data:
    first = plans[0]
    return {
        "sources": sources,
        "added": [{"id": None, "account": each.label} for each in first.add],
        "there": [each.label for each in first.there],
        "skipped": [each.label for each in first.clashes],
        "doubled": first.doubled,
        "refused": [{"name": each.name, "reason": each.reason} for each in found.refused],
        "warnings": found.notes,
        "proved": [],
        "kept": wishes.keep and not wishes.dry_run,
        "backup": str(wishes.backup) if wishes.backup and not wishes.dry_run else None,
        "dry_run": wishes.dry_run,
    }


def _planned(token: Token, accounts: Sequence[Account], wishes: ImportOptions) -> bulk_import.Plan:
    """The plan for one token, after the questions it raises."""
    listed = device_session.listed(token.client)
    plan = bulk_import.plan(accounts, listed, rename=wishes.same_name == "rename")
    if wishes.same_name != "ask" or wishes.dry_run:
        return plan
    if plan.there:
        _show("on the token already, by name and parameters", plan.there)
        if not prompts.yes("Leave them as they are, and go on with the others?") and sys.stdin.isatty():
            raise Refused("not confirmed; nothing was changed", "Remove or rename them on the token first.")
    if plan.clashes:
        _show("of a name that another account has", plan.clashes)
        if prompts.yes("Add them under other names, like 'name (2)'? Otherwise they are left out."):
            return bulk_import.plan(accounts, listed, rename=True)
    return plan


def _show(what: str, accounts: Sequence[Account]) -> None:
    output.note(f"{len(accounts)} {what}:")
    for each in accounts:
        output.note(f"  {each.label}")


def _put(token: Token, plan: bulk_import.Plan, among: Sequence[Token]) -> list[int]:
    if not plan.add:
        return []
    which = device_session.named(token, among)
    if token.client.clock()["state"] != "ok" and any(each.type != "hotp" for each in plan.add):
        output.note(
            "The token does not know the time and will type no codes: set it with 'ticktap clock sync'."
        )
    device_access.to_change(token, which)
    with _bar(len(plan.add), f"Adding{which and ' to'}{which}") as bar:
        return bulk_import.put(token.client, plan.add, bar.update if bar else lambda _: None)


def _bar(length: int, label: str) -> AbstractContextManager[Any]:
    """A progress bar at a terminal; nothing elsewhere."""
    if not sys.stderr.isatty() or click.get_current_context().meta.get(JSON):
        return nullcontext()
    bar: AbstractContextManager[Any] = click.progressbar(length=length, label=label, file=sys.stderr)
    return bar


def _prove(opened: Sequence[Token], plans: Sequence[bulk_import.Plan], how: str) -> list[str]:
    """Has each token make codes of the same accounts, and checks them; returns the accounts' labels."""
    accounts = [*plans[0].add, *plans[0].there]
    chosen = chosen_to_prove(accounts, how)
    lists = [device_session.listed(token.client) for token in opened] if chosen else []
    for account in chosen:
        for token, listed in zip(opened, lists, strict=True):
            prove_one(token, account, bulk_import.find(account, listed), device_session.named(token, opened))
    return [each.label for each in chosen]


def chosen_to_prove(accounts: Sequence[Account], how: str) -> list[Account]:
    """All, none, or one by chance; a counter-based one only if there is no other: that spends a code."""
    import secrets

    if how == "all":
        return list(accounts)
    usual = [each for each in accounts if each.type != "hotp"] or list(accounts)
    return [secrets.choice(usual)] if how == "one" and usual else []


def prove_one(token: Token, account: Account, listed: Any, which: str) -> None:
    """One code of one account; the token has it under `listed`."""
    if listed is None:
        raise PartFailed(
            f"the token{which} has no account {account.label} of these parameters", "List its accounts."
        )
    bulk_import.check(
        token.client,
        account,
        listed,
        lambda: device_session.ask_for_press(why=f" for a code of {account.label}", which=which),
    )


def _keep(opened: Sequence[Token], plans: Sequence[bulk_import.Plan]) -> None:
    """Keeps copies of all accounts, under the numbers that they have on each token."""
    with copy_options.registry() as registry:
        for token, plan in zip(opened, plans, strict=True):
            kept = {(each.token_id, shape(each.account)) for each in registry.all(token.hello["serial"])}
            listed = device_session.listed(token.client)
            for account in (*plan.there, *plan.add):
                on_token = bulk_import.find(account, listed)
                if on_token and (on_token.id, shape(account)) not in kept:
                    registry.keep(account, token.hello["serial"], on_token.id)

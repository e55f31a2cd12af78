"""Imports many accounts: questions about the plan, one press, a progress bar, checks of codes, a summary."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ticktap.cli import copy_options
from ticktap.cli.framework import device_access, device_session, output, progress_bar, prompts
from ticktap.enrolment import bulk_import
from ticktap.errors import PartFailed, Refused
from ticktap.formats.result import ImportResult
from ticktap.otp.account import Account
from ticktap.wording import counted

if TYPE_CHECKING:
    from ticktap.device.token_choice import Token

Data = dict[str, Any]
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class ImportOptions:
    """The options of an import."""

    also: tuple[str, ...]
    dry_run: bool
    same_name: str
    prove: str | None
    keep: bool
    backup: Path | None


class ImportIncomplete(PartFailed):
    """Some entries could not be imported; `data` lists them."""

    def __init__(self, data: Data, text: Callable[[Data], str]) -> None:
        count = len(data["refused"])
        rest = "Nothing was changed (--dry-run)." if data["dry_run"] else "The others are on the token."
        super().__init__(
            f"{count} {'entry' if count == 1 else 'entries'} could not be imported",
            f"The list above says why. {rest}",
        )
        self.data = data
        self.text = text


def options(function: Function) -> Function:
    """The options that `account import` and `backup restore` share."""
    for option in reversed(
        (
            copy_options.also_option,
            click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing."),
            click.option(
                "--same-name",
                type=click.Choice(["ask", "skip", "rename"]),
                default="ask",
                show_default=True,
                help="What to do with an account whose name is taken.",
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
    """Formats the result of an import."""
    done = "would be added" if data["dry_run"] else "added"
    listed = data["added"] if data["dry_run"] else []
    lines = [f"{counted(len(data['added']), 'account')} {done}{':' if listed else '.'}"]
    lines += [f"  {each['account']}" for each in listed]
    for key, what in (
        ("already_present", "already on the token"),
        ("skipped", "skipped, because their names are taken"),
        ("proved", "checked with a code"),
    ):
        if data[key]:
            lines.append(f"{len(data[key])} {what}: {', '.join(data[key])}.")
    if data["duplicates"]:
        lines.append(f"{len(data['duplicates'])} occurred more than once and were imported once.")
    if data["refused"]:
        lines.append(f"{len(data['refused'])} could not be imported:")
        lines += [f"  {each['name']}: {each['reason']}" for each in data["refused"]]
    return "\n".join(lines)


def run_import(found: ImportResult, sources: list[Data], choices: ImportOptions) -> Data:
    """Adds the accounts to the token, or tokens; returns the result.

    Raises:
        ImportIncomplete: some entries could not be imported; the others are on the token.
    """
    for each in found.notes:
        output.note(each)
    with ExitStack() as stack:
        opened = stack.enter_context(device_session.open_second_tokens(choices.also))
        for token in opened if not choices.dry_run else ():
            device_access.may_have_secret(token)
        plans = [_planned(token, found.accounts, choices) for token in opened]
        data = _report(found, sources, plans, choices)
        if not choices.dry_run:
            saved = copy_options.BackupFile.open(choices.backup) if choices.backup else None
            numbers = [_put(token, plan, opened) for token, plan in zip(opened, plans, strict=True)]
            data["added"] = [
                {"id": number, "account": each.label}
                for number, each in zip(numbers[0], plans[0].add, strict=True)
            ]
            data["proved"] = _prove(opened, plans, choices.prove or ("one" if choices.also else "none"))
            if choices.keep:
                _keep(opened, plans)
            if saved:
                saved.add([*plans[0].already_present, *plans[0].add])
    if found.refused:
        raise ImportIncomplete(data, summary)
    return data


def _report(
    found: ImportResult, sources: list[Data], plans: Sequence[bulk_import.Plan], choices: ImportOptions
) -> Data:
    first = plans[0]
    return {
        "sources": sources,
        "added": [{"id": None, "account": each.label} for each in first.add],
        "already_present": [each.label for each in first.already_present],
        "skipped": [each.label for each in first.conflicts],
        "duplicates": first.duplicates,
        "refused": [{"name": each.name, "reason": each.reason} for each in found.refused],
        "warnings": found.notes,
        "proved": [],
        "kept": choices.keep and not choices.dry_run,
        "backup": str(choices.backup) if choices.backup and not choices.dry_run else None,
        "dry_run": choices.dry_run,
    }


def _planned(token: Token, accounts: Sequence[Account], choices: ImportOptions) -> bulk_import.Plan:
    """Makes the plan for one token, and asks the questions about it."""
    listed = device_session.listed(token.client)
    plan = bulk_import.plan(accounts, listed, rename=choices.same_name == "rename")
    if choices.same_name != "ask" or choices.dry_run:
        return plan
    if plan.already_present:
        _show("already on the token, by name and parameters", plan.already_present)
        if not prompts.yes("Keep these unchanged, and import the others?") and sys.stdin.isatty():
            raise Refused("not confirmed; nothing was changed", "Remove or rename them on the token first.")
    if plan.conflicts:
        _show("with a name that another account has", plan.conflicts)
        if prompts.yes("Add them under other names, like 'name (2)'? Otherwise they are skipped."):
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
            "The token's clock is not set, so it will type no codes: set it with 'ticktap clock sync'."
        )
    device_access.to_change(token, which)
    with progress_bar.steps(f"Adding{which and ' to'}{which}", len(plan.add)) as step:
        return bulk_import.put(token.client, plan.add, step)


def _prove(opened: Sequence[Token], plans: Sequence[bulk_import.Plan], how: str) -> list[str]:
    """Checks codes of the same accounts on each token; returns the accounts' labels."""
    accounts = [*plans[0].add, *plans[0].already_present]
    chosen = bulk_import.to_check(accounts, how)
    lists = [device_session.listed(token.client) for token in opened] if chosen else []
    for account in chosen:
        for token, listed in zip(opened, lists, strict=True):
            prove_one(token, account, bulk_import.find(account, listed), device_session.named(token, opened))
    return [each.label for each in chosen]


def prove_one(token: Token, account: Account, listed: Any, which: str) -> None:
    """Checks one code of an account; `listed` is the token's entry."""
    if listed is None:
        raise PartFailed(
            f"the token{which} has no account {account.label} with these parameters", "List its accounts."
        )
    bulk_import.check(
        token.client,
        account,
        listed,
        lambda: device_access.ask_for_press(f" for a code of {account.label}", which=which),
    )


def _keep(opened: Sequence[Token], plans: Sequence[bulk_import.Plan]) -> None:
    """Stores copies of all accounts, with their numbers on each token."""
    from ticktap.enrolment import account_copies

    with copy_options.registry() as registry:
        for token, plan in zip(opened, plans, strict=True):
            accounts, listed = [*plan.already_present, *plan.add], device_session.listed(token.client)
            account_copies.keep(registry, token.hello["serial"], accounts, listed)

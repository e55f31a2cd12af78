"""Imports many accounts to one or several tokens: plan, addition and check.

A token reports no secret, so an account counts as present if its name and parameters match. So an interrupted
import can continue. Only a code shows whether the secrets are equal (`check`).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ticktap.device.client import Client
from ticktap.enrolment import prove
from ticktap.enrolment.backup import Shape, shape
from ticktap.errors import NotVerified, TicktapError
from ticktap.otp.account import TEXT_BYTES, Account, Listed, normal

Name = tuple[str, str]
Step = Callable[[int], object]  # called with the number of accounts just added


@dataclass
class Plan:
    """What an import will do.

    Args:
        add: accounts to add, in order, with their final names.
        already_present: on the token, by name and parameters.
        conflicts: with a name that another account has, on the token or in the files.
        duplicates: labels of accounts that the files contain more than once; each is imported once.
    """

    add: list[Account] = field(default_factory=list)
    already_present: list[Account] = field(default_factory=list)
    conflicts: list[Account] = field(default_factory=list)
    duplicates: list[str] = field(default_factory=list)


def plan(accounts: Iterable[Account], listed: Iterable[Listed], rename: bool = False) -> Plan:
    """Plans an import.

    Args:
        rename: gives accounts with a taken name another one, `name (2)`; otherwise they are conflicts.
    """
    result = Plan()
    on_token = {(normal(each.issuer), normal(each.name)): shape(each) for each in listed if not each.damaged}
    taken: set[Name] = set()
    for account in _once(accounts, result):
        name = account.issuer, account.name
        if name not in taken and on_token.get(name) == shape(account):
            result.already_present.append(account)
        elif name not in taken and name not in on_token:
            result.add.append(account)
        elif not rename:
            result.conflicts.append(account)
            continue
        else:
            account = _renamed(account, taken, on_token)
            name = account.issuer, account.name
            (result.already_present if name in on_token else result.add).append(account)
        taken.add(name)
    return result


def _once(accounts: Iterable[Account], result: Plan) -> list[Account]:
    """Returns each account once, with its highest counter."""
    seen: dict[tuple[Shape, bytes], Account] = {}
    for each in accounts:
        key = shape(each), each.secret
        if key in seen:
            result.duplicates.append(each.label)
            each = replace(each, counter=max(each.counter, seen[key].counter))
        seen[key] = each
    return list(seen.values())


def _renamed(account: Account, taken: set[Name], on_token: dict[Name, Shape]) -> Account:
    """Returns the account under the first name that is free, or that an earlier import gave it."""
    number = 2
    while True:
        end = f" ({number})"
        room = TEXT_BYTES - len(end.encode())
        name = account.name.encode()[:room].decode(errors="ignore").rstrip() + end
        other = replace(account, name=name)
        present = on_token.get((account.issuer, name))
        if (account.issuer, name) not in taken and present in (None, shape(other)):
            return other
        number += 1


def put(client: Client, accounts: Sequence[Account], step: Step) -> list[int]:
    """Adds accounts without proofs; changes must be permitted. Returns their numbers on the token.

    Raises:
        TicktapError: one could not be added; the message says how many were.
    """
    numbers: list[int] = []
    try:
        for account in accounts:
            numbers.append(client.add(account.to_params()))
            step(1)
    except TicktapError as error:
        error.message += f"; {len(numbers)} of {len(accounts)} accounts were added"
        error.remedy = f"{error.remedy} Then repeat the command: it continues where it stopped.".lstrip()
        raise
    return numbers


def to_check(accounts: Sequence[Account], how: str) -> list[Account]:
    """Selects the accounts of which a code is checked.

    Args:
        how: "all", "none", or "one": a random one; a counter-based one only if there is no other, because the
            check uses a code.
    """
    if how == "all":
        return list(accounts)
    usual = [each for each in accounts if each.type != "hotp"] or list(accounts)
    return [secrets.choice(usual)] if how == "one" and usual else []


def check(client: Client, account: Account, listed: Listed, ask_for_press: Callable[[], None]) -> None:
    """Gets a code from the token after a press, and checks it with this account's secret.

    This uses a code of a counter-based account.

    Raises:
        NotVerified: it has another secret.
        Refused: the button was not pressed in time.
    """
    ask_for_press()
    reply = client.code(listed.id)
    try:
        prove.prove(replace(account, counter=listed.counter), reply)
    except NotVerified:
        raise NotVerified(
            f"the token's {listed.label} has another secret than this one",
            f"Remove it with 'ticktap account remove {listed.id}', and add the right one.",
        ) from None


def find(account: Account, listed: Iterable[Listed]) -> Listed | None:
    """Finds the token's account with the same name and parameters."""
    return next((each for each in listed if shape(each) == shape(account) and not each.damaged), None)

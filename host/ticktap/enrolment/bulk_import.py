"""Many accounts onto one token or several: what to add, what is there, adding it, and making sure.

A token tells no secret, so an account counts as there when its name and parameters are. That makes an import
that was interrupted go on where it stopped. Whether the secrets are the same too is for codes to tell
(`check`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from ticktap.device.client import Client
from ticktap.enrolment import prove
from ticktap.enrolment.backup import Shape, shape
from ticktap.errors import NotVerified, TicktapError
from ticktap.otp.account import TEXT_BYTES, Account, Listed, normal

Name = tuple[str, str]
Step = Callable[[int], object]  # called with the number of accounts that were just dealt with


@dataclass
class Plan:
    """What an import will do.

    Args:
        add: accounts to put on the token, in order, as they will be called.
        there: on the token already, by name and parameters.
        clashes: of a name that another account has, on the token or in the files.
        doubled: labels of accounts that the files had more than once; each is taken once.
    """

    add: list[Account] = field(default_factory=list)
    there: list[Account] = field(default_factory=list)
    clashes: list[Account] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


def plan(accounts: Iterable[Account], listed: Iterable[Listed], rename: bool = False) -> Plan:
    """Sorts accounts by what becomes of them.

    Args:
        rename: gives accounts of a name that is taken another one, `name (2)`; without it they are clashes.
    """
    result = Plan()
    on_token = {(normal(each.issuer), normal(each.name)): shape(each) for each in listed if not each.damaged}
    taken: set[Name] = set()
    for account in _once(accounts, result):
        name = account.issuer, account.name
        if name not in taken and on_token.get(name) == shape(account):
            result.there.append(account)
        elif name not in taken and name not in on_token:
            result.add.append(account)
        elif not rename:
            result.clashes.append(account)
            continue
        else:
            account = _renamed(account, taken, on_token)
            name = account.issuer, account.name
            (result.there if name in on_token else result.add).append(account)
        taken.add(name)
    return result


def _once(accounts: Iterable[Account], result: Plan) -> list[Account]:
    """Each account once, with the highest counter it came with."""
    seen: dict[tuple[Shape, bytes], Account] = {}
    for each in accounts:
        key = shape(each), each.secret
        if key in seen:
            result.doubled.append(each.label)
            each = replace(each, counter=max(each.counter, seen[key].counter))
        seen[key] = each
    return list(seen.values())


def _renamed(account: Account, taken: set[Name], on_token: dict[Name, Shape]) -> Account:
    """The account under the first name that is free, or that is on the token for it since an earlier try."""
    number = 2
    while True:
        end = f" ({number})"
        room = TEXT_BYTES - len(end.encode())
        name = account.name.encode()[:room].decode(errors="ignore").rstrip() + end
        other = replace(account, name=name)
        there = on_token.get((account.issuer, name))
        if (account.issuer, name) not in taken and there in (None, shape(other)):
            return other
        number += 1


def put(client: Client, accounts: Sequence[Account], step: Step) -> list[int]:
    """Adds accounts, without a proof of each; changes must be allowed. Returns their numbers on the token.

    Raises:
        TicktapError: one could not be added; how many were is in its message.
    """
    numbers: list[int] = []
    try:
        for account in accounts:
            numbers.append(client.add(account.to_params()))
            step(1)
    except TicktapError as error:
        error.message += f"; {len(numbers)} of {len(accounts)} accounts were added"
        error.remedy = (
            f"{error.remedy} Then give the same command again: it goes on where it stopped.".lstrip()
        )
        raise
    return numbers


def check(client: Client, account: Account, listed: Listed, ask_for_press: Callable[[], None]) -> None:
    """Has the token make a code, after a press, and checks it here: it has the same secret, and neither is
    shown.

    A counter-based account's code is spent by this, as if it had been typed.

    Raises:
        NotVerified: it has another secret.
        Refused: nobody pressed.
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
    """The account on a token that has this one's name and parameters."""
    return next((each for each in listed if shape(each) == shape(account) and not each.damaged), None)

"""What a user's codes come from: tokens, and phone apps that were set up on the web pages.

A phone app is stored as a token with a made-up serial number, so that it is listed, labelled and revoked like
one.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass

from ticktap.errors import BadInput, NotFound
from ticktap.otp.account import Account
from ticktap.registry.registry import Registry
from ticktap.registry.tokens import TokenRecord
from ticktap.registry.user_names import canonical

_MADE_UP = "APP-"
LONGEST_NAME = 40  # characters


@dataclass(frozen=True, slots=True)
class Authenticator:
    """A token or a phone app of a user.

    Args:
        serial: the serial number of the token, or one that was made up.
        name: its label; empty: it has none.
        accounts: the labels of its accounts whose codes are accepted.
        added: unix time of the last connection or of the set-up.
        held: whether the token is recorded as held by this user.
    """

    serial: str
    name: str
    accounts: tuple[str, ...]
    added: int
    held: bool

    @property
    def made_up(self) -> bool:
        """Whether it was set up on the web pages, where no serial number is known."""
        return self.serial.startswith(_MADE_UP)


def new_serial() -> str:
    """Makes up the serial number of an authenticator that is set up on the web pages."""
    return _MADE_UP + secrets.token_hex(6).upper()


def of(registry: Registry, user: str) -> list[Authenticator]:
    """Returns what a user's codes come from, without lost tokens.

    Raises:
        NotFound: there is no such user.
    """
    number = registry.users.find(user).id
    accounts = registry.of_user(number)
    serials = [each.token for each in accounts] + [each.serial for each in registry.tokens.of(user)]
    labels: dict[str, list[str]] = {serial: [] for serial in serials}
    for each in accounts:
        labels[each.token].append(each.account.label)
    known = {each.serial: each for each in registry.tokens.all()}
    name = canonical(user)
    return [_authenticator(serial, known.get(serial), labels[serial], name) for serial in labels]


def _authenticator(serial: str, record: TokenRecord | None, accounts: list[str], user: str) -> Authenticator:
    if record is None:
        return Authenticator(serial, "", tuple(accounts), 0, False)
    return Authenticator(serial, record.label, tuple(accounts), record.last_seen, record.holder == user)


def add(registry: Registry, user: str, account: Account, serial: str, name: str, counter: int) -> None:
    """Stores a new authenticator whose first code was checked.

    Args:
        serial: from `new_serial`. A second call with the same one changes nothing more.
        name: what the user calls it.
        counter: the time step of the checked code, which is used now.

    Raises:
        BadInput: the name is not valid.
        NotFound: there is no such user.
    """
    name = checked_name(name)
    registry.tokens.record(serial, label=name, holder=user, seen=int(registry.time()))
    row = registry.keep(account, serial, 1, user)
    registry.record_use(row, counter)


def rename(registry: Registry, user: str, serial: str, name: str) -> None:
    """Changes the name of one of a user's authenticators.

    Raises:
        BadInput: the name is not valid.
        NotFound: the user has no such authenticator.
    """
    record, name = held(registry, user, serial), checked_name(name)
    registry.tokens.record(
        serial, label=name, firmware=record.firmware, holder=record.holder, seen=record.last_seen
    )


def revoke(registry: Registry, user: str, serial: str) -> int:
    """Revokes one of a user's authenticators, whose codes are refused then; returns how many accounts it had.

    Raises:
        NotFound: the user has no such authenticator.
    """
    if any(record.serial == serial for record in registry.tokens.of(user)):
        return registry.tokens.mark_lost(serial)
    own = [each for each in registry.of_user(registry.users.find(user).id) if each.token == serial]
    if not own:
        raise _unknown(user, serial)
    for each in own:
        registry.forget(each.row)
    actor = registry.actor
    detail = {"token": serial, "forgotten": len(own)}
    registry.audit.add("token-lost", user=user, who=actor.who, origin=actor.origin, detail=detail)
    return len(own)


def held(registry: Registry, user: str, serial: str) -> TokenRecord:
    """Returns a token that a user holds.

    Raises:
        NotFound: the user does not hold it.
    """
    for record in registry.tokens.of(user):
        if record.serial == serial:
            return record
    raise _unknown(user, serial)


def _unknown(user: str, serial: str) -> NotFound:
    return NotFound(
        f"the user {canonical(user)} has no token {serial}", "'ticktap inventory' shows who has which."
    )


def checked_name(text: str) -> str:
    """Returns a name on one line.

    Raises:
        BadInput: it is empty or too long.
    """
    name = unicodedata.normalize("NFC", " ".join(text.split()))
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadInput("the name is not valid", f"Use 1 to {LONGEST_NAME} characters on one line.")
    return name

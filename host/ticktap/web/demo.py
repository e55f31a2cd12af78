"""`ticktap serve --demo`: a temporary registry with four users, and a simulated token."""

from __future__ import annotations

import contextlib
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ticktap.otp import Account
from ticktap.registry import Actor, Registry, authenticators
from ticktap.registry.passwords import Passwords
from ticktap.registry.roles import Role, Roles
from ticktap.web.demo_token import DemoToken

_PEOPLE: tuple[tuple[str, str, Role | None], ...] = (
    ("admin", "Ada Admin", "admin"),
    ("helpdesk", "Hiro Helpdesk", "help-desk"),
    ("ann", "Ann Example", None),
    ("ben", "Ben Sample", None),
)
_WITHOUT_TOKEN = "ben"
_CODE_MINUTES = 1440
_WORDS = (
    "amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "hazel", "indigo", "juniper", "kelp",
    "lilac", "maple", "nectar", "olive", "pebble", "quartz", "river", "saffron", "thistle", "umber", "violet",
    "willow",
)  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Person:
    """One of the demo's people.

    Args:
        code: a temporary code, for a person without a token; empty: the token has the account.
    """

    name: str
    role: str
    password: str
    code: str


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo."""

    registry: Registry
    token: DemoToken
    people: tuple[Person, ...]


@contextlib.contextmanager
def running(issuer: str) -> Iterator[Demo]:
    """Makes the registry and the token; removes both at the end.

    Args:
        issuer: the name of the service in the accounts.
    """
    with tempfile.TemporaryDirectory(prefix="ticktap-demo-", ignore_cleanup_errors=True) as folder:
        registry = Registry.open(Path(folder) / "registry.db", actor=Actor("demo", ""), syslog="")
        token = DemoToken()
        try:
            registry.set_policy("issued_minutes", _CODE_MINUTES)
            people = tuple(_person(registry, token, issuer, *each) for each in _PEOPLE)
            yield Demo(registry, token, people)
        finally:
            token.close()
            registry.close()


def _person(
    registry: Registry, token: DemoToken, issuer: str, name: str, full_name: str, role: Role | None
) -> Person:
    registry.users.add(name, full_name=full_name)
    password = "-".join(secrets.choice(_WORDS) for _ in range(4))
    Passwords(registry).set(name, password)
    if role is not None:
        Roles(registry).set(name, role)
    code = ""
    if name == _WITHOUT_TOKEN:
        code, _ = registry.factors.issue_code(name, "demo")
    else:
        account = Account(issuer, name, secrets.token_bytes(20))
        number = token.add(name, account)
        serial = authenticators.new_serial()  # as if each user had a separate token
        registry.tokens.record(serial, label="Demo token", holder=name, seen=int(registry.time()))
        registry.keep(account, serial, number, name)
    return Person(name, role or "user", password, code)

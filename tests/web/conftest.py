"""A site on a new registry, whose time stands still until a test moves it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from ticktap.otp import Account, code_at
from ticktap.registry import Actor, Registry, passwords
from ticktap.registry.passwords import Passwords
from ticktap.registry.roles import Role, Roles
from ticktap.web.app import build
from ticktap.web.config import Config
from ticktap.web.rate_limit import RateLimit
from ticktap.web.site import Site
from web.visitor import Visitor

URL = "https://id.example.org"
PASSWORD = "correct horse battery"
SECRET = b"12345678901234567890"


class Desk:
    """A site, its registry and its users."""

    def __init__(self, folder: Path, config: Config, where: str = "") -> None:
        self.now = 1_800_000_000.0
        self.registry = Registry.open(
            where or folder / "registry.db", folder / "registry.key", Actor("test", "desk"),
            time=lambda: self.now, syslog="",
        )  # fmt: skip
        self.config = config
        self.site = Site.of(self.registry, config)
        self.site.limit = RateLimit(lambda: self.now, burst=1000)
        self.app = build(self.site)
        self._running = TestClient(self.app, base_url=URL)
        self._running.__enter__()

    def visitor(self, language: str = "en", address: str = "192.0.2.7") -> Visitor:
        """A new browser."""
        client = TestClient(self.app, base_url=URL, client=(address, 50000))
        client.portal = self._running.portal  # one event loop and its threads for all browsers
        return Visitor(client, language)

    def user(self, name: str, role: Role | None = None, token: bool = True) -> str:
        """Adds a user with a password, and an account that `code` computes the codes of."""
        self.registry.users.add(name)
        Passwords(self.registry).set(name, PASSWORD)
        if role is not None:
            Roles(self.registry).set(name, role)
        if token:
            self.registry.tokens.record(f"SERIAL-{name}", label="Key ring", holder=name, seen=int(self.now))
            self.registry.keep(self.account(name), f"SERIAL-{name}", 1, name)
        return name

    def account(self, name: str) -> Account:
        """The account of a user."""
        return Account("ticktap", name, SECRET + name.encode())

    def code(self, name: str) -> str:
        """A new code of a user's token: the time moves to the next time step."""
        self.now += 30
        return code_at(self.account(name), int(self.now) // 30)

    def signed_in_anyhow(self, name: str) -> Visitor:
        """A browser in which a user has tried to sign in."""
        return self.visitor().name_and_password(name, PASSWORD).code(self.code(name))

    def signed_in(self, name: str, language: str = "en") -> Visitor:
        """A browser in which a user has signed in."""
        visitor = self.visitor(language).name_and_password(name, PASSWORD).code(self.code(name))
        assert visitor.path == "/security", visitor.text
        return visitor

    def events(self, name: str) -> list[str]:
        """What the audit log has about a user."""
        return [line.event.what for line in self.registry.audit.lines(name)]

    def close(self) -> None:
        """Ends the site, and closes the registry."""
        self._running.__exit__()
        self.registry.close()


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2id with the smallest parameters, instead of 64 MiB."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", lambda: cheap)
    passwords._dummy.cache_clear()


@pytest.fixture
def config() -> Config:
    """The configuration; a test may override this fixture."""
    return Config(public_url=URL)


@pytest.fixture
def desk(tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A site without users."""
    monkeypatch.setenv("TICKTAP_HOME", str(tmp_path / "home"))  # for the history of clocks
    made = Desk(tmp_path, config)
    yield made
    made.close()

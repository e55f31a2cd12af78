"""What all requests share."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ticktap.registry import Actor, Registry
from ticktap.registry.passwords import Passwords
from ticktap.registry.sealed_values import key_for
from ticktap.registry.web_sessions import WebSessions
from ticktap.verifier import SignIn
from ticktap.web.config import Config
from ticktap.web.once import Once
from ticktap.web.rate_limit import RateLimit
from ticktap.web.seals import Seals
from ticktap.web.templating import Templates

if TYPE_CHECKING:
    from ticktap.web.demo_token import DemoToken
    from ticktap.web.outcome import Outcome


@dataclass(slots=True, repr=False)
class Site:
    """The parts of a running instance. Make one with `Site.of`.

    Args:
        registry: an open registry; requests use it under their user's name (`registry_for`).
        demo: the simulated token of `serve --demo`; None: there is none.
    """

    config: Config
    registry: Registry
    sign_in: SignIn
    passwords: Passwords
    sessions: WebSessions
    seals: Seals
    templates: Templates
    limit: RateLimit
    once: Once[Outcome]
    demo: DemoToken | None = None

    @classmethod
    def of(cls, registry: Registry, config: Config, demo: DemoToken | None = None) -> Site:
        """Makes a site.

        Raises:
            KeyFileError: the registry's key file is missing, readable by others, or another registry's.
            RegistryError: the registry is damaged or out of reach.
        """
        from ticktap.clock.history import record_code

        sign_in = SignIn(registry, record_code)
        with registry.reading() as tx:
            key = key_for(tx.keys, "pages")
        passwords = Passwords(registry)
        passwords.check("", "")  # makes the hash for unknown users, so that the first takes no longer
        return cls(
            config, registry, sign_in, passwords, WebSessions(registry), Seals(key),
            Templates(config), RateLimit(time.monotonic), Once(time.monotonic), demo,
        )  # fmt: skip

    def registry_for(self, who: str, origin: str) -> Registry:
        """Returns the registry with another actor, for the audit log."""
        found = copy.copy(self.registry)
        found.actor = Actor(who, origin)
        return found

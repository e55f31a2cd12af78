"""The registry: users, their tokens and accounts, used counters, and the audit log.

`Registry.open` opens it, in one SQLite file or in PostgreSQL. ticktap.verifier checks codes against it.
"""

from ticktap.registry.database import Actor
from ticktap.registry.engine import RegistryError
from ticktap.registry.registry import Registry
from ticktap.registry.stored_accounts import StoredAccount

__all__ = ["Actor", "Registry", "RegistryError", "StoredAccount"]

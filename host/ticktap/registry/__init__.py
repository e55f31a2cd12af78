"""The registry: users, their tokens and accounts, used counters, and the audit log.

`Registry` opens it, in one SQLite file or in PostgreSQL. No code is judged here; ticktap.verifier does that.
"""

from ticktap.registry.engine import RegistryError
from ticktap.registry.registry import Actor, Registry
from ticktap.registry.stored_accounts import StoredAccount

__all__ = ["Actor", "StoredAccount", "Registry", "RegistryError"]

"""The registry: users, their tokens and accounts, used counters, and the audit log.

`Registry.open` opens it, in one SQLite file or in PostgreSQL. ticktap.verifier checks codes against it.
"""

from ticktap.registry.audit_chain import Event
from ticktap.registry.audit_log import Audit, AuditLine
from ticktap.registry.database import Actor
from ticktap.registry.engine import RegistryError
from ticktap.registry.factors import AppPassword, Factors
from ticktap.registry.integrity import AuditCheck
from ticktap.registry.policy import Policy
from ticktap.registry.registry import Registry
from ticktap.registry.sealed_row import Tampered
from ticktap.registry.stored_accounts import StoredAccount
from ticktap.registry.tokens import LostAccount, TokenRecord, Tokens
from ticktap.registry.user import User
from ticktap.registry.users import Users

__all__ = [
    "Actor",
    "AppPassword",
    "Audit",
    "AuditCheck",
    "AuditLine",
    "Event",
    "Factors",
    "LostAccount",
    "Policy",
    "Registry",
    "RegistryError",
    "StoredAccount",
    "Tampered",
    "TokenRecord",
    "Tokens",
    "User",
    "Users",
]

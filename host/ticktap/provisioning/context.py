"""What provisioning needs besides the token: rows, progress file, registry and operator.

Protocols only; a terminal, a test or a service implements them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ticktap.clock.history import ClockHistory
from ticktap.clock.host_sync_status import HostSyncStatus
from ticktap.clock.system_time import HostTime
from ticktap.otp.account import Account, Hidden
from ticktap.provisioning.manifest import ManifestRow
from ticktap.provisioning.progress import ProgressEntry, ProvisionProgress


class RegistryUser(Protocol):
    """One user of a registry."""

    @property
    def id(self) -> int:
        """The registry's number for the user."""

    @property
    def name(self) -> str:
        """The present name."""


class Users(Protocol):
    """The users of a registry."""

    def add(self, name: str, *, methods: Sequence[str] = ..., networks: Sequence[str] = ...) -> RegistryUser:
        """Creates a user. Refused: the name is taken."""

    def find(self, name: str) -> RegistryUser:
        """Finds a user by name. NotFound: there is none."""

    def all(self) -> Sequence[RegistryUser]:
        """Returns all users."""


class TokenRecords(Protocol):
    """The tokens of a registry."""

    def record(
        self,
        serial: str,
        *,
        label: str = "",
        firmware: str = "",
        holder: str | None = None,
        seen: int,
        pin: str | None = None,
    ) -> None:
        """Stores a token, new or known."""

    def all(self) -> Sequence[Any]:
        """Each with serial, label, firmware, holder, last_seen, lost and pin."""

    def mark_lost(self, serial: str) -> int:
        """Removes the accounts of a lost token; returns how many."""

    def lost_accounts(self, serial: str) -> Sequence[Mapping[str, Any]]:
        """Returns the accounts that a lost token had, without secrets."""


class Registry(Protocol):
    """The parts of a registry that provisioning uses."""

    @property
    def users(self) -> Users:
        """The users."""

    @property
    def tokens(self) -> TokenRecords:
        """The tokens and their holders."""

    def keep(self, account: Account, token: str, token_id: int, user: str | None = None) -> int:
        """Stores an account; returns its row."""

    def all(self, token: str | None = None) -> Sequence[Any]:
        """Returns the stored accounts of a token, each with row, token_id and account."""

    def forget(self, row: int) -> None:
        """Removes one account."""

    def record_use(self, row: int, counter: int, drift: int | None = None) -> bool:
        """Records a used counter."""


class Operator(Protocol):
    """Messages to the operator, from any thread. An exception ends the work on that token."""

    def waits(self, serial: str) -> None:
        """The token waits for the press that chooses it."""

    def chosen(self, serial: str, row: ManifestRow) -> None:
        """The token was pressed, and gets this row."""

    def press(self, serial: str, row: ManifestRow, why: str) -> None:
        """The token waits for another press."""

    def reached(self, serial: str, row: ManifestRow, step: str) -> None:
        """A step was completed."""

    def note(self, serial: str, row: ManifestRow, text: str) -> None:
        """Information for the operator."""

    def new_pin(self, row: ManifestRow) -> str:
        """Asks for the PIN of this row."""

    def deliver(self, serial: str, row: ManifestRow, account: Account, pin: str | None) -> None:
        """Writes label and sheet durably, and shows the generated PIN, which is not stored."""


@dataclass(frozen=True)
class ProvisionContext:
    """What provisioning needs besides the token.

    Args:
        master: the owner's key, 32 bytes, of all tokens.
        host, source: this computer's clock and its sync status.
    """

    progress: ProvisionProgress
    registry: Registry
    history: ClockHistory
    operator: Operator
    master: Hidden
    host: HostTime
    source: HostSyncStatus


class RowSource(Protocol):
    """The unfinished rows (job_queue.py)."""

    def any_left(self) -> bool:
        """Whether a row is free for a new token."""

    def take(self) -> ManifestRow | None:
        """Takes the next free row."""

    def give_back(self, row: ManifestRow, entry: ProgressEntry | None) -> None:
        """Returns a row; with an `entry` it waits for that token, or is finished."""

    def of_token(self, entry: ProgressEntry) -> ManifestRow | None:
        """Takes the row that this token was begun for; None: it is in another manifest."""

"""What work on a token needs besides the token: the rows, journal and registry, and who does the talking.

Only shapes: a terminal, a test or a service brings its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from ticktap.clock.history import ClockHistory
from ticktap.clock.host_sync_status import HostSyncStatus
from ticktap.clock.system_time import HostTime
from ticktap.otp.account import Account, Hidden
from ticktap.provisioning.manifest import ManifestRow
from ticktap.provisioning.progress import ProgressEntry, ProvisionProgress


class Users(Protocol):
    """The users of a registry."""

    def add(self, name: str, *, methods: Sequence[str] = ..., networks: Sequence[str] = ...) -> Any:
        """Makes one. Refused: the name is taken."""

    def find(self, name: str) -> Any:
        """One of that name. NotFound: there is none."""


class TokenRecords(Protocol):
    """The tokens of a registry."""

    def record(
        self, serial: str, *, label: str = "", firmware: str = "", holder: str | None = None, seen: int
    ) -> None:
        """Writes one down, new or known."""

    def all(self) -> Sequence[Any]:
        """Each with serial, label, firmware, holder and last_seen."""

    def lose(self, serial: str) -> int:
        """Forgets the accounts of one that is nobody's any more; how many."""


class Registry(Protocol):
    """What provisioning needs of a registry."""

    @property
    def users(self) -> Users:
        """Who signs in."""

    @property
    def tokens(self) -> TokenRecords:
        """The tokens there are, and who holds them."""

    def keep(self, account: Account, token: str, token_id: int, user: str | None = None) -> int:
        """Keeps an account; returns its row."""

    def all(self, token: str | None = None) -> Sequence[Any]:
        """What is kept of a token, each with row, token_id and account."""

    def forget(self, row: int) -> None:
        """Forgets one account."""

    def record_use(self, row: int, counter: int, drift: int | None = None) -> bool:
        """Spends a counter."""


class Operator(Protocol):
    """Who does the talking, from any thread. An exception ends the work on that token."""

    def waits(self, serial: str) -> None:
        """This token waits for the press that chooses it."""

    def chosen(self, serial: str, row: ManifestRow) -> None:
        """It was pressed, and is to be this row's."""

    def press(self, serial: str, row: ManifestRow, why: str) -> None:
        """It waits for another press."""

    def reached(self, serial: str, row: ManifestRow, step: str) -> None:
        """Something was done, in a word or two."""

    def note(self, serial: str, row: ManifestRow, text: str) -> None:
        """Something that the person should know."""

    def new_pin(self, row: ManifestRow) -> str:
        """The PIN that the person chooses for this row."""

    def deliver(self, serial: str, row: ManifestRow, account: Account, pin: str | None) -> None:
        """Writes label and sheet, and shows the PIN that was made, which is nowhere else; durably."""


@dataclass(frozen=True)
class ProvisionContext:
    """What work on a token needs besides the token.

    Args:
        master: the owner's key, 32 bytes, of all tokens.
        host, source: this computer's clock, and who keeps it.
    """

    journal: ProvisionProgress
    registry: Registry
    history: ClockHistory
    desk: Operator
    master: Hidden
    host: HostTime
    source: HostSyncStatus


class RowSource(Protocol):
    """The rows that are not finished (batch.py)."""

    def any_left(self) -> bool:
        """Whether one is free for a new token."""

    def take(self) -> ManifestRow | None:
        """The next free one, from now on this caller's."""

    def give_back(self, row: ManifestRow, entry: ProgressEntry | None) -> None:
        """This caller's no more; with an `entry`, it waits for that token, or is finished."""

    def of_token(self, entry: ProgressEntry) -> ManifestRow | None:
        """The row that this token was begun for; None: it is of another manifest."""

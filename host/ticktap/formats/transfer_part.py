"""One of the transfer codes that hold the accounts of a Google Authenticator export."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """One transfer code: its batch, index and size, and its accounts as encoded messages."""

    batch: int
    index: int
    size: int
    entries: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Part({self.index + 1} of {self.size}, {len(self.entries)} accounts)"

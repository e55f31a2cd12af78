"""The state of a live view: the token as last polled, the chosen account, and a code until it expires.

It contains state only and does no I/O. `now` is in seconds of a monotonic clock.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ticktap.clock.offset_estimator import Offset
from ticktap.device import results
from ticktap.otp.account import Listed

Data = dict[str, Any]

KEPT = 30.0  # seconds that a counter-based code is shown, because it does not expire


@dataclass(frozen=True)
class AccountRow:
    """An account in the view. period: seconds; 0 if it has none, or it is unknown."""

    id: int
    label: str
    period: int = 0
    default: bool = False
    damaged: bool = False

    @classmethod
    def of(cls, listed: Listed) -> AccountRow:
        """Makes the row of a listed account."""
        return cls(listed.id, listed.label, listed.period, listed.default, listed.damaged)


@dataclass(frozen=True)
class Shown:
    """A code shown until `until`, for at most `whole` seconds. Its repr omits the code."""

    label: str
    code: str = field(repr=False)
    until: float
    whole: float


@dataclass(frozen=True)
class Wanted:
    """An account whose code waits for a press until `until`. period: as in AccountRow."""

    id: int
    label: str
    period: int
    until: float


@dataclass
class View:
    """A token and the user's choices. Texts are as the token sent them; render.py makes them safe.

    Args:
        clock: the state in CLOCK of docs/protocol.md; "" while nothing was seen.
        offset: token time minus this computer's; None when not known.
        synced: unix time of the last sync, None when none is known.
        accounts: in the token's order; None when the token shows them to its owner only.
        last: the result of the last press, as in `status`.
        message: the last event in the view, for the user.
    """

    name: str = ""
    serial: str = ""
    plugged: bool = False
    maintenance: bool = False
    claimed: bool = False
    pin: bool = False
    locked: bool = False
    clock: str = ""
    offset: Offset | None = None
    synced: int | None = None
    warnings: list[str] = field(default_factory=list)
    accounts: list[Listed] | None = field(default_factory=list)
    default: int | None = None
    last: str = "none"
    message: str = ""
    chosen: int | None = None
    wanted: Wanted | None = None
    shown: Shown | None = None

    @property
    def entries(self) -> list[AccountRow]:
        """The accounts to choose from. Without the owner key it is the default account, with its name
        hidden.
        """
        if not self.plugged or self.locked:
            return []
        if self.accounts is not None:
            return [AccountRow.of(each) for each in self.accounts]
        return (
            []
            if self.default is None
            else [AccountRow(self.default, f"account number {self.default}", 0, True)]
        )

    @property
    def entry(self) -> AccountRow | None:
        """The chosen entry; without a valid choice the default account, or the first."""
        entries = self.entries
        fitting = [each for each in entries if each.id == self.chosen] or [
            each for each in entries if each.default
        ]
        return next(iter(fitting or entries), None)

    def choose(self, step: int) -> None:
        """Moves the choice by `step` entries, within the list. Removes a shown code."""
        entries, entry = self.entries, self.entry
        if entry is None:
            return
        at = max(0, min(len(entries) - 1, entries.index(entry) + step))
        if entries[at].id != entry.id:
            self.wipe()
        self.chosen = entries[at].id

    def show(self, wanted: Wanted, answer: results.Code, now: float, unix: float) -> None:
        """Shows the code of a `code.get` result until its time step ends; `unix` is this computer's time."""
        left = KEPT
        if "remaining" in answer:
            left = float(answer["remaining"])
            if self.offset is not None:  # the token reports whole seconds; the offset is more precise
                ends = answer["unix"] + answer["remaining"]
                left = max(0.0, min(left, ends - unix - self.offset.seconds))
        self.message, self.wanted = "", None
        self.shown = Shown(wanted.label, str(answer["code"]), now + left, max(left, wanted.period))

    def tick(self, now: float) -> None:
        """Removes an expired code."""
        if self.shown is not None and now >= self.shown.until:
            self.message = f"The code of {self.shown.label} has expired."
            self.shown = None

    def wipe(self) -> None:
        """Removes the code and the message."""
        self.shown, self.message = None, ""

    def lost(self) -> None:
        """Marks the token as unplugged, and removes what it showed."""
        self.wipe()
        self.plugged, self.wanted, self.offset, self.clock = False, None, None, ""

    def left(self, entry: AccountRow, unix: float) -> float | None:
        """Returns the seconds left in the entry's time step, by the token's clock; None if unknown."""
        if not entry.period or self.offset is None or self.clock != "ok":
            return None
        return entry.period - (unix + self.offset.seconds) % entry.period

    def document(self) -> Data:
        """Returns the JSON document for programs, without the code."""
        hidden = self.accounts is None or self.locked or not self.plugged
        return {
            "plugged": self.plugged,
            "name": self.name,
            "serial": self.serial,
            "mode": "maintenance" if self.maintenance else "normal",
            "claimed": self.claimed,
            "pin": self.pin,
            "locked": self.locked,
            "clock": self.clock or None,
            "synced": self.synced,
            "warnings": list(self.warnings),
            "accounts": None if hidden else [asdict(each) for each in self.accounts or ()],
            "default": self.default,
            "last": self.last,
        }

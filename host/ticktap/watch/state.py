"""What a live view of a token knows: the token as last seen, the account chosen, a code until it expires.

State only: nothing here talks to a token or draws. `now` is in seconds of a clock that only goes forward.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from ticktap.clock.offset_estimator import Offset
from ticktap.otp.account import Listed

Data = dict[str, Any]

KEPT = 30.0  # seconds that a counter-based code is shown: it does not expire by itself


@dataclass(frozen=True)
class AccountRow:
    """An account in the view. period: seconds in a step; 0 where it has none, or none is known."""

    id: int
    label: str
    period: int = 0
    default: bool = False
    damaged: bool = False

    @classmethod
    def of(cls, listed: Listed) -> AccountRow:
        """That of an account as the token lists it."""
        return cls(listed.id, listed.label, listed.period, listed.default, listed.damaged)


@dataclass(frozen=True)
class Shown:
    """A code on the screen until `until`, which is at most `whole` seconds. Its repr does not have it."""

    label: str
    code: str = field(repr=False)
    until: float
    whole: float


@dataclass(frozen=True)
class Wanted:
    """An account whose code waits for a press until `until`. period: as Entry's."""

    id: int
    label: str
    period: int
    until: float


@dataclass
class View:
    """A token and what a person does with it. Texts are as the token sent them: drawing makes them safe.

    Args:
        clock: the state in CLOCK of docs/protocol.md; "" while nothing was seen.
        offset: token time minus this computer's; None when not known.
        synced: unix time of the last sync, None when none is known.
        accounts: in the token's order; None when the token shows them to its owner only.
        last: what became of the last press, as `status` has it.
        message: what happened last in the view, for the person.
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
        """What can be chosen. Without the owner's key that is the default account, whose name is hidden."""
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
        """The entry chosen; without a choice that still stands the default, or the first."""
        entries = self.entries
        fitting = [each for each in entries if each.id == self.chosen] or [
            each for each in entries if each.default
        ]
        return next(iter(fitting or entries), None)

    def choose(self, step: int) -> None:
        """Goes `step` entries down, or up, and stops at the ends. A code that is shown is gone."""
        entries, entry = self.entries, self.entry
        if entry is None:
            return
        at = max(0, min(len(entries) - 1, entries.index(entry) + step))
        if entries[at].id != entry.id:
            self.wipe()
        self.chosen = entries[at].id

    def show(self, wanted: Wanted, answer: Data, now: float, unix: float) -> None:
        """Shows the code of a `code.get` answer until its step ends; `unix` is this computer's time."""
        left = KEPT
        if "remaining" in answer:
            left = float(answer["remaining"])
            if self.offset is not None:  # the token tells whole seconds; with the offset we know better
                ends = answer["unix"] + answer["remaining"]
                left = max(0.0, min(left, ends - unix - self.offset.seconds))
        self.message, self.wanted = "", None
        self.shown = Shown(wanted.label, str(answer["code"]), now + left, max(left, wanted.period))

    def tick(self, now: float) -> None:
        """Lets time pass: a code that has expired is gone."""
        if self.shown is not None and now >= self.shown.until:
            self.message = f"The code of {self.shown.label} has expired."
            self.shown = None

    def wipe(self) -> None:
        """Forgets the code and what was said."""
        self.shown, self.message = None, ""

    def lost(self) -> None:
        """The token is not there any more: nor is what it showed."""
        self.wipe()
        self.plugged, self.wanted, self.offset, self.clock = False, None, None, ""

    def left(self, entry: AccountRow, unix: float) -> float | None:
        """Seconds left in the entry's step, by the token's clock; None where that is not known."""
        if not entry.period or self.offset is None or self.clock != "ok":
            return None
        return entry.period - (unix + self.offset.seconds) % entry.period

    def document(self) -> Data:
        """What programs are told: never a code."""
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

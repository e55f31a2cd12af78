"""The results of the protocol's methods, as dicts with known keys (docs/protocol.md describes each value).

`unix` is in seconds, UTC. `None` is JSON's null. A test compares these types with what a token returns.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict, get_args, get_type_hints, is_typeddict

ClockState = Literal["ok", "absent", "other", "bus", "stopped", "early"]
StoreState = Literal["ok", "blank", "foreign", "newer", "no-key", "unread"]
LastPress = Literal[
    "none", "typed", "waiting", "no-account", "clock", "no-host", "host-stopped", "store", "locked"
]
AccountType = Literal["totp", "hotp", "steam"]
Algorithm = Literal["SHA1", "SHA256", "SHA512"]
Suffix = Literal["none", "enter", "tab"]
Settings = dict[str, int | str]  # every setting by name (settings_table.py)


class Nothing(TypedDict):
    """The result of a method that only does something."""


class Limits(TypedDict):
    """What a token accepts, in bytes."""

    line: int
    reply: int
    text: int
    secret: int


class Hello(TypedDict):
    """HELLO: the token's identity."""

    protocol: int
    product: str
    firmware: str
    circuitpython: str
    board: str
    serial: str
    name: str
    mode: Literal["normal", "maintenance"]
    claimed: bool
    locked: bool
    limits: Limits


class Clock(TypedDict):
    """CLOCK: the clock's state, its time and how far it may be set."""

    state: ClockState
    unix: int | None
    temperature: float | None  # degrees Celsius
    aging: int | None
    ms: list[int] | None  # the least and the greatest possible position within the second
    sets: int
    moved_ms: int
    adjustment_left_ms: int


class PinState(TypedDict):
    """PIN: whether one is set, and how many attempts are left."""

    set: bool
    locked: bool
    tries: int | None
    erases: bool
    replug: bool
    keys: bool


class PinInfo(PinState):
    """PIN and, if one is set, the salt (base64) and the parameters of Argon2id."""

    salt: NotRequired[str]
    memory: NotRequired[int]  # KiB
    passes: NotRequired[int]
    lanes: NotRequired[int]


class StoreStatus(TypedDict):
    """The store: its state, and its sizes in bytes."""

    state: StoreState
    size: int
    used: int
    live: int
    damaged: int
    file: bool
    file_reason: str | None


class HostStatus(TypedDict):
    """The computer that the token is plugged into."""

    connected: bool
    num_lock: bool | None
    caps_lock: bool | None
    digits: Literal["keypad", "row", "switch"] | None


class AccessStatus(TypedDict):
    """Whether the token has an owner, and what a change requires."""

    claimed: bool
    changes: Literal["open", "press", "owner"]


class Status(TypedDict):
    """STATUS: the token's state."""

    clock: Clock
    accounts: int
    default: int | None
    store: StoreStatus
    host: HostStatus
    access: AccessStatus
    pin: PinState
    last: LastPress
    free_heap: int
    uptime: int  # seconds
    reset: str
    faults: int
    fault: str
    fault_at: str
    form: Literal["compiled", "source"]


class ListedAccount(TypedDict):
    """ACCOUNT as the token sends it: without the parameters that have their defaults."""

    id: int
    issuer: str
    name: str
    type: NotRequired[AccountType]
    algorithm: NotRequired[Algorithm]
    digits: NotRequired[int]
    period: NotRequired[int]
    counter: NotRequired[int]
    suffix: NotRequired[Suffix]
    default: NotRequired[bool]
    damaged: NotRequired[bool]


class AccountEntry(TypedDict):
    """ACCOUNT with its defaults."""

    id: int
    issuer: str
    name: str
    type: AccountType
    algorithm: Algorithm
    digits: int
    period: int  # seconds; 0 for HOTP
    counter: int
    suffix: Suffix
    default: bool
    damaged: NotRequired[bool]


class AccountPage(TypedDict):
    """A page of the list of accounts."""

    accounts: list[ListedAccount]
    next: int | None


class Added(TypedDict):
    """A new account."""

    id: int


class Code(TypedDict):
    """A code: with `unix` and `remaining` (seconds) for TOTP and Steam, with `counter` for HOTP."""

    code: str
    unix: NotRequired[int]
    remaining: NotRequired[int]
    counter: NotRequired[int]


class ProvedAccount(Code):
    """A new account and its first code."""

    id: int


class Typed(TypedDict):
    """Whether the computer accepted the last report."""

    typed: bool


class Cancelled(TypedDict):
    """Whether a request was waiting for a press."""

    cancelled: bool


class StoredNote(TypedDict):
    """The sync note, with the token's time and count of settings when it stored it; None if there is none."""

    unix: int | None
    sets: int | None
    note: str | None


class Nonce(TypedDict):
    """The token's nonce and the salt of its owner's key (16 bytes each, base64; None without an owner)."""

    nonce: str
    salt: str | None


class Proof(TypedDict):
    """The token's proof (32 bytes, base64)."""

    mac: str


def keys(kind: Any) -> set[str]:
    """Returns the keys of a result's type, with those of the objects inside it."""
    if not is_typeddict(kind):
        return set().union(*(keys(each) for each in get_args(kind)))
    hints = get_type_hints(kind)
    return set(hints).union(*(keys(each) for each in hints.values()))

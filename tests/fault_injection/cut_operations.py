"""The operations whose power is cut: what is done, and what it makes of the token's state.

To add one, add an `Operation` to OPERATIONS: `act` does it through a Hand, `after` changes a copy of the
state that was read before into the one that must be read after.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fault_injection.cut_token import Hand, State
from support.canaries import Mark

# What every situation has (cut_situations.py), by id.
TARGET, SPENT, FRESH, STEAM, FIFTH = 1, 2, 3, 4, 5
TARGET_MARK, SPENT_MARK, FRESH_MARK, STEAM_MARK, NEW = map(
    Mark, ("cut target", "cut spent", "cut fresh", "cut steam", "cut new")
)
COUNTING = {SPENT: SPENT_MARK, FRESH: FRESH_MARK}  # accounts with a counter
Act = Callable[[Hand], object]


def nothing(hand: Hand) -> None:
    """For an operation that needs nothing prepared."""


def same(state: State) -> None:
    """For one that changes nothing that can be read."""


@dataclass(frozen=True)
class Operation:
    """`prepare` is done before the power is ever cut; `gone` are ids whose records `act` takes away; `midway`
    are states between before and after that `act`, being several operations, goes through.
    """

    name: str
    act: Act
    after: Callable[[State], object] = same
    prepare: Act = nothing
    gone: tuple[int, ...] = ()
    midway: tuple[Callable[[State], object], ...] = ()


def of(state: State, id: int) -> State:
    """The account with this id."""
    found: State = next(account for account in state["accounts"] if account["id"] == id)
    return found


def make_default(state: State, id: int) -> None:
    for account in state["accounts"]:
        account["default"] = account["id"] == id


def append(state: State) -> None:
    """The new account, whose id nobody can foretell."""
    new = {"id": None, "issuer": "Example", "name": "new", "type": "hotp", "algorithm": "SHA1"}
    more = {"digits": 6, "period": 0, "counter": 9, "suffix": "tab", "default": not state["accounts"]}
    state["accounts"].append({**new, **more})


def take_out(state: State) -> None:
    was_default = of(state, TARGET)["default"]
    state["accounts"].remove(of(state, TARGET))
    if was_default:
        make_default(state, state["accounts"][0]["id"])


def move_first_to_third(state: State) -> None:
    state["accounts"].insert(2, state["accounts"].pop(0))


def forget_all(state: State) -> None:
    state.update(name="", accounts=[])
    state["settings"]["inter_key_ms"] = 0


CHANGED = {"min_remaining_s": 5, "long_press_ms": 1000, "layout": "fr"}

OPERATIONS = [
    Operation(
        "add",
        lambda hand: hand.enrol("new", NEW, type="hotp", counter=9, suffix="tab"),
        append,
    ),
    Operation(
        "rename",
        lambda hand: hand.change("account.rename", id=TARGET, issuer="Other", name="renamed"),
        lambda state: of(state, TARGET).update(issuer="Other", name="renamed"),
    ),
    Operation("remove", lambda hand: hand.remove(TARGET), take_out, gone=(TARGET,)),
    Operation(
        "move",
        lambda hand: hand.change("account.move", id=TARGET, position=3),
        move_first_to_third,
    ),
    Operation(
        "default",
        lambda hand: hand.change("account.default", id=STEAM),
        lambda state: make_default(state, STEAM),
    ),
    Operation(
        "suffix",
        lambda hand: hand.change("account.set", id=TARGET, suffix="enter"),
        lambda state: of(state, TARGET).update(suffix="enter"),
    ),
    Operation(
        "settings, three at once",
        lambda hand: hand.change("settings.set", **CHANGED),
        lambda state: state["settings"].update(CHANGED),
    ),
    Operation(
        "token name",
        lambda hand: hand.change("token.rename", name="another"),
        lambda state: state.update(name="another"),
    ),
    Operation(
        "HOTP click, the account's first",
        lambda hand: hand.click(),
        lambda state: of(state, FRESH).update(counter=of(state, FRESH)["counter"] + 1),
        prepare=lambda hand: hand.change("account.default", id=FRESH),
    ),
    Operation(
        "HOTP click, one of many",
        lambda hand: hand.click(),
        lambda state: of(state, SPENT).update(counter=of(state, SPENT)["counter"] + 1),
        prepare=lambda hand: hand.change("account.default", id=SPENT),
    ),
    Operation(
        "HOTP code for the host",
        lambda hand: hand.pressed("code.get", id=FRESH),
        lambda state: of(state, FRESH).update(counter=of(state, FRESH)["counter"] + 1),
    ),
    Operation("compaction", lambda hand: hand.pressed("store.compact")),
    Operation(
        "reset", lambda hand: hand.pressed("store.reset"), forget_all, gone=(TARGET, SPENT, FRESH, STEAM)
    ),
]

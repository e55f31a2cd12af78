"""PIN, owner and clock: more of the operations whose power is cut (cut_operations.py)."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from fault_injection.cut_operations import FRESH, SPENT, STEAM, TARGET, Operation
from fault_injection.cut_token import NOON, OWNER, PINS, Hand, State
from ticktap.device.owner_session import encoded
from ticktap.device.pin import KdfParams
from ticktap.errors import ClockGuarded, Locked, WrongPin

EVERYTHING = (TARGET, SPENT, FRESH, STEAM)
FIRST, SECOND, WRONG = *PINS, bytes(64)
BUTTONS = "2413"
LEAST_TRIES = 3  # the lowest value of the setting `max_pin_failures`


def set_pin(hand: Hand, key: bytes = FIRST, **old: str) -> None:
    kdf = KdfParams(bytes(16))
    made = {"salt": encoded(kdf.salt), "memory": kdf.memory}
    made |= {"passes": kdf.passes, "lanes": kdf.lanes}
    hand.pressed("pin.set", key=encoded(key), **made, **old)
    hand.pin = PINS.index(key)
    hand.look_at_tries()


def have_pin(hand: Hand) -> None:
    """Prepares a token with one."""
    set_pin(hand)
    hand.find_traces()


def remove_pin(hand: Hand) -> None:
    hand.pressed("pin.remove", old=encoded(FIRST))
    hand.pin = 0
    hand.look_at_tries()


def claim(hand: Hand) -> None:
    hand.press_for("token.claim")
    hand.client.claim(OWNER, hand.token.serial)
    hand.prove()


def release(hand: Hand) -> None:
    hand.pressed("token.release")
    hand.client.session = None


def few_tries(hand: Hand) -> None:
    hand.change("settings.set", max_pin_failures=LEAST_TRIES)
    have_pin(hand)


def guess(hand: Hand, times: int = 1) -> None:
    """Wrong PINs, as many as that; the last may erase."""
    for _ in range(times):
        try:
            hand.call("pin.unlock", key=encoded(WRONG))
        except (WrongPin, Locked):
            continue
        raise AssertionError("a wrong PIN unlocked")
    hand.look_at_tries()


def set_clock(hand: Hand) -> None:
    hand.press_for("clock.allow")
    hand.client.allow_clock()
    hand.change("clock.set", unix=NOON + 3600)


def set_clock_by_little(hand: Hand) -> None:
    """Within the budget. A token that has to make room first refuses: the second is over by then."""
    with suppress(ClockGuarded):
        hand.change("clock.set", unix=hand.call("clock.get")["unix"] + 1)
        return
    hand.change("clock.set", unix=hand.call("clock.get")["unix"] + 1)


def with_pin(state: State) -> None:
    state["pin"].update(set=True)
    state["tries"] = state["settings"]["max_pin_failures"]


def without_pin(state: State) -> None:
    state["pin"].update(set=False, keys=False)
    state["tries"] = None


def another_pin(state: State) -> None:
    state["pin key"] = 1


def tries(left: int) -> Callable[[State], object]:
    return lambda state: state.update(tries=left)


ONE_TRY = (tries(7),)  # a right PIN whose try was cut off counts as a wrong one


def erased(state: State) -> None:
    state["accounts"] = []
    without_pin(state)


RIGHTS = [
    Operation("PIN set", set_pin, with_pin, gone=EVERYTHING),
    Operation(
        "PIN changed",
        lambda hand: set_pin(hand, SECOND, old=encoded(FIRST)),
        another_pin,
        prepare=have_pin,
        gone=EVERYTHING,
        midway=ONE_TRY,
    ),
    Operation(
        "PIN removed",
        remove_pin,
        without_pin,
        prepare=have_pin,
        gone=EVERYTHING,
        midway=ONE_TRY,
    ),
    Operation(
        "PIN for the buttons",
        lambda hand: hand.pressed("pin.keys", digits=BUTTONS),
        lambda state: state["pin"].update(keys=True),
        prepare=have_pin,
        midway=ONE_TRY,
    ),
    Operation("a wrong PIN", guess, tries(7), prepare=have_pin),
    Operation(
        "the last wrong PIN",
        lambda hand: guess(hand, LEAST_TRIES),
        erased,
        prepare=few_tries,
        gone=EVERYTHING,
        midway=(tries(2), tries(1)),
    ),
    Operation("claim", claim, lambda state: state.update(claimed=True)),
    Operation("release", release, lambda state: state.update(claimed=False), prepare=claim),
    Operation(
        "remove, by the owner, with a PIN",
        lambda hand: hand.remove(STEAM),
        lambda state: state["accounts"].remove(next(a for a in state["accounts"] if a["id"] == STEAM)),
        prepare=lambda hand: (have_pin(hand), claim(hand)),
        gone=(STEAM,),
        midway=ONE_TRY,
    ),
    Operation(
        "clock set with a press", set_clock, lambda state: state.update({"clock set": state["clock set"] + 1})
    ),
    Operation(
        "clock set without one",
        set_clock_by_little,
        lambda state: state.update({"clock set": state["clock set"] + 1}),
        prepare=set_clock,
    ),
]

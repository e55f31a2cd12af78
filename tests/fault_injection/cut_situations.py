"""The tokens on which operations are cut: flash images, made over the wire as people make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from fault_injection.cut_operations import (
    FIFTH,
    FRESH,
    FRESH_MARK,
    SPENT,
    SPENT_MARK,
    STEAM,
    STEAM_MARK,
    TARGET,
    TARGET_MARK,
    Act,
    nothing,
)
from fault_injection.cut_token import Hand
from fault_injection.flash_recording import Tape
from support.canaries import Canary
from ticktap.errors import TicktapError

RENEWS = 6  # a checkpoint erases three sectors; more is a renewal of everything
LARGE = "x" * 58  # names of 64 bytes and a secret of 128: some 300 such accounts fill the store file


def few(hand: Hand, prepare: Act) -> bytes:
    """Five accounts, a name and a setting, all in the log."""
    hand.start()
    assert hand.enrol("target", TARGET_MARK) == TARGET
    assert hand.enrol("spent", SPENT_MARK, type="hotp", counter=40) == SPENT
    assert hand.enrol("fresh", FRESH_MARK, type="hotp", counter=7) == FRESH
    assert hand.enrol("steam", STEAM_MARK, type="steam") == STEAM
    assert hand.enrol("fifth", Canary("cut fifth")) == FIFTH
    hand.change("token.rename", name="desk")
    hand.change("settings.set", inter_key_ms=3)
    for _ in range(3):
        hand.pressed("code.get", id=SPENT)
    prepare(hand)
    return hand.cut()


def log_full(hand: Hand, prepare: Act) -> bytes:
    """The next record, however short, does not fit into the log; nothing is in the store file yet."""
    return fill(hand, few(hand, prepare), 1)


def log_full_again(hand: Hand, prepare: Act) -> bytes:
    """The same with everything in the store file's segments: the next one takes over the log."""
    hand.start(log_full(hand, prepare))
    rewrite_default(hand)
    return fill(hand, hand.cut(), 1)


def store_file_full(hand: Hand, prepare: Act) -> bytes:
    """The store file takes no more than another account or two, and the next record has everything moved."""
    hand.start(few(hand, prepare))
    number = 0
    try:
        while True:
            number += 1
            hand.enrol(f"{number:06}{LARGE}", Canary(f"cut large {number}", 128))
    except TicktapError:
        last = hand.client.accounts()[-1]["id"]
        for id in (last, last - 1):
            hand.remove(id)
    return fill(hand, hand.cut(), RENEWS)


def recovering(hand: Hand, prepare: Act) -> bytes:
    """A removal was cut when it had been decided; the next start moves everything else."""
    return cut_removal(hand, log_full_again(hand, prepare), 0.5)


def recovering_late(hand: Hand, prepare: Act) -> bytes:
    """The same, cut while what the removal had left behind was being wiped."""
    return cut_removal(hand, log_full_again(hand, prepare), 0.85)


SITUATIONS: dict[str, Callable[[Hand, Act], bytes]] = {
    "few accounts": few,
    "log full": log_full,
    "log full again": log_full_again,
    "store file full": store_file_full,
    "recovering": recovering,
    "recovering, late": recovering_late,
}
SHORT = ["few accounts", "recovering"]


def fill(hand: Hand, flash: bytes, erases: int) -> bytes:
    """Writes short records until one has the flash erase so many sectors; what there was before that one."""
    hand.start(flash)
    while True:
        before, count = hand.token.flash.data, hand.token.flash.erases
        rewrite_default(hand)
        if hand.token.flash.erases - count >= erases:
            hand.cut()
            return before


def rewrite_default(hand: Hand) -> None:
    """A record of the shortest kind, which changes nothing."""
    hand.change("account.default", id=hand.call("status")["default"])


def cut_removal(hand: Hand, flash: bytes, share: float) -> bytes:
    """What a cut leaves in a removal of the fifth account, at a share of its flash operations."""
    hand.start(flash)
    tape = Tape(hand.token)
    hand.remove(FIFTH)
    tape.stop()
    hand.cut()
    cuts = list(tape.cuts([0.5]))
    return cuts[int(len(cuts) * share)].image


@dataclass(frozen=True)
class Made:
    """A situation's flash, and pieces of its accounts' records by id, as they are on it."""

    flash: bytes
    traces: dict[int, bytes]


def build(name: str, drive: Path, prepare: Act = nothing) -> Made:
    """A situation; `prepare` has been done in it."""
    hand = Hand(drive)
    try:
        return Made(SITUATIONS[name](hand, prepare), hand.traces)
    finally:
        hand.close()

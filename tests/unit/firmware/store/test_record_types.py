"""Wrong PINs counted from what a run was spent with, torn bytes among them."""

import itertools

import pytest

from fob.store import record_types
from fob.store.log import UNARY, Log, StoreFull
from fob.store.record_types import ATTEMPTED, UNLOCKED, failures
from support.nvm_cells import Cells, PowerCut


@pytest.mark.parametrize(
    ("before", "run", "count"),
    [
        (0, "", 0),
        (3, "", 3),
        (0, "TT", 2),
        (5, "T", 6),
        (5, "TO", 0),
        (0, "TTOT", 1),
        (2, "TTTOTTOT", 1),
        (255, "TT", 257),
    ],
)
def test_failures(before, run, count):
    data = bytes(ATTEMPTED if each == "T" else UNLOCKED for each in run)
    assert failures(before, data) == failures(before, data + b"\xff" * 9) == count


def torn(byte):
    """Every byte that a cut can leave of programming this one: some of its zeros, no others."""
    return {left for left in range(256) if left & byte == byte}


def test_neither_byte_can_be_what_a_cut_left_of_the_other():
    assert UNLOCKED not in torn(ATTEMPTED)
    assert ATTEMPTED not in torn(UNLOCKED)


@pytest.mark.parametrize("left", sorted(torn(ATTEMPTED) - {ATTEMPTED}))
def test_a_torn_try_is_no_try(left):
    """The PIN had not been looked at yet."""
    assert failures(2, bytes([ATTEMPTED, left])) == 3
    assert failures(2, bytes([ATTEMPTED, left, ATTEMPTED])) == 4


@pytest.mark.parametrize("left", sorted(torn(UNLOCKED) - {UNLOCKED}))
def test_a_torn_opening_frees_nothing(left):
    """The PIN was right, and its try stays counted: that costs its owner one, and an attacker gains none."""
    assert failures(2, bytes([ATTEMPTED, left])) == 3


def test_a_cut_in_every_byte_of_a_run_counts_each_try_that_was_answered():
    for budget in range(60):
        cells = Cells(budget=None)
        log = Log(cells)
        list(log.read())
        at = log.append(record_types.PIN_ATTEMPTS, b"\x00\x20")
        cells.budget, done = budget, 0
        try:
            for _ in range(40):
                log.increment(at, ATTEMPTED)
                done += 1
                if budget % 7 == 6:
                    log.increment(at, UNLOCKED)
                    done = 0
        except (PowerCut, StoreFull):
            pass
        cells.budget = None
        again = Log(cells)
        list(again.read())
        found = failures(0, again.unary_bytes(at))
        assert found == done, budget


def test_no_kind_is_used_twice_and_runs_are_marked():
    kinds = {
        name: value
        for name, value in vars(record_types).items()
        if name.isupper()
        and isinstance(value, int)
        and name not in ("ATTEMPTED", "UNLOCKED", "UNARY", "STUB_SIZE", "COUNTER_VALUE_SIZE")
    }
    for (_, one), (_, other) in itertools.combinations(kinds.items(), 2):
        assert one & ~UNARY != other & ~UNARY
    assert {name for name, kind in kinds.items() if kind & UNARY} == {"UNARY_COUNTER", "PIN_ATTEMPTS"}

"""The power cut at every flash operation of everything a token does, on the whole simulated chip.

An operation is recorded once, from power-on, and cut everywhere (flash_recording.py). What each cut leaves is
given to the same unchanged firmware, which must come back with the state from before or after: read over the
wire, pressed, its drive compared, its flash searched.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pyotp

from fault_injection.cut_operations import COUNTING, Operation
from fault_injection.cut_situations import Made
from fault_injection.cut_token import Hand, State
from fault_injection.flash_recording import FRACTIONS, Cut, Tape
from ticktap.errors import TicktapError

MOST_DAMAGED = 2  # records that a cut left torn; two where an earlier cut had left one


@dataclass
class Tally:
    """What came of the cuts of one operation in one situation."""

    operation: str
    situation: str
    operations: int = 0  # of the flash
    cuts: int = 0
    images: int = 0  # different things that the cuts left: each was booted
    before: int = 0
    after: int = 0
    lost: list[str] = field(default_factory=list)

    def count(self, kind: str) -> None:
        """Takes in one cut: "before", "after", or what was wrong."""
        self.cuts += 1
        self.before += kind == "before"
        self.after += kind == "after"
        if kind not in ("before", "after"):
            self.lost.append(kind)


class Case:
    """One operation in one situation: recorded, and ready to be cut. Use as a context manager."""

    def __init__(self, operation: Operation, situation: str, made: Made, drive: Path) -> None:
        self.operation = operation
        self.tally = Tally(operation.name, situation)
        self.hand = Hand(drive)
        self.traces = [made.traces[id] for id in operation.gone]
        self.before = self._first_look(made.flash)
        self.after = copy.deepcopy(self.before)
        operation.after(self.after)
        self.midway = [copy.deepcopy(self.before) for _ in operation.midway]
        for change, state in zip(operation.midway, self.midway, strict=True):
            change(state)
        self.tape = self._record(made.flash)
        self.tally.operations = len(self.tape.steps)

    def __enter__(self) -> Case:
        return self

    def __exit__(self, *_: object) -> None:
        self.hand.close()

    def _first_look(self, flash: bytes) -> State:
        self.hand.start(flash)
        self.hand.keep_drive()
        assert all(trace in self.hand.token.flash.data for trace in self.traces)
        return self.hand.state()

    def _record(self, flash: bytes) -> Tape:
        """From power-on, because a start may have something to finish, to the end of the operation."""
        self.hand.boot(flash, wait=False)
        tape = Tape(self.hand.token)
        self.hand.wait()
        self.hand.connect()
        self.operation.act(self.hand)
        tape.stop()
        found = self.hand.state()
        self._learn_new_id(found)
        assert found == self.after, f"{self.tally.operation} makes {differences(found, self.after)}"
        assert not self._left_over(), "a secret that was removed is on the flash"
        return tape

    def _learn_new_id(self, found: State) -> None:
        for account, wanted in zip(found["accounts"], self.after["accounts"], strict=False):
            if wanted["id"] is None:
                assert account["id"] > max(known["id"] for known in self.before["accounts"])
                wanted["id"] = account["id"]

    # --- cutting

    def run(self, fractions: Iterable[float] = FRACTIONS) -> Tally:
        """Cuts everywhere."""
        kinds: dict[int, str] = {}
        for cut in self.tape.cuts(fractions):
            if cut.key not in kinds:
                kinds[cut.key] = self._tried(cut)
            self.tally.count(kinds[cut.key])
        self.tally.images += len(kinds)
        return self.tally

    def sample(self, count: int) -> Tally:
        """Cuts in so many places, evenly chosen of those that leave something else each."""
        cuts = list({cut.key: cut for cut in self.tape.cuts()}.values())
        count = min(count, len(cuts))
        for number in range(count):
            self.tally.count(self._tried(cuts[round(number * (len(cuts) - 1) / max(1, count - 1))]))
        self.tally.images += count
        return self.tally

    def again(self) -> Tally:
        """Cuts the operation in the middle of each flash operation, and every recovery from that."""
        kinds: dict[int, str] = {}
        first = {cut.key: cut for cut in self.tape.cuts([0.5])}
        for cut in first.values():
            for second in self._recovery(cut).cuts([0.0, 0.5]):
                if second.key not in kinds:
                    kinds[second.key] = self._tried(second)
                self.tally.count(kinds[second.key])
        self.tally.images += len(kinds)
        return self.tally

    def _recovery(self, cut: Cut) -> Tape:
        """What the flash does from power-on to the first answer after a cut. What was out stays out."""
        self.hand.boot(cut.image, wait=False)
        tape = Tape(self.hand.token, cut.out)
        self.hand.wait()
        self.hand.connect()
        tape.stop()
        return tape

    def _tried(self, cut: Cut) -> str:
        """ "before", "after", or what is wrong and where."""
        try:
            return self._judged(cut)
        except (AssertionError, TicktapError, TimeoutError, OSError) as error:
            where = f"{cut.number} of {len(self.tape.steps)}, {cut.fraction:.0%} of the next"
            return f"{self.operation.name}, {self.tally.situation}, cut at {where}: {error}"

    def _judged(self, cut: Cut) -> str:
        hand = self.hand
        assert hand.drive_is_whole(cut.image), "the cut spoilt the drive"
        hand.start(cut.image)
        found = hand.state()
        assert found in (self.before, *self.midway, self.after), (
            f"neither before nor after: {differences(found, self.after)}"
        )
        assert hand.damaged() <= MOST_DAMAGED, f"{hand.damaged()} stretches damaged"
        if found == self.after and self.operation.gone:
            assert not self._left_over(), "a secret that was removed is on the flash"
        self._press(found, cut)
        assert hand.drive_is_whole(hand.token.flash.data), "recovery spoilt the drive"
        hand.start(hand.cut())
        again = hand.state()
        assert again["settings"] == found["settings"] and len(again["accounts"]) == len(found["accounts"])
        return "after" if found == self.after else "before"

    def _press(self, found: State, cut: Cut) -> None:
        """A code of each account with a counter: the counter's own, and none that has been out already."""
        for account in found["accounts"]:
            mark = COUNTING.get(account["id"])
            if mark is None:
                continue
            result = self.hand.pressed("code.get", id=account["id"])
            code, counter = result["code"], result["counter"]
            assert counter == account["counter"], "another counter than was listed"
            assert code == pyotp.HOTP(mark.base32).at(counter), "a wrong code"
            assert code.encode() not in cut.out, "a counter used twice"

    def _left_over(self) -> bool:
        """Whether a secret that the operation takes away is anywhere on the flash."""
        flash = self.hand.token.flash.data
        return any(trace in flash for trace in self.traces)


def differences(found: State, wanted: State) -> str:
    """The names of what is not as wanted."""
    return ", ".join(name for name in found if found[name] != wanted[name])

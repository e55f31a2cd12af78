"""Adding, listing and removing accounts on a token with few and with many, and the flash that they use."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from bench import board
from bench.row import Row
from bench.run import Run
from emulated.token import PRESS_MS, EmulatedToken
from ticktap.device.client import Client
from ticktap.errors import TicktapError

TITLE = "Accounts"
ABOUT = (
    "One token with a store file, filled over its port with accounts of a 20-byte secret and 23 to 26 bytes"
    " of names, until it has 1,000 or refuses. `account.add` is the median of ten accounts at each size; the"
    " longest is one that found the log full. An import lists what is there and adds; a removal counts from"
    " the release of the button."
)
EMULATED = True

SIZES = (0, 100, 250, 1000)
IMPORTED = 250
SAMPLE = 10
PRESS_AT_MS, ANSWER_S = 1_200, 60
ADD_BUDGET_MS, LONGEST_BUDGET_MS, IMPORT_BUDGET = 50, 1000, 45
LIST_BUDGETS_MS = {100: None, 250: 800, 1000: 3500}
REMOVE_BUDGETS_MS = {250: 800, 1000: 2500}
LIST_FLOOR_MS = 0.6  # an account's eight blocks of AES and two key schedules
LIST_WHY = "the interpreter: some 2.1 ms of bytecode for each account, and collections"
IMPORT_WHY = (
    "for each account 7 ms of bytecode (JSON, parameters, encryption, one record), 4 ms of USB and host, 3 ms"
    " of collections; and five times 0.35 s to move a full log"
)
SEAL_FLOOR_IS = "AES in C for each account"
ADD_FLOOR_MS = 2.5  # 1.5 ms of JSON and base64 for such a line, 0.5 ms to program a page, the USB frames
FLOOR_IS = "JSON, base64 and one page programmed"


def rows(run: Run) -> Iterator[Row]:
    usual: dict[int, float] = {}
    lists: dict[int, float] = {}
    removals: dict[int, float] = {}
    rate = None
    longest, held, why = 0.0, 0, ""
    bytes_at: dict[int, int] = {}
    with board.powered(run.flash(store_file=True)) as token:
        client = board.connect(token)
        fill = _Filling(token, client)
        began = token.ms
        client.accounts()
        for size in SIZES:
            try:
                fill.up_to(size)
                before = held = size
                bytes_at[size] = client.status()["store"]["live"]
                if size == IMPORTED:
                    rate = size / ((token.ms - began) / 1000)
                if size in LIST_BUDGETS_MS:
                    lists[size] = board.took(token, client.accounts)
                if size in REMOVE_BUDGETS_MS:
                    removals[size] = fill.remove_one(size // 2)
                sample = fill.up_to(size + SAMPLE)
                usual[size] = statistics.median(sample)
                held = before + SAMPLE
            except TicktapError as error:
                held, why = fill.count, f"number {fill.count + 1}: {error}"
                break
        longest = fill.longest
    for size, ms in usual.items():
        yield Row(f"account.add at {size:,} accounts", ms, "ms", ADD_BUDGET_MS, ADD_FLOOR_MS, FLOOR_IS)
    yield Row(
        "longest account.add of all",
        longest,
        "ms",
        LONGEST_BUDGET_MS,
        why="the first full log looks for the sectors of the store file, and makes the first segment",
    )
    if rate is not None:
        name = f"import of {IMPORTED} accounts"
        yield Row(name, rate, "/s", IMPORT_BUDGET, at_least=True, why=IMPORT_WHY)
    for size, ms in lists.items():
        name, floor = f"account.list of {size:,} accounts, all pages", LIST_FLOOR_MS * size
        yield Row(name, ms, "ms", LIST_BUDGETS_MS[size], floor, SEAL_FLOOR_IS, why=LIST_WHY)
    for size, ms in removals.items():
        yield Row(f"account.remove of one in {size:,}", ms, "ms", REMOVE_BUDGETS_MS[size])
    few, many = sorted(bytes_at)[0], sorted(bytes_at)[-1]
    if few != many:
        yield Row(
            "flash per account",
            (bytes_at[many] - bytes_at[few]) / (many - few),
            "B",
            80,
            len("Example") + len("user100@mail.test") + 20,
            "its names and its secret",
            f"as live bytes of the store, from {few} to {many:,} accounts; encrypted (16 B) and checked",
        )
    yield Row("accounts held", held, "", SIZES[-1], at_least=True, why=why)


class _Filling:
    """A token to which accounts are added."""

    def __init__(self, token: EmulatedToken, client: Client) -> None:
        self._token, self._client = token, client
        self.count = 0
        self.longest = 0.0

    def up_to(self, count: int) -> list[float]:
        """Adds accounts up to `count`; returns the emulated ms that each took."""
        times = []
        while self.count < count:
            times.append(board.took(self._token, lambda: board.enrol(self._client, self.count)))
            self.count += 1
        self.longest = max([self.longest, *times])
        return times

    def remove_one(self, id: int) -> float:
        """Removes an account after a press, and adds another one; returns the ms from the release."""
        self._token.press_later(PRESS_AT_MS)
        params = {"id": id}
        ms = board.took(self._token, lambda: self._client.call("account.remove", params, ANSWER_S))
        board.enrol(self._client, self.count)
        return ms - PRESS_AT_MS - PRESS_MS

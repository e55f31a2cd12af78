"""Adding accounts to few and to many, listing them, and what they take."""

from __future__ import annotations

import statistics
from collections.abc import Iterator

from bench import board
from bench.row import Row
from bench.run import Run
from emulated.token import EmulatedToken
from ticktap.client import Client
from ticktap.errors import TicktapError

TITLE = "Accounts"
ABOUT = (
    "One token with a vault, filled over its port with accounts of a 20-byte secret and 23 to 26 bytes of"
    " names, until it has 1,000 or refuses. `account.add` is the median of ten accounts at each size; the"
    " longest is one that found the log full."
)
EMULATED = True

SIZES = (0, 100, 250, 1000)
LISTED = (100, 250)
SAMPLE = 10
ADD_BUDGET_MS, LONGEST_BUDGET_MS, LIST_BUDGET_MS = 50, 1500, 3000
ADD_FLOOR_MS = 2.5  # 1.5 ms of JSON and base64 for such a line, 0.5 ms to program a page, the USB frames
FLOOR_IS = "JSON, base64 and one page programmed"


def rows(run: Run) -> Iterator[Row]:
    usual: dict[int, float] = {}
    lists: dict[int, float] = {}
    longest, held, why = 0.0, 0, ""
    bytes_at: dict[int, int] = {}
    with board.powered(run.flash(vault=True)) as token:
        client = board.connect(token)
        fill = _Filling(token, client)
        for size in SIZES:
            try:
                fill.up_to(size)
                before = held = size
                bytes_at[size] = client.status()["store"]["live"]
                if size in LISTED:
                    lists[size] = board.took(token, client.accounts)
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
        why="it writes every account anew into segments of the vault",
    )
    for size, ms in lists.items():
        yield Row(f"account.list of {size} accounts, all pages", ms, "ms", LIST_BUDGET_MS)
    few, many = sorted(bytes_at)[0], sorted(bytes_at)[-1]
    if few != many:
        yield Row(
            "flash per account",
            (bytes_at[many] - bytes_at[few]) / (many - few),
            "B",
            80,
            len("Example") + len("user100@mail.test") + 20,
            "its names and its secret",
            f"as live bytes of the store, from {few} to {many:,} accounts; sealed (16 B) and checked",
        )
    yield Row("accounts held", held, "", SIZES[-1], at_least=True, why=why)


class _Filling:
    """A token that gets more and more accounts."""

    def __init__(self, token: EmulatedToken, client: Client) -> None:
        self._token, self._client = token, client
        self.count = 0
        self.longest = 0.0

    def up_to(self, count: int) -> list[float]:
        """Adds until there are so many; how long each took, in emulated ms."""
        times = []
        while self.count < count:
            times.append(board.took(self._token, lambda: board.enrol(self._client, self.count)))
            self.count += 1
        self.longest = max([self.longest, *times])
        return times

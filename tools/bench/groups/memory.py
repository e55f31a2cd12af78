"""The heap after start and after much use: it must not shrink."""

from __future__ import annotations

from collections.abc import Iterator

from bench import board
from bench.row import Row
from bench.run import Run
from ticktap.client import Client

TITLE = "Heap"
ABOUT = "`status.free_heap`, which collects first. The commands are eight that write nothing, in turn."
EMULATED = True

FREE_BUDGET_KIB = 48
GROWTH_BUDGET = 512  # bytes; a collection leaves a few blocks this way or that
KEPT = "the modules of the firmware stay in RAM; power-on, imports and RAM has how much"
SETTLED = 20  # presses and rounds of commands after which everything that is loaded lazily has been


def rows(run: Run) -> Iterator[Row]:
    presses, commands = run.count(1_000, 10_000), 10_000
    with board.powered(run.flash()) as token:
        client = board.connect(token)
        yield Row(
            "free heap after start", free(client) / 1024, "KiB", FREE_BUDGET_KIB, why=KEPT, at_least=True
        )
        for number in range(3):
            board.enrol(client, number)
        press(token, SETTLED)
        command(client, SETTLED)
        before = free(client)
        press(token, presses)
        yield Row(
            f"heap lost by {presses:,} presses", before - free(client), "B", GROWTH_BUDGET, 0, "nothing"
        )
        before = free(client)
        command(client, commands)
        yield Row(
            f"heap lost by {commands:,} commands", before - free(client), "B", GROWTH_BUDGET, 0, "nothing"
        )
    with board.powered(run.flash(vault=True)) as token:
        client = board.connect(token)
        yield Row(
            "free heap after start, with a vault", free(client) / 1024, "KiB", FREE_BUDGET_KIB, at_least=True
        )
    with board.powered(run.screen_flash(), screen=True) as token:
        client = board.connect(token)
        yield Row("free heap after start, with a screen", free(client) / 1024, "KiB")


def free(client: Client) -> int:
    """Bytes, after a collection. The second answer: the first one's own garbage is gone by then."""
    client.status()
    return int(client.status()["free_heap"])


def press(token, count: int) -> None:
    """Presses, each as soon as the one before is typed."""
    for _ in range(count):
        token.clear_typed()
        token.press()
        token.wait_for(lambda: len(token.reports) >= 7 and not any(token.reports[-1][1]), step_ms=8)
        token.advance(16)


def command(client: Client, count: int) -> None:
    """Commands of every kind that needs no press and changes nothing."""
    calls = (
        client.status, client.accounts, client.clock, client.settings, client.cancel, client.identify,
        lambda: client.call("hello"), lambda: client.call("pin.info"),
    )  # fmt: skip
    for number in range(count):
        calls[number % len(calls)]()

"""Free heap after the start and after much use: it must not shrink."""

from __future__ import annotations

from collections.abc import Iterator

from bench import board
from bench.groups.start import IMPORTS, told_by
from bench.row import Row
from bench.run import Run
from ticktap.device.client import Client

TITLE = "Heap"
ABOUT = "`status.free_heap`, which collects first. The commands are eight that write nothing, in turn."
EMULATED = True

FIRST_BUDGET_KIB, FREE_BUDGET_KIB, SCREEN_BUDGET_KIB = 64, 56, 48
STARTED = """\
import gc, usb_cdc
{imports}
from fob.hw.main import build
token, system = build(Buttons())
free = system.free_heap()
while True:
    if usb_cdc.data.in_waiting:
        usb_cdc.data.read(usb_cdc.data.in_waiting)
        usb_cdc.data.write(b"[%d]\\n" % free)
"""
GROWTH_BUDGET = 512  # bytes; results of collections differ by a few blocks
KEPT = "the modules of the firmware stay in RAM; power-on, imports and RAM has how much"
SETTLED = 20  # presses and rounds of commands after which all lazy imports are done


def rows(run: Run) -> Iterator[Row]:
    presses, commands = run.count(1_000, 10_000), 10_000
    (first,) = told_by(STARTED.format(imports=IMPORTS["compiled"]), "started")
    yield Row(
        "free heap before the first request", first / 1024, "KiB", FIRST_BUDGET_KIB, why=KEPT, at_least=True
    )
    with board.powered(run.flash()) as token:
        client = board.connect(token, changes=False)
        after = free(client) / 1024
        yield Row("free heap after hello and status", after, "KiB", FREE_BUDGET_KIB, why=KEPT, at_least=True)
    with board.powered(run.screen_flash(store_file=True), screen=True) as token:
        after = free(board.connect(token, changes=False)) / 1024
        yield Row(
            "free heap after hello and status, with a store file and a screen",
            after,
            "KiB",
            SCREEN_BUDGET_KIB,
            at_least=True,
        )
    with board.powered(run.flash()) as token:
        client = board.connect(token)
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


def free(client: Client) -> int:
    """Free bytes after a collection. The second answer is used, which has the first one's garbage
    collected."""
    client.status()
    return int(client.status()["free_heap"])


def press(token, count: int) -> None:
    """Presses `count` times, each as soon as the code before is typed."""
    for _ in range(count):
        token.clear_typed()
        token.press()
        token.wait_for(lambda: len(token.reports) >= 7 and not any(token.reports[-1][1]), step_ms=8)
        token.advance(16)


def command(client: Client, count: int) -> None:
    """Sends commands of every kind that needs no press and changes nothing."""
    calls = (
        client.status, client.accounts, client.clock, client.settings, client.cancel, client.identify,
        lambda: client.call("hello"), lambda: client.call("pin.info"),
    )  # fmt: skip
    for number in range(count):
        calls[number % len(calls)]()

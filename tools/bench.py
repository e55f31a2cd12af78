"""`make bench`: what the project promises in numbers, measured on this machine.

On real CircuitPython (an emulated RP2040 at 125 MHz, times in emulated milliseconds) when its UF2 is there;
and the start-up of the command line here. Writes dist/bench.json and prints a table; a row past its aim is
marked. tests/ must be on the path: the emulated board lives there.
"""

from __future__ import annotations

import json
import platform
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import bench_clock

from emulated.token import EmulatedToken, first_boot
from emulated.uf2 import HOW_TO_GET, find_uf2
from ticktap.accounts import Account
from ticktap.client import Client

ROOT = Path(__file__).parents[1]
DRIVE = ROOT / "dist" / "CIRCUITPY"
NOON = 1_795_348_800
PRESSES = 8
ROUNDS = 21


@dataclass(frozen=True)
class Row:
    """`aim` is the most it may be, or None; `beside` is what it is to be seen next to."""

    what: str
    value: float
    unit: str
    aim: float | None = None
    beside: str = ""

    @property
    def missed(self) -> bool:
        return self.aim is not None and self.value > self.aim


def main() -> int:
    rows = list(start_up())
    rows += [Row(*each) for each in (*bench_clock.simulated(), *bench_clock.trims())]
    if find_uf2():
        rows += device()
    else:
        print(HOW_TO_GET)
    for row in rows:
        aim = f"aim {row.aim:g}" if row.aim is not None else ""
        mark = "MISSED" if row.missed else ""
        digits = 3 if row.unit == "ppm" else 1
        print(f"{row.what:66} {row.value:10.{digits}f} {row.unit:5} {aim:10} {mark:6} {row.beside}")
    report = {
        "machine": platform.platform(),
        "python": platform.python_version(),
        "rows": [asdict(r) for r in rows],
    }
    (ROOT / "dist" / "bench.json").write_text(json.dumps(report, indent=2) + "\n")
    return 0


# -- the command line


def start_up() -> Iterator[Row]:
    """Whole processes, medians of interleaved runs."""
    hello = "import click\n@click.command()\n@click.version_option('1')\ndef main(): pass\nmain()"
    ticktap = str(Path(sys.executable).with_name("ticktap"))
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "bare click --version": [sys.executable, "-c", hello, "--version"],
        "ticktap --version": [ticktap, "--version"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            times[name].append((time.perf_counter() - start) * 1000)
    medians = {name: statistics.median(each) for name, each in times.items()}
    for name in ("python -c pass", "bare click --version"):
        yield Row(name, medians[name], "ms")
    ratio = medians["ticktap --version"] / medians["bare click --version"]
    yield Row(
        "ticktap --version",
        medians["ticktap --version"],
        "ms",
        1.3 * medians["bare click --version"],
        f"{ratio:.2f} x bare click",
    )


# -- the token


def device() -> Iterator[Row]:
    flash = first_boot(DRIVE)
    with EmulatedToken(None, flash=flash, unix=NOON, fast_boot=False) as token:
        port = token.open()
        port.write(b'{"jsonrpc":"2.0","id":0,"method":"hello"}\n')
        answer = json.loads(port.read_line(10))["result"]
        yield Row(
            "power-on to ready (first answer)", token.ms, "ms", None, "CircuitPython's own part is 1210 ms"
        )
        client = Client(port)
        print(f"CircuitPython {answer['circuitpython']} on {answer['board']}, firmware {answer['firmware']}")
        yield Row("free heap after start", client.status()["free_heap"] / 1024, "KiB")
        yield from accounts(token, client)
        yield from presses(token, client)
        yield Row(f"free heap after {3 * PRESSES} presses", client.status()["free_heap"] / 1024, "KiB")
    with EmulatedToken(None, flash=flash, unix=NOON) as token:
        port = token.open()
        port.write(b'{"jsonrpc":"2.0","id":0,"method":"hello"}\n')
        port.read_line(10)
        port.close()
        yield from (Row(*each) for each in bench_clock.emulated(token))


def took(token: EmulatedToken, action: Callable[[], object]) -> float:
    start = token.ms
    action()
    return token.ms - start


def account_of(name: str, algorithm: str, size: int) -> Account:
    return Account("Example", name, bytes(range(size)), "totp", algorithm, 6, 30, 0, "none")


def accounts(token: EmulatedToken, client: Client) -> Iterator[Row]:
    for algorithm, size in (("SHA1", 20), ("SHA256", 32), ("SHA512", 64)):
        account = account_of(f"{algorithm}@example.com", algorithm, size)
        yield Row(
            f"account.add, {algorithm}",
            took(token, lambda account=account: client.add(account.to_params())),
            "ms",
        )
    for count in range(4, 41):
        client.add(account_of(f"person{count}@example.com", "SHA1", 20).to_params())
    store = client.status()["store"]
    yield Row("40 accounts in the store", store["used"], "B", store["size"])
    yield Row("list of 40 accounts", took(token, client.accounts), "ms")


def presses(token: EmulatedToken, client: Client) -> Iterator[Row]:
    """From the release, where the click is decided, to the reports at the host; presses at any phase."""
    chance = random.Random(2)
    for id, algorithm in enumerate(("SHA1", "SHA256", "SHA512"), 1):
        client.default(id)
        firsts, lasts = [], []
        while len(lasts) < PRESSES:
            token.rtc(unix=NOON + 300 * chance.randrange(1000) + 3)
            token.advance(1200 + 40 * chance.random())
            token.clear_typed()
            token.press(ms=60 + 60 * chance.random())
            token.advance(300)
            if len(token.reports) != 7:  # two equal digits in a row: not the usual code
                continue
            edges = token.edge_times
            firsts.append((edges.reports_ns[0] - edges.release_ns) / 1e6)
            lasts.append((edges.reports_ns[-1] - edges.release_ns) / 1e6)
        yield Row(f"release to first report, {algorithm}, median", statistics.median(firsts), "ms")
        yield Row(
            f"release to last report, {algorithm}, median",
            statistics.median(lasts),
            "ms",
            80,
            f"worst {max(lasts):.0f}",
        )


if __name__ == "__main__":
    sys.exit(main())

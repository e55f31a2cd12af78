"""Start-up time of the command, compared with other devices' tools."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.row import Row
from bench.run import PEERS, Run

TITLE = "Start of the command line"
ABOUT = (
    "Whole processes from start to end, medians of interleaved runs, one after the other. Peers are installed"
    " from PyPI into an environment of their own; each is asked for its version."
)
EMULATED = False

BARE = "import click\n@click.command()\n@click.version_option('1')\ndef main(): pass\nmain()"
RATIO_BUDGET = 1.3
PEER_COMMANDS = {
    "ykman": ["--version"],
    "nitropy": ["version"],
    "circup": ["--version"],
    "trezorctl": ["--version"],
}


def rows(run: Run) -> Iterator[Row]:
    bin = Path(sys.executable).parent
    ours = {
        "ticktap --version": [str(bin / "ticktap"), "--version"],
        "ticktap --help": [str(bin / "ticktap"), "--help"],
    }
    floors = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "bare click --version": [sys.executable, "-c", BARE, "--version"],
    }
    peers = {
        " ".join([name, *arguments]): [str(PEERS / name), *arguments]
        for name, arguments in PEER_COMMANDS.items()
        if (PEERS / name).exists()
    }
    rounds = run.count(11, 41)
    medians = interleaved({**floors, **ours, **peers}, rounds)
    click, fastest = medians["bare click --version"], medians["ticktap --version"]
    yield Row("python -c pass", medians["python -c pass"], "ms")
    yield Row("bare click --version", click, "ms", note=f"{rounds} runs")
    for name in ours:
        yield Row(
            name,
            medians[name],
            "ms",
            None if "help" in name else RATIO_BUDGET * click,
            click,
            "bare click --version",
            f"{medians[name] / click:.2f} x bare click",
            bar=name,
        )
    for name in peers:
        yield Row(
            name, medians[name], "ms", note=f"{medians[name] / fastest:.1f} x ticktap", peer=True, bar=name
        )


def interleaved(commands: dict[str, list[str]], rounds: int) -> dict[str, float]:
    """Median ms of each command; a round runs each once, and the first round is not counted."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times[name].append((time.perf_counter() - start) * 1000)
    return {name: statistics.median(each[1:]) for name, each in times.items()}

"""`make soak`: random use for 24 hours on real CircuitPython and for ten years on the simulator.

    make soak
    make soak SOAK="--only CircuitPython --seed 2 --hours 24 --sessions 12"

The same seed makes the same run; a failing run reports the action. Between sessions the token is unplugged
and its clock runs on its battery, which takes no real time. Results go to docs/soak.json and
docs/benchmarks.md. tests/soak has the actions.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conformance.desk import Desk, emulated, simulated
from emulated.token import first_boot
from emulated.uf2 import HOW_TO_GET, find_uf2, runs
from soak.life import Broken, Life
from ticktap.drive.build import create_store_file, find_drive

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "docs" / "soak.json"
DOCUMENT = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- soak: written by make soak -->", "<!-- end of soak -->"
HOUR_MS = 3_600_000
SESSIONS_A_DAY = {"simulator": 1, "CircuitPython": 24}
ACTIONS = 12  # in a session


def main() -> int:
    asked = _arguments()
    lives = {}
    hours = {"simulator": asked.years * 365 * 24, "CircuitPython": asked.hours}
    failed = False
    for place in [asked.only] if asked.only else list(hours):
        if place == "CircuitPython" and find_uf2() is None:
            print(HOW_TO_GET)
            continue
        lives[place] = live(place, hours[place], asked.seed, asked.sessions or SESSIONS_A_DAY[place])
        failed |= bool(lives[place]["broken"])
        print(describe(place, lives[place]), flush=True)
    kept = {**(json.loads(FIGURES.read_text()) if FIGURES.exists() else {}), **lives}
    FIGURES.write_text(json.dumps(kept, indent=2) + "\n")
    write(kept)
    return 1 if failed else 0


def live(place: str, hours: float, seed: int, sessions_a_day: float) -> dict[str, Any]:
    """Runs one long test; returns what was done, and the failure, or ""."""
    began = time.monotonic()
    sessions = max(1, round(hours / 24 * sessions_a_day))
    broken = ""
    with _desk(place) as desk:
        start = desk.token.ms
        life = Life(desk, seed)
        plugged, came_back = 0.0, 0
        try:
            for _ in range(sessions):
                came = desk.token.ms
                life.session(ACTIONS)
                plugged += desk.token.ms - came
                life.away(hours * HOUR_MS / sessions - (desk.token.ms - came))
                came_back += 1
        except Broken as error:
            broken = str(error)
        return {
            "seed": seed,
            "sessions": came_back,
            "hours": round((desk.token.ms - start) / HOUR_MS, 1),
            "plugged_minutes": round(plugged / 60_000, 1),
            "done": dict(life.done.most_common()),
            "heap": life.heap,
            "broken": broken,
            "took_s": round(time.monotonic() - began),
            "on": runs(find_uf2()) if place == "CircuitPython" else "",
        }


@contextmanager
def _desk(place: str) -> Iterator[Desk]:
    with tempfile.TemporaryDirectory() as folder:
        drive = Path(folder) / "drive"
        shutil.copytree(find_drive(), drive)
        create_store_file(drive / "store" / "store.bin")
        with simulated(drive) if place == "simulator" else emulated(first_boot(drive)) as desk:
            yield desk


def describe(place: str, life: dict[str, Any]) -> str:
    """Formats the result of one long test as a paragraph."""
    hours = life["hours"]
    span = f"{hours / 24 / 365:.1f} years" if hours > 9000 else f"{hours:g} hours"
    done = ", ".join(f"{count:,} {what}" for what, count in life["done"].items())
    heap = (
        f"; free heap {life['heap'][0]:,} bytes at first, {life['heap'][1]:,} at last" if life["on"] else ""
    )
    on = f" {life['on']}" if life["on"] else ""
    outcome = f"**Broken: {life['broken']}**" if life["broken"] else "Nothing broke"
    return (
        f"**{place}{on}**, {span}, {life['sessions']:,} sessions of {life['plugged_minutes']:,} minutes"
        f" in all, seed {life['seed']}: {done}{heap}. {outcome}. It took {life['took_s']:,} s."
    )


def write(lives: dict[str, Any]) -> None:
    """Writes the results into the document, between its markers."""
    text = "\n\n".join([BEGIN, *(describe(place, life) for place, life in lives.items()), END])
    document = DOCUMENT.read_text()
    DOCUMENT.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: text, document, flags=re.S))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="make soak", description="Runs a token with random actions for a long time."
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--years", type=float, default=10, help="on the simulator")
    parser.add_argument("--hours", type=float, default=24, help="on real CircuitPython")
    parser.add_argument("--sessions", type=float, help="how often a day it is used, 12 actions each time")
    parser.add_argument("--only", choices=list(SESSIONS_A_DAY))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

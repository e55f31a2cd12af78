"""The command; the package's docstring describes it."""

from __future__ import annotations

import argparse
import shutil
import sys
import time
import traceback
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from bench import groups, page, report
from bench.run import WORK, Run
from emulated.uf2 import HOW_TO_GET, find_uf2

AT_ONCE = 2


def main() -> int:
    asked = _arguments()
    began = time.monotonic()
    names = [name for name in groups.NAMES if not asked.only or name in asked.only]
    emulated = [name for name in names if groups.group(name).EMULATED]
    if emulated and find_uf2() is None:
        print(HOW_TO_GET)
        names = [name for name in names if name not in emulated]
        emulated = []
    measured = {}
    for name in names:  # first, while nothing else runs
        if name not in emulated:
            measured[name] = measure(name, asked.full)
    with ProcessPoolExecutor(AT_ONCE) as pool:
        results = pool.map(measure, emulated, [asked.full] * len(emulated))
        measured.update(zip(emulated, results, strict=True))
    shutil.rmtree(WORK, ignore_errors=True)
    conditions = report.conditions(sys.argv[1:], time.monotonic() - began)
    kept = report.keep(measured, conditions)
    page.write(kept)
    report.show(kept, names)
    return 1 if any(group.broken for group in measured.values()) else 0


def measure(name: str, full: bool) -> report.Measured:
    """Measures the rows of one group, up to its first error."""
    began = time.monotonic()
    measured = report.Measured()
    try:
        for row in groups.group(name).rows(Run(full)):
            measured.rows.append(row)
    except Exception as error:
        traceback.print_exc()
        measured.broken = f"{type(error).__name__}: {error}"
    measured.seconds = round(time.monotonic() - began)
    print(f"{name}: {len(measured.rows)} rows in {measured.seconds} s", flush=True)
    return measured


def _arguments(given: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures speed and memory.")
    parser.add_argument(
        "--full", action="store_true", help="use the promised counts; takes more than an hour"
    )
    parser.add_argument(
        "--only", nargs="+", choices=groups.NAMES, help="run these groups; the other results stay unchanged"
    )
    return parser.parse_args(given)


if __name__ == "__main__":
    sys.exit(main())

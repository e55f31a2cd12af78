"""The rows that have a name for the plot, as bars beside their peers: one SVG, no library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

PANELS = (
    ("press", "Press to last report, 60 ms contact (emulated ms)"),
    ("start", "Power-on to ready (emulated ms)"),
    ("command", "Start of the command line (ms, whole process)"),
)
WIDTH, LABEL, ROW, GAP = 720, 190, 24, 16
BAR = WIDTH - LABEL - 90
STYLE = (
    "text{font:13px sans-serif;fill:#333}.title{font-weight:bold}.ours{fill:#2a7f62}.peer{fill:#a9b3bd}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.peer{fill:#66707a}}"
)


def draw(kept: Mapping[str, Any]) -> str:
    """The SVG text."""
    body, y = [], GAP
    for name, title in PANELS:
        rows = [row for row in kept["groups"].get(name, {"rows": []})["rows"] if row["bar"]]
        if rows:
            body += list(_panel(title, rows, y))
            y += ROW * (len(rows) + 1) + GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img">'
    return "\n".join([head, f"<style>{STYLE}</style>", *body, "</svg>", ""])


def _panel(title: str, rows: list[Mapping[str, Any]], y: int) -> Iterator[str]:
    yield f'<text class="title" x="0" y="{y + 16}">{escape(title)}</text>'
    longest = max(row["value"] for row in rows)
    for place, row in enumerate(rows, 1):
        top = y + place * ROW
        width = max(1, round(BAR * row["value"] / longest))
        kind = "peer" if row["peer"] else "ours"
        yield f'<text x="{LABEL - 8}" y="{top + 16}" text-anchor="end">{escape(row["bar"])}</text>'
        yield f'<rect class="{kind}" x="{LABEL}" y="{top + 3}" width="{width}" height="{ROW - 6}"/>'
        yield f'<text x="{LABEL + width + 6}" y="{top + 16}">{row["value"]:,.0f}</text>'

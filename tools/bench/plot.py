"""Draws the rows that have a name for the plot, and their peers, as bars in one SVG, without a library."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

PANELS = (
    ("press", "Press to last report, 60 ms contact (emulated ms)"),
    ("start", "Power-on to ready (emulated ms)"),
    ("command", "Start of the command line (ms, whole process)"),
)
WIDTH, LABEL, ROW, GAP, EDGE = 720, 190, 24, 16, 16
BAR = WIDTH - LABEL - 2 * EDGE - 60
STYLE = (
    "text{font:13px sans-serif;fill:#333}.title{font-weight:bold}.ours{fill:#2a7f62}.peer{fill:#a9b3bd}"
    ".card{fill:#fff}.floor{stroke:#c8452d;stroke-width:2}.small{font-size:12px;fill:#666}"
)
LEGEND = (("ours", "ticktap"), ("peer", "others"), ("floor", "floor: what no program could beat here"))


def draw(kept: Mapping[str, Any]) -> str:
    """Returns the SVG text. It has its own background, so that it is readable on any page."""
    body, y = [], GAP
    for name, title in PANELS:
        rows = [row for row in kept["groups"].get(name, {"rows": []})["rows"] if row["bar"]]
        if rows:
            body += list(_panel(title, rows, y))
            y += ROW * (len(rows) + 1) + GAP
    body += list(_legend(y))
    y += ROW + GAP
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {y}" role="img">'
    card = f'<rect class="card" width="{WIDTH}" height="{y}" rx="8"/>'
    return "\n".join([head, f"<style>{STYLE}</style>", card, *body, "</svg>", ""])


def _panel(title: str, rows: list[Mapping[str, Any]], y: int) -> Iterator[str]:
    yield f'<text class="title" x="{EDGE}" y="{y + 16}">{escape(title)}</text>'
    longest = max(row["value"] for row in rows)
    for place, row in enumerate(rows, 1):
        top, left = y + place * ROW, EDGE + LABEL
        width = max(1, round(BAR * row["value"] / longest))
        kind = "peer" if row["peer"] else "ours"
        yield f'<text x="{left - 8}" y="{top + 16}" text-anchor="end">{escape(row["bar"])}</text>'
        yield f'<rect class="{kind}" x="{left}" y="{top + 3}" width="{width}" height="{ROW - 6}"/>'
        if row["floor"]:
            at = left + round(BAR * row["floor"] / longest)
            yield f'<line class="floor" x1="{at}" x2="{at}" y1="{top + 1}" y2="{top + ROW - 1}"/>'
        right = left + max(width, round(BAR * (row["floor"] or 0) / longest))
        yield f'<text x="{right + 6}" y="{top + 16}">{row["value"]:,.0f}</text>'


def _legend(y: int) -> Iterator[str]:
    x = EDGE + LABEL
    for kind, text in LEGEND:
        if kind == "floor":
            yield f'<line class="floor" x1="{x + 5}" x2="{x + 5}" y1="{y + 3}" y2="{y + 19}"/>'
        else:
            yield f'<rect class="{kind}" x="{x}" y="{y + 6}" width="10" height="10"/>'
        yield f'<text class="small" x="{x + 16}" y="{y + 15}">{escape(text)}</text>'
        x += 90

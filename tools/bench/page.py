"""Writes docs/benchmarks.md, between its markers, from the stored figures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from bench import groups, plot
from bench.report import budget
from bench.run import ROOT

DOCUMENT = ROOT / "docs" / "benchmarks.md"
PLOT = ROOT / "docs" / "benchmarks.svg"
BEGIN, END = "<!-- figures: written by make bench -->", "<!-- end of figures -->"


def write(kept: Mapping[str, Any]) -> None:
    """Puts the figures into the document and draws its plot."""
    PLOT.write_text(plot.draw(kept))
    text = "\n".join([BEGIN, "", *lines(kept), END])
    document = DOCUMENT.read_text()
    DOCUMENT.write_text(re.sub(f"{re.escape(BEGIN)}.*{re.escape(END)}", lambda _: text, document, flags=re.S))


def lines(kept: Mapping[str, Any]) -> Iterator[str]:
    """Missed budgets first, then a table for each group, then the conditions of the measurement."""
    yield from missed(kept)
    for name, group in kept["groups"].items():
        module = groups.group(name)
        yield f"### {module.TITLE}\n"
        yield f"{module.ABOUT}\n"
        yield "| what | measured | budget | floor | |"
        yield "|---|--:|--:|--:|---|"
        for row in group["rows"]:
            yield _table_line(row)
        yield ""
    yield from measured_on(kept)


def missed(kept: Mapping[str, Any]) -> Iterator[str]:
    """Every missed budget, with its cause if known."""
    rows = [row for group in kept["groups"].values() for row in group["rows"] if row["missed"]]
    broken = {name: group["broken"] for name, group in kept["groups"].items() if group["broken"]}
    if broken:
        yield "### Not measured\n"
        for name, why in broken.items():
            yield f"- **{groups.group(name).TITLE}** broke: {why}"
        yield ""
    yield "### Budgets missed\n"
    for row in rows:
        why = f": {row['why']}" if row["why"] else ""
        yield f"- **{row['what']}**: {_value(row)}, budget {budget(row)}{why}."
    yield "" if rows else "None.\n"


def measured_on(kept: Mapping[str, Any]) -> Iterator[str]:
    """The conditions, once for all groups that share them."""
    yield "### Measured on\n"
    seen: dict[str, list[str]] = {}
    for name, group in kept["groups"].items():
        seen.setdefault("\n".join(_conditions(group["conditions"])), []).append(groups.group(name).TITLE)
    for text, titles in seen.items():
        yield f"{', '.join(titles)}:\n"
        yield text + "\n"


def _conditions(each: Mapping[str, Any]) -> Iterator[str]:
    yield f"- `{each['command']}` of tree {each['tree']} on {each['date']}, {each['seconds']} s"
    yield f"- {each['machine']}; Python {each['python']}, Node {each['node']}, rp2040js {each['rp2040js']}"
    if each["circuitpython"]:
        chip = each["circuitpython"]
        yield f"- CircuitPython {chip['runs']}: `{chip['file']}`, SHA-256 `{chip['sha256']}`"
    versions = {**each["packages"], **each["peers"]}
    yield f"- {', '.join(f'{name} {version}' for name, version in versions.items())}; {each['oathtool']}"


def _table_line(row: Mapping[str, Any]) -> str:
    what = f"*{row['what']}*" if row["peer"] else row["what"]
    value = f"**{_value(row)}**" if row["missed"] else _value(row)
    promise = budget(row) + (" **MISSED**" if row["missed"] else "")
    floor = f"{_number(row['floor'])}: {row['floor_is']}" if row["floor"] is not None else ""
    return f"| {what} | {value} | {promise} | {floor} | {row['note']} |"


def _value(row: Mapping[str, Any]) -> str:
    return f"{_number(row['value'])} {row['unit']}".strip()


def _number(value: float) -> str:
    return (
        f"{value:,.0f}"
        if abs(value) >= 100 or value == int(value)
        else f"{value:.2g}"
        if abs(value) < 1
        else f"{value:.1f}"
    )

"""The two tables of verifiers in docs/interop.md: written from reports, and read again to compare."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from interop import libpam, openssh, privacyidea, radius, two_factor
from interop.report import Report

VERIFIERS = (libpam, openssh, radius, two_factor, privacyidea)
PAGE = Path(__file__).parents[2] / "docs" / "interop.md"
VERSION = 1  # the column that may differ: distributions move on
HEADINGS = {
    "verifiers": ("verifier", "version tried", "fed with", "accounts in", "right", "refused, and why"),
    "traps": ("verifier", "what was tried", "what happened"),
}


def marks(section: str) -> tuple[str, str]:
    """What stands before and after a table."""
    return f"<!-- {section}: begin -->", f"<!-- {section}: end -->"


def cells(report: Report) -> dict[str, list[list[str]]]:
    """A report as the cells of both tables."""
    return {
        "verifiers": [row.cells() for row in report.rows],
        "traps": [trap.cells() for trap in report.traps],
    }


def table(section: str, lines: Iterable[Sequence[str]]) -> str:
    """A whole table, as it stands between its marks."""
    heading = HEADINGS[section]
    return "\n".join("| " + " | ".join(line) + " |" for line in (heading, ["---"] * len(heading), *lines))


def written(section: str) -> list[list[str]]:
    """The cells of a table on the page, without its heading."""
    begin, end = marks(section)
    text = PAGE.read_text().partition(begin)[2].partition(end)[0].strip()
    return [line.removeprefix("|").removesuffix("|").split("|") for line in text.splitlines()[2:]]


def comparable(section: str, line: Sequence[str]) -> list[str]:
    """The cells that a run must find again."""
    return [cell.strip() for at, cell in enumerate(line) if not (section == "verifiers" and at == VERSION)]

"""Writes tables in docs/interop.md from a run: `make interop-page`, or `make verifiers-page`."""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "interop.md"
PRESS_MS = 200


def formats() -> Iterator[tuple[tuple[str, str], str]]:
    """The table of files, with its marks."""
    from formats import table

    yield table.MARKS, table.table()


def verifiers() -> Iterator[tuple[tuple[str, str], str]]:
    """The tables of verifiers and of traps, each with its marks."""
    from interop import page

    seen = {section: [] for section in page.HEADINGS}
    for verifier in page.VERIFIERS:
        with contextlib.ExitStack() as tokens, tempfile.TemporaryDirectory() as folder:
            report = verifier.report(_desk(tokens), Path(folder))
        for section, lines in page.cells(report).items():
            seen[section] += lines
    for section, lines in seen.items():
        yield page.marks(section), page.table(section, lines)


def _desk(tokens: contextlib.ExitStack):
    """Makes a desk whose tokens are closed with the stack."""
    from interop.desk import Desk
    from ticktap.device.client import Client
    from ticktap.simulator import VirtualToken

    def plug():
        token = tokens.enter_context(VirtualToken(unix=time.time()))
        token.advance(PRESS_MS)
        client = tokens.enter_context(Client(token.open()))
        token.press_later(1200)
        client.allow_changes()
        return token, client

    return Desk(plug)


def main() -> None:
    """Replaces the text between the marks."""
    for (begin, end), table in {"formats": formats, "verifiers": verifiers}[sys.argv[1]]():
        before, _, rest = PAGE.read_text().partition(begin)
        _, _, after = rest.partition(end)
        PAGE.write_text(f"{before}{begin}\n{table}\n{end}{after}")


if __name__ == "__main__":
    main()

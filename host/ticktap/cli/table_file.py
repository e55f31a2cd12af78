"""CSV files for spreadsheets and other programs (RFC 4180), with formulas escaped."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ticktap.cli.framework.options import FileName

csv_option = click.option(
    "--csv", "to", type=FileName(), metavar="FILE", help="Write the list to a CSV file too."
)
force_option = click.option("--force", is_flag=True, help="Replace an existing file.")


def write(to: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], force: bool) -> None:
    """Writes a private file; several values of one cell are separated by spaces.

    Raises:
        Refused: there is a file, and it is not to be replaced.
    """
    from ticktap.files import private_files

    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\r\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    private_files.write(to, out.getvalue().encode(), replace=force)


def utc(unix: int | None) -> str | None:
    """Formats a time for programs: `2026-11-30T21:15:00Z`."""
    return None if unix is None else datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _cell(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        value = " ".join(map(str, value))
    return f"'{value}" if isinstance(value, str) and value and value[0] in "=+-@\t\r" else value

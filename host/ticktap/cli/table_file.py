"""CSV files that commands write, and their options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from ticktap.cli.framework.options import FileName
from ticktap.files.csv_table import as_csv

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

    private_files.write(to, as_csv(columns, rows), replace=force)

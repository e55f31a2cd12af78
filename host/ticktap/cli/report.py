"""ticktap report: lists what needs an administrator's attention."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ticktap.cli import table_file
from ticktap.cli.framework import output
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.files import csv_table
from ticktap.wording import local_time

Data = dict[str, Any]
COLUMNS = ("report", "user", "full_name", "email", "token", "serial", "why", "at")
_KINDS = (
    "no-token",
    "never-signed-in",
    "locked",
    "few-backup-codes",
    "clock-due",
)  # report.KINDS, not imported
_FAR = 1 << 36  # seconds; later than this means never


def _text(data: Data) -> str:
    rows = [row | {"at": None if row["at"] is None else local_time(row["at"])} for row in data["rows"]]
    filled = [name for name in COLUMNS if any(row[name] for row in rows)]
    counts = ", ".join(f"{kind} {count}" for kind, count in data["counts"].items())
    wrote = f"Wrote {data['file']}" if data["file"] else ""
    return "\n".join(filter(None, (output.table(rows, filled), counts, wrote)))


@click.command("report", cls=Command, text=_text)
@click.argument("kinds", nargs=-1, type=click.Choice(_KINDS), metavar="[KIND]...")
@click.option(
    "--within", type=click.IntRange(0, 3650), default=14, show_default=True, metavar="DAYS",
    help="Include clocks that must be set within this many days.",
)  # fmt: skip
@click.option(
    "--bound", type=click.FloatRange(0.1, 3600), default=15.0, show_default=True, help="Seconds off, at most."
)
@table_file.csv_option
@table_file.force_option
@registry_options
def report(kinds: tuple[str, ...], within: int, bound: float, to: Path | None, force: bool) -> Data:
    """Show which users and tokens need attention.

    KIND is no-token (users without an account on a token), never-signed-in, locked (now), few-backup-codes
    or clock-due (tokens whose clocks must be set); without it, all are shown. Disabled users and lost tokens
    are left out. Tokens need not be connected.
    """
    import time

    from ticktap.clock.history import ClockHistory
    from ticktap.provisioning import report as reports

    chosen = [kind for kind in reports.KINDS if not kinds or kind in kinds]
    with open_registry() as registry, ClockHistory.open() as history:
        found = reports.findings(
            registry, history, int(time.time()), chosen, within=within * reports.DAY, bound=bound
        )
    rows: list[Data] = [
        {
            "report": each.kind,
            "user": each.user,
            "full_name": each.full_name,
            "email": each.email,
            "token": each.token,
            "serial": each.serial,
            "why": each.why,
            "at": None if each.at is None or each.at >= _FAR else each.at,
        }
        for each in found
    ]
    if to:
        table_file.write(to, COLUMNS, [row | {"at": csv_table.utc(row["at"])} for row in rows], force)
    counts = {kind: sum(row["report"] == kind for row in rows) for kind in chosen}
    return {"rows": rows, "counts": counts, "file": str(to) if to else None}

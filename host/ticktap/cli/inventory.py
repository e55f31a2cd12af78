"""ticktap inventory: lists the registry's tokens, their holders, and when their clocks must be set."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from ticktap.cli import table_file
from ticktap.cli.framework import output
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.options import FileName
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.wording import local_iso

Data = dict[str, Any]
COLUMNS = ("label", "serial", "holder", "firmware", "last_seen", "synced", "clock", "sync_by", "lost")
_FAR = 1 << 36  # seconds; later than this means never


def _text(data: Data) -> str:
    if not data["tokens"]:
        return "The registry has no tokens. 'ticktap provision' and 'ticktap user enrol' add them."
    days = ("last_seen", "synced", "sync_by", "lost")
    rows = [
        each | {name: each[name] and local_iso(each[name])[:10] for name in days} for each in data["tokens"]
    ]
    shown = COLUMNS if any(each["lost"] for each in rows) else COLUMNS[:-1]
    return output.table(rows, shown) + (f"\nWrote {data['file']}" if data["file"] else "")


@click.command("inventory", cls=Command, text=_text)
@click.option("--csv", "to", type=FileName(), metavar="FILE", help="Write the list to a CSV file too.")
@click.option("--force", is_flag=True, help="Replace an existing file.")
@click.option(
    "--bound",
    type=click.FloatRange(0.1, 3600),
    default=15.0,
    show_default=True,
    help="Maximum error in seconds.",
)
@registry_options
def inventory(to: Path | None, force: bool, bound: float) -> Data:
    """List the tokens of the registry, connected or not.

    'sync by' is when a token's clock may be --bound seconds off, according to its history: run 'ticktap clock
    sync' before. The clock is ok, due, battery (the battery has failed) or unknown.
    """
    import time

    from ticktap.clock.history import ClockHistory
    from ticktap.provisioning import inventory as inventories

    with open_registry() as registry, ClockHistory.open() as history:
        found = inventories.items(registry.tokens.all(), history, time.time(), bound)
    rows = [
        {
            "label": each.label,
            "serial": each.serial,
            "holder": each.holder,
            "firmware": each.firmware,
            "last_seen": _utc(each.seen),
            "synced": _utc(each.synced),
            "clock": each.clock,
            "sync_by": _utc(each.sync_by),
            "lost": _utc(each.lost),
        }
        for each in found
    ]
    if to:
        table_file.write(to, COLUMNS, rows, force)
    return {"tokens": rows, "bound_s": bound, "file": str(to) if to else None}


def _utc(unix: int | None) -> str | None:
    if unix is None or unix >= _FAR:
        return None
    return datetime.fromtimestamp(unix, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

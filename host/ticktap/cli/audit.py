"""ticktap audit: who did what, and whether the record of it was tampered with."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import click

from ticktap.cli.framework import output
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.options import FileName
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.errors import BadInput, PartFailed

Data = dict[str, Any]

audit = Group("audit", help="Show who did what, and check that nobody changed the record.")


def _lines(rows: list[Data]) -> str:
    shown = [
        {
            "when": time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row["at"])),
            "user": row["user"],
            "what": row["what"],
            "by": row["who"],
            "from": row["origin"],
            "detail": " ".join(f"{key}={_short(value)}" for key, value in row["detail"].items()),
        }
        for row in rows
    ]
    return output.table(shown) if shown else "Nothing has happened yet."


@audit.command("show", text=_lines)
@click.option("--user", help="Only what is about this user.")
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="How many lines.")
@registry_options
def show(user: str | None, last: int) -> list[Data]:
    """Show what happened, the newest last."""
    with open_registry() as registry:
        lines = registry.audit.lines(user, last)
    return [
        {
            "user": line.user,
            "entry": line.entry,
            "at": line.event.at,
            "who": line.event.who,
            "origin": line.event.origin,
            "what": line.event.what,
            "detail": dict(line.event.detail),
        }
        for line in lines
    ]


class Tampered(PartFailed):
    """The trail is not what it was; `data` says where."""

    text = staticmethod(lambda data: "\n".join(data["faults"]))

    def __init__(self, data: Data) -> None:
        super().__init__(
            f"the audit trail was tampered with or damaged ({output.counted(len(data['faults']), 'fault')})",
            "Keep a copy of the registry as it is; compare it with a backup.",
        )
        self.data = data


@audit.command(
    "verify",
    text=lambda data: f"All is as it was written: {data['entries']} entries in {data['chains']} chains.",
)
@click.option("--anchor", type=FileName(), help="A file that 'audit anchor' wrote before.")
@registry_options
def verify(anchor: Path | None) -> Data:
    """Check that no entry was changed, added, removed or reordered. Exit code 9 when one was."""
    known = None if anchor is None else _anchor(anchor)
    with open_registry() as registry:
        checked = registry.audit.check(known)
    data = {"chains": checked.chains, "entries": checked.entries, "faults": checked.faults}
    if checked.faults:
        raise Tampered(data)
    return data


@audit.command(
    "anchor",
    text=lambda data: f"{data['file']}: keep it where nobody can write who can write to the registry.",
)
@click.argument("file", type=FileName())
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@registry_options
def anchor(file: Path, force: bool) -> Data:
    """Write down where the trail is now, so that 'audit verify --anchor' finds a registry put back."""
    from ticktap.files import private_files

    with open_registry() as registry:
        now = registry.audit.anchor()
    private_files.write(file, json.dumps({"ticktap": "audit anchor", "chains": now}).encode(), replace=force)
    return {"file": str(file), "chains": len(now)}


def _anchor(file: Path) -> dict[str, tuple[int, str]]:
    from ticktap.files import private_files

    try:
        document = json.loads(private_files.read(file))
        if document["ticktap"] != "audit anchor":
            raise ValueError
        return {str(int(chain)): (int(count), str(mac)) for chain, (count, mac) in document["chains"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BadInput(f"{file} is no anchor", "Give a file that 'ticktap audit anchor' wrote.") from None


def _short(value: Any) -> str:
    if value is None:
        return "-"
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)

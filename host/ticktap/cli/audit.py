"""ticktap audit: shows the audit log, and checks it for manipulation."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ticktap.cli import audit_words, table_file
from ticktap.cli.framework import output
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.options import FileName
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.errors import BadInput, NotFound, PartFailed
from ticktap.files import csv_table
from ticktap.wording import counted, local_second

Data = dict[str, Any]

_USUAL = 50  # lines
_CSV = ("at", "user", "what", "words", "who", "origin", "detail", "deleted", "entry")

audit = Group("audit", help="Show who did what, and check the audit log.")


def _lines(rows: list[Data]) -> str:
    shown = [
        {
            "when": local_second(row["at"]),
            "user": f"{row['user']} (deleted)" if row["deleted"] else row["user"],
            "what": audit_words.sentence(row["what"], row["detail"]),
            "by": _by(row),
            "from": row["origin"] or None,
        }
        for row in rows
    ]
    return output.table(shown) if shown else "There is nothing of that kind."


def _by(row: Data) -> str | None:
    """Returns the actor, and the name from the environment if it differs."""
    claimed = row["detail"].get("claimed")
    return f"{row['who']} (claimed to be {claimed})" if claimed else row["who"] or None


@audit.command("show", text=_lines)
@click.option("--user", help="Only events of this user.")
@click.option(
    "--since", metavar="TIME", help="Only from this time on: 2026-11-30, '2026-11-30 22:15', 22:15, 8h, 7d."
)
@click.option("--until", metavar="TIME", help="Only until this time; a day is included to its end.")
@click.option(
    "--what", multiple=True, metavar="EVENT", help="Only such events, like sign-in-refused; may be repeated."
)
@click.option(
    "--last",
    type=click.IntRange(1),
    metavar="N",
    help="The newest N.  [default: 50; with --since or --csv: all]",
)
@table_file.csv_option
@table_file.force_option
@registry_options
def show(
    user: str | None,
    since: str | None,
    until: str | None,
    what: tuple[str, ...],
    last: int | None,
    to: Path | None,
    force: bool,
) -> list[Data]:
    """Show what happened, the newest last. Times are this computer's local ones; in --csv files they are UTC.

    docs/signing-in.md lists the EVENTs.
    """
    from ticktap.cli.framework import time_input

    now = time.time()
    first = None if since is None else time_input.unix(since, now)
    before = None if until is None else time_input.unix(until, now, end=True)
    if first is not None and before is not None and first >= before:
        raise BadInput("--until is before --since", "Give the earlier time with --since.")
    if last is None and since is None and to is None:
        last = _USUAL
    with open_registry() as registry:
        lines = registry.audit.lines(user, last, since=first, until=before, what=what)
    if not lines:
        _known(what)
    rows = [
        {
            "user": line.user,
            "entry": line.entry,
            "at": line.event.at,
            "who": line.event.who,
            "origin": line.event.origin,
            "what": line.event.what,
            "detail": dict(line.event.detail),
            "deleted": line.deleted,
        }
        for line in lines
    ]
    if to:
        _write(to, rows, force)
    return rows


def _known(what: Sequence[str]) -> None:
    """Refuses unknown events if nothing was found. Other programs may write events of their own."""
    if strange := [each for each in what if each not in audit_words.WORDS]:
        raise NotFound(f"no event is called {strange[0]!r}", f"There are: {', '.join(audit_words.WORDS)}.")


def _write(to: Path, rows: list[Data], force: bool) -> None:
    shown = [
        row
        | {
            "at": csv_table.utc(row["at"]),
            "words": audit_words.sentence(row["what"], row["detail"]),
            "detail": json.dumps(row["detail"], sort_keys=True),
        }
        for row in rows
    ]
    table_file.write(to, _CSV, shown, force)
    output.note(f"Wrote {to}.")


class Tampered(PartFailed):
    """The audit log, or a value that decides sign-ins, was changed; `data` says where."""

    text = staticmethod(lambda data: "\n".join(data["faults"]))

    def __init__(self, data: Data) -> None:
        super().__init__(
            f"the registry was tampered with or damaged ({counted(len(data['faults']), 'fault')})",
            "Keep a copy of the registry as it is; compare it with a backup.",
        )
        self.data = data


@audit.command(
    "verify",
    text=lambda data: f"No entry was changed: {data['entries']} entries in {data['chains']} chains.",
)
@click.option("--anchor", type=FileName(), help="A file with anchors, one or several.")
@click.option("--archive", type=FileName(), help="Check this file of 'audit prune' too.")
@registry_options
def verify(anchor: Path | None, archive: Path | None) -> Data:
    """Detect changes of the registry that were made without its key file. Exit code 9: there are some.

    It finds entries of the audit log that were changed, added, removed or reordered, and changes of users,
    accounts, codes, used codes and settings.
    """
    from ticktap.files import private_files
    from ticktap.registry import anchor_file

    known = None if anchor is None else anchor_file.parse(private_files.read(anchor))
    with open_registry() as registry:
        checked = registry.audit.check(known)
        if archive is not None:
            registry.audit.check_archive(private_files.read(archive))
    data = {"chains": checked.chains, "entries": checked.entries, "faults": checked.faults}
    if checked.faults:
        raise Tampered(data)
    return data


def _anchored(data: Data) -> str:
    kept = "store it where those who can write to the registry cannot write."
    if data["file"]:
        return f"{data['file']}: {kept}"
    return f"Entry {data['entries']} of the registry's chain is the end of {data['chains']} chains."


@audit.command("anchor", text=_anchored)
@click.argument("file", type=FileName(), required=False)
@click.option("--force", is_flag=True, help="Replace an existing file.")
@registry_options
def anchor(file: Path | None, force: bool) -> Data:
    """Save the ends of all chains, so that 'audit verify --anchor' detects an old registry that was
    restored.

    They are written to FILE, if it is given, and to the registry's own chain. The end of that chain is sent
    to the syslog receiver and to the file that TICKTAP_ANCHORS names. Run this by a timer without FILE.
    """
    from ticktap.files import private_files
    from ticktap.registry import anchor_file

    with open_registry() as registry:
        ((entries, _),) = registry.audit.record_ends().values()
        now = registry.audit.anchor()
    if file is not None:
        private_files.write(file, anchor_file.line(now, int(time.time())), replace=force)
    return {"file": None if file is None else str(file), "chains": len(now), "entries": entries}


@audit.command("prune", text=lambda data: f"Entries moved to {data['file']}: {data['entries']}.")
@click.option("--before", metavar="TIME", required=True, help="Entries before this time: 2026-01-01, 90d.")
@click.option("--archive", type=FileName(), required=True, help="The file to write; it must not exist.")
@registry_options
def prune(before: str, archive: Path) -> Data:
    """Move old entries of users into a sealed file. The rest of the log can still be verified.

    'audit verify --archive FILE' checks such a file. The registry's own chain stays.
    """
    from ticktap.cli.framework import time_input
    from ticktap.files import private_files

    until = time_input.unix(before, time.time())
    with open_registry() as registry:
        moved = registry.audit.prune(until, lambda data: private_files.write(archive, data, replace=False))
    if not moved:
        raise NotFound("there are no entries before that time", "Give a later time with --before.")
    return {"file": str(archive), "entries": moved}

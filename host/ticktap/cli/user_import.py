"""ticktap user import: imports users from a table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import click

from ticktap.cli.framework import output
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.options import FileName
from ticktap.cli.framework.registry_choice import is_there, open_registry, registry_options

Data = dict[str, Any]
_DONE = {"add": "added", "change": "changed", "same": "unchanged"}
_WOULD = {"add": "would be added", "change": "would be changed", "same": "as it is"}


def _text(data: Data) -> str:
    words = _WOULD if data["dry_run"] else _DONE
    rows = [
        {
            "line": row["line"],
            "user": row["user"],
            "what": words[row["action"]],
            "changes": row["changes"] or "",
        }
        for row in data["rows"]
        if row["action"] != "same"
    ]
    counts = Counter(row["action"] for row in data["rows"])
    total = ", ".join(f"{counts[action]} {said}" for action, said in words.items() if counts[action])
    nothing = "; nothing was done (--dry-run)" if data["dry_run"] else ""
    return "\n".join(filter(None, (output.table(rows), f"{total}{nothing}.")))


@click.command("import", cls=Command, text=_text)
@click.argument("table", type=FileName(), metavar="CSV")
@click.option("--dry-run", is_flag=True, help="Show what would be done, and change nothing.")
@registry_options
def import_users(table: Path, dry_run: bool) -> Data:
    """Add and change users from a table.

    CSV has a first line with the columns' names: user, full_name, email, groups, methods, networks; all but
    the first may be left out. Several groups, methods or networks of one cell have blanks between them. An
    empty cell changes nothing, and nobody is removed. If a line cannot be used, nothing is done. 'user list
    --csv' writes such a table.
    """
    from ticktap.files import private_files
    from ticktap.provisioning import user_import

    rows = user_import.parse(private_files.read(table))
    if dry_run and not is_there():
        planned = user_import.plan(None, rows)
    else:
        with open_registry(create=not dry_run) as registry:
            planned = user_import.plan(registry, rows) if dry_run else user_import.apply(registry, rows)
    return {
        "rows": [
            {"line": each.row.line, "user": each.row.name, "action": each.action, "changes": each.changes}
            for each in planned
        ],
        "dry_run": dry_run,
    }

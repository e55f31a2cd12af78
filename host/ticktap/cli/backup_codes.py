"""ticktap backup-codes: codes on paper that get a user in once each, without a token."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ticktap.cli.framework import output
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.options import FileName
from ticktap.cli.framework.registry_choice import open_registry, registry_options

Data = dict[str, Any]

backup_codes = Group("backup-codes", help="Codes that get a user in without a token, once each.")


def _codes(data: Data) -> str:
    return "\n".join([*data["codes"], f"Each gets {data['user']} in once. They are shown this once."])


@backup_codes.command("new", text=_codes)
@click.argument("name")
@registry_options
def new(name: str) -> Data:
    """Make new codes for a user; older ones are not good any more."""
    with open_registry() as registry:
        return {"user": name, "codes": registry.factors.new_backup_codes(name)}


@backup_codes.command(
    "show-left",
    text=lambda data: f"{data['user']} has {output.counted(data['left'], 'backup code')} left.",
)
@click.argument("name")
@registry_options
def show_left(name: str) -> Data:
    """Show how many a user has left."""
    with open_registry() as registry:
        left = registry.factors.backup_codes_left(name)
        few = registry.policy.few
    if left <= few:
        output.note(f"That is few: 'ticktap backup-codes new {name}' makes new ones.")
    return {"user": name, "left": left, "few": left <= few}


@backup_codes.command(
    "print",
    text=lambda data: f"{output.counted(data['codes'], 'code')} on {data['page']}: print it, then delete it.",
)
@click.argument("name")
@click.argument("page", type=FileName())
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@registry_options
def print_codes(name: str, page: Path, force: bool) -> Data:
    """Make new codes for a user and write them on PAGE, an HTML file to print."""
    import time

    from ticktap.enrolment import recovery_sheet
    from ticktap.files import private_files

    with open_registry() as registry:
        registry.users.find(name)
        if page.exists() and not force:
            raise private_files.exists(page)
        codes = registry.factors.new_backup_codes(name)
    made = time.strftime("%Y-%m-%d")
    private_files.write(page, recovery_sheet.codes_page(name, codes, made).encode(), replace=force)
    return {"user": name, "codes": len(codes), "page": str(page)}

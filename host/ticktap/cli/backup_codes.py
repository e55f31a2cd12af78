"""ticktap backup-codes: makes printed codes that each sign a user in once, without a token."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli.framework import output, prompts
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.options import FileName
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.wording import counted

if TYPE_CHECKING:
    from ticktap.registry import Registry

Data = dict[str, Any]

backup_codes = Group("backup-codes", help="Codes that get a user in without a token, once each.")

_yes = click.option("--yes", is_flag=True, help="Do not ask before older codes stop working.")


def _codes(data: Data) -> str:
    return "\n".join([*data["codes"], f"Each gets {data['user']} in once. They are shown only once."])


@backup_codes.command("new", text=_codes)
@click.argument("name")
@_yes
@registry_options
def new(name: str, yes: bool) -> Data:
    """Make new codes for a user. Older ones stop working, after a question if there are any."""
    with open_registry() as registry:
        name = _agreed(registry, name, yes, f"backup-codes new {name}")
        return {"user": name, "codes": registry.factors.new_backup_codes(name)}


def _agreed(registry: Registry, name: str, yes: bool, command: str) -> str:
    """Asks before valid codes are replaced; returns the user's canonical name."""
    name = registry.users.find(name).name
    left = registry.factors.backup_codes_left(name)
    if left and not yes:
        prompts.confirm(
            f"{name} has {counted(left, 'backup code')} left that will stop working. Make new ones?",
            f"In a script give --yes: 'ticktap {command} --yes'.",
        )
    return name


@backup_codes.command(
    "show-left",
    text=lambda data: f"{data['user']} has {counted(data['left'], 'backup code')} left.",
)
@click.argument("name")
@registry_options
def show_left(name: str) -> Data:
    """Show how many codes a user has left."""
    with open_registry() as registry:
        name = registry.users.find(name).name
        left = registry.factors.backup_codes_left(name)
        few = registry.policy.low_code_warning
    if left <= few:
        output.note(f"That is few: 'ticktap backup-codes new {name}' makes new ones.")
    return {"user": name, "left": left, "few": left <= few}


@backup_codes.command(
    "print",
    text=lambda data: f"{counted(data['codes'], 'code')} on {data['page']}: print it, then delete it.",
)
@click.argument("name")
@click.argument("page", type=FileName())
@click.option("--force", is_flag=True, help="Replace an existing file.")
@_yes
@registry_options
def print_codes(name: str, page: Path, force: bool, yes: bool) -> Data:
    """Make new codes for a user and write them on PAGE, an HTML file to print.

    Older ones stop working, after a question if there are any.
    """
    import time

    from ticktap.enrolment import recovery_sheet
    from ticktap.files import private_files

    with open_registry() as registry:
        registry.users.find(name)
        if page.exists() and not force:
            raise private_files.exists(page)
        name = _agreed(registry, name, yes, f"backup-codes print {name} {page}")
        codes = registry.factors.new_backup_codes(name)
    made = time.strftime("%Y-%m-%d")
    private_files.write(page, recovery_sheet.codes_page(name, codes, made).encode(), replace=force)
    return {"user": name, "codes": len(codes), "page": str(page)}

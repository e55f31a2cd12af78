"""ticktap app-password: manages passwords for programs that cannot ask for a code."""

from __future__ import annotations

from typing import Any

import click

from ticktap.cli.framework import output
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.wording import local_time

Data = dict[str, Any]

app_password = Group("app-password", help="Passwords for programs that cannot ask for a code.")


def _new(data: Data) -> str:
    return f"{data['password']}\nOnly {data['label']} accepts it. It is shown only once."


@app_password.command("new", text=_new)
@click.argument("name")
@click.argument("label")
@registry_options
def new(name: str, label: str) -> Data:
    """Make a password of a user for the service LABEL only."""
    with open_registry() as registry:
        return {"user": name, "label": label, "password": registry.factors.new_app_password(name, label)}


def _table(rows: list[Data]) -> str:
    shown = [{**row, "created": _day(row["created"]), "last_used": _day(row["last_used"])} for row in rows]
    return output.table(shown) if shown else "There are none."


@app_password.command("list", text=_table)
@click.argument("name")
@registry_options
def list_passwords(name: str) -> list[Data]:
    """List a user's passwords: label, age and last use."""
    with open_registry() as registry:
        return [
            {"number": each.id, "label": each.label, "created": each.created, "last_used": each.used}
            for each in registry.factors.app_passwords(name)
        ]


@app_password.command(
    "revoke", text=lambda data: f"Password {data['number']} of {data['user']} is not accepted any more."
)
@click.argument("name")
@click.argument("number", type=int)
@registry_options
def revoke(name: str, number: int) -> Data:
    """Revoke an app password."""
    with open_registry() as registry:
        registry.factors.revoke_app_password(name, number)
    return {"user": name, "number": number}


def _day(unix: int | None) -> str:
    return "never" if unix is None else local_time(unix)

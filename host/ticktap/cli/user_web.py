"""ticktap user password and user role: set a user's password and role for the web pages."""

from __future__ import annotations

from typing import Any, cast

import click

from ticktap.cli.framework import prompts
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.registry.roles import ROLES, Role, Roles

Data = dict[str, Any]


def _password_text(data: Data) -> str:
    if data["removed"]:
        return f"{data['user']} has no password now."
    if data["password"]:
        note = f"{data['user']} must change it after the next sign-in. It is shown only once."
        return f"{data['password']}\n{note}"
    return f"The password of {data['user']} is set. All web sessions of {data['user']} were ended."


@click.command("password", cls=Command, text=_password_text)
@click.argument("name")
@click.option("--generate", is_flag=True, help="Make a password that the user must change, and show it once.")
@click.option("--remove", is_flag=True, help="Remove the password.")
@registry_options
def password(name: str, generate: bool, remove: bool) -> Data:
    """Set a user's password for the web pages.

    The command asks for the password and does not show it. All web sessions of the user end.
    """
    from ticktap.registry.passwords import LONGEST, SHORTEST, Passwords, checked_password

    if generate and remove:
        raise click.UsageError("give one of --generate and --remove")
    made = ""
    with open_registry() as registry:
        name = registry.users.find(name).name
        passwords = Passwords(registry)
        if remove:
            passwords.clear(name)
        elif generate:
            made = passwords.generate(name)
        else:
            rule = f"{SHORTEST} to {LONGEST} characters"
            typed = prompts.new_secret(
                f"New password of {name}", rule, lambda given: checked_password(given, name)
            )
            passwords.set(name, typed)
    return {"user": name, "password": made, "removed": remove}


def _role_text(data: Data) -> str:
    return f"{data['user']} has the role {data['role']}." if data["role"] else f"{data['user']} has no role."


@click.command("role", cls=Command, text=_role_text)
@click.argument("name")
@click.argument("role", type=click.Choice([*ROLES, "none"]), required=False)
@registry_options
def role(name: str, role: str | None) -> Data:
    """Set what a user may do in the administration of the web pages; without ROLE, show it.

    admin: everything. help-desk: unlock users, issue temporary codes, revoke lost tokens. auditor: read
    everything, the audit log included.
    """
    with open_registry() as registry:
        name = registry.users.find(name).name
        roles = Roles(registry)
        if role is not None:
            roles.set(name, None if role == "none" else cast("Role", role))
        return {"user": name, "role": roles.of(name) or ""}

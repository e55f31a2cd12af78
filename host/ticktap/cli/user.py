"""ticktap user: manages the users who sign in."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import click

from ticktap.cli import table_file, user_words
from ticktap.cli.framework import output, prompts
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.provisioning import user_export
from ticktap.registry.sign_in_methods import METHODS
from ticktap.wording import counted

Data = dict[str, Any]


user = Group(
    "user",
    table={
        "enrol": ("ticktap.cli.user_enrol:enrol", "Give a user an account on a token, with a new secret."),
        "password": ("ticktap.cli.user_web:password", "Set a user's password for the web pages."),
        "role": ("ticktap.cli.user_web:role", "Set a user's role on the web pages."),
        "import": ("ticktap.cli.user_import:import_users", "Add and change users from a table."),
    },
    help="Add, list and change those who sign in.",
)

name_argument = click.argument("name")
_methods = click.option(
    "--method",
    "methods",
    type=click.Choice(METHODS),
    multiple=True,
    help="An allowed way to sign in; the main one first.",
)
_networks = click.option(
    "--network",
    "networks",
    multiple=True,
    metavar="CIDR",
    help="An allowed network, like 10.0.0.0/8; may be repeated.",
)

_full_name = click.option("--full-name", metavar="TEXT", help="The person's name.")
_email = click.option("--email", metavar="ADDRESS", help="The person's e-mail address.")
_groups = click.option("--group", "groups", multiple=True, metavar="NAME", help="A group; may be repeated.")


@user.command("add", text=lambda data: f"Added {data['user']}. 'ticktap user enrol' gives them a token.")
@name_argument
@_methods
@_networks
@_full_name
@_email
@_groups
@registry_options
def add(
    name: str,
    methods: tuple[str, ...],
    networks: tuple[str, ...],
    full_name: str | None,
    email: str | None,
    groups: tuple[str, ...],
) -> Data:
    """Add a user. The name is not case-sensitive."""
    with open_registry(create=True) as registry:
        added = registry.users.add(
            name, methods=methods or METHODS, networks=networks,
            full_name=full_name or "", email=email or "", groups=groups,
        )  # fmt: skip
        return user_export.one(registry, added)


@user.command("list", text=user_words.table)
@table_file.csv_option
@table_file.force_option
@registry_options
def list_users(to: Path | None, force: bool) -> list[Data]:
    """List the users. The table that --csv writes can be given to 'user import'."""
    with open_registry() as registry:
        found = user_export.everyone(registry)
    if to:
        table_file.write(to, user_export.CSV, map(user_export.with_times, found), force)
        output.note(f"Wrote {to}.")
    return found


@user.command("show", text=user_words.text)
@name_argument
@registry_options
def show(name: str) -> Data:
    """Show a user, without secrets."""
    with open_registry() as registry:
        return user_export.one(registry, registry.users.find(name))


@user.command("edit", text=user_words.text)
@name_argument
@_full_name
@_email
@_groups
@click.option("--no-groups", is_flag=True, help="In no group.")
@registry_options
def edit(
    name: str, full_name: str | None, email: str | None, groups: tuple[str, ...], no_groups: bool
) -> Data:
    """Change a user's full name, e-mail address or groups. "" clears a name or an address."""
    if groups and no_groups:
        raise click.UsageError("give one of --group and --no-groups")
    changed = groups if groups or no_groups else None
    if full_name is None and email is None and changed is None:
        raise click.UsageError("give what to change: --full-name, --email, --group or --no-groups")
    with open_registry() as registry:
        found = registry.users.edit(name, full_name=full_name, email=email, groups=changed)
        return user_export.one(registry, found)


def _renamed(data: Data) -> str:
    accounts = f" Accounts keep their names: {', '.join(data['accounts'])}." if data["accounts"] else ""
    return f"{data['was']} is called {data['user']} from now on, in services too.{accounts}"


@user.command("rename", text=_renamed)
@name_argument
@click.argument("new_name")
@registry_options
def rename(name: str, new_name: str) -> Data:
    """Rename a user; tokens, codes and passwords stay valid."""
    with open_registry() as registry:
        was = registry.users.find(name).name
        return {"was": was, **user_export.one(registry, registry.users.rename(name, new_name))}


def _deleted(data: Data) -> str:
    tokens = f" {', '.join(data['tokens'])} has no user now: 'ticktap token reset' erases it."
    return f"Deleted {data['user']} ({data['forgotten']} forgotten)." + (tokens if data["tokens"] else "")


@user.command("delete", text=_deleted)
@name_argument
@click.option("--yes", is_flag=True, help="Skip the question.")
@registry_options
def delete(name: str, yes: bool) -> Data:
    """Remove a user with all accounts, codes and passwords. The audit log is kept."""
    with open_registry() as registry:
        about = user_export.one(registry, registry.users.find(name))
        if not yes:
            _confirm(
                "delete", about, f"Delete {about['user']} with {_belongings(about)}? This cannot be undone."
            )
        gone = registry.users.delete(name)
    return {"user": about["user"], "tokens": about["tokens"], "forgotten": gone}


def _confirm(command: str, about: Data, question: str) -> None:
    prompts.confirm(question, f"In a script give --yes: 'ticktap user {command} {about['user']} --yes'.")


def _belongings(about: Data) -> str:
    return ", ".join(
        (
            counted(len(about["accounts"]), "account"),
            counted(about["backup_codes_left"], "backup code"),
            counted(about["app_passwords"], "app password"),
        )
    )


@user.command("disable", text=lambda data: f"{data['user']} cannot sign in any more.")
@name_argument
@registry_options
def disable(name: str) -> Data:
    """Disable a user; nothing is deleted."""
    with open_registry() as registry:
        return user_export.one(registry, registry.users.disable(name))


@user.command("enable", text=lambda data: f"{data['user']} may sign in again.")
@name_argument
@registry_options
def enable(name: str) -> Data:
    """Enable a disabled user."""
    with open_registry() as registry:
        return user_export.one(registry, registry.users.enable(name))


@user.command("unlock", text=lambda data: f"{data['user']} may try again.")
@name_argument
@registry_options
def unlock(name: str) -> Data:
    """End a lock-out after too many wrong codes."""
    with open_registry() as registry:
        return user_export.one(registry, registry.users.unlock(name))


@user.command(
    "reset", text=lambda data: f"{data['user']} must be enrolled again ({data['forgotten']} forgotten)."
)
@name_argument
@click.option("--yes", is_flag=True, help="Skip the question.")
@registry_options
def reset(name: str, yes: bool) -> Data:
    """Delete a user's accounts, backup codes and app passwords."""
    with open_registry() as registry:
        about = user_export.one(registry, registry.users.find(name))
        if not yes:
            _confirm("reset", about, f"Forget {_belongings(about)} of {about['user']}?")
        return {"user": about["user"], "forgotten": registry.users.reset(name)}


@user.command("main-method", text=lambda data: f"{data['user']} is asked for: {', '.join(data['methods'])}.")
@name_argument
@click.argument("method", type=click.Choice(METHODS), metavar="METHOD")
@registry_options
def main_method(name: str, method: str) -> Data:
    """Set the factor that a user is asked for first."""
    with open_registry() as registry:
        return user_export.one(registry, registry.users.set_main_method(name, method))


@user.command("policy", text=lambda data: output.plain({key: data[key] for key in ("methods", "networks")}))
@name_argument
@_methods
@_networks
@click.option("--anywhere", is_flag=True, help="From any network.")
@registry_options
def policy(name: str, methods: tuple[str, ...], networks: tuple[str, ...], anywhere: bool) -> Data:
    """Set how, and from where, a user may sign in; without options, show it."""
    if networks and anywhere:
        raise click.UsageError("give one of --network and --anywhere")
    with open_registry() as registry:
        if methods:
            registry.users.set_methods(name, methods)
        if networks or anywhere:
            registry.users.set_networks(name, networks)
        return user_export.one(registry, registry.users.find(name))


@user.command("issue-code", text=lambda data: f"{data['code']}   (once, until {data['until_local']})")
@name_argument
@click.option("--reason", default="", metavar="TEXT", help="How you verified the user, for the audit log.")
@registry_options
def issue_code(name: str, reason: str) -> Data:
    """Issue a single-use code that expires after a few minutes.

    Check the user's identity before you give the code: anyone who has it can sign in.
    """
    with open_registry() as registry:
        code, until = registry.factors.issue_code(name, reason)
        name = registry.users.find(name).name
    return {"user": name, "code": code, "until": until, "until_local": _local(until)}


def _lost(data: Data) -> str:
    accounts = counted(data["forgotten"], "account")
    return (
        f"{', '.join(data['tokens'])}: codes are no longer accepted ({accounts}).\n"
        + "".join(
            f"'ticktap provision --replace {label}' makes a spare its successor, with the same label.\n"
            for label in data["labels"]
        )
        + f"'ticktap user enrol {data['user']}' puts a new account on any token."
    )


@user.command("lost", text=_lost)
@name_argument
@click.argument("token", required=False)
@registry_options
def lost(name: str, token: str | None) -> Data:
    """Revoke a user's lost token: TOKEN (its label or serial number), or all that the user holds."""
    from ticktap.errors import NotFound

    with open_registry() as registry:
        name = registry.users.find(name).name
        held = registry.tokens.of(name)
        gone = held if token is None else [each for each in held if token in (each.serial, each.label)]
        if not gone:
            which = "a token" if token is None else f"the token {token}"
            raise NotFound(
                f"the user {name} does not hold {which}", "'ticktap inventory' shows who holds which."
            )
        serials = [each.serial for each in gone]
        return {
            "user": name,
            "tokens": serials,
            "labels": [each.label for each in gone if each.label],
            "forgotten": sum(map(registry.tokens.mark_lost, serials)),
        }


@user.command("settings")
@click.argument("setting", required=False)
@click.argument("value", type=int, required=False)
@registry_options
def settings(setting: str | None, value: int | None) -> Data:
    """Show the sign-in settings, or change one SETTING to VALUE."""
    from ticktap.registry.policy import as_dict

    with open_registry() as registry:
        if setting is not None:
            if value is None:
                raise click.UsageError("give SETTING and VALUE, or neither")
            registry.set_policy(setting, value)
        return as_dict(registry.policy)


def _local(unix: int) -> str:
    return time.strftime("%H:%M", time.localtime(unix))

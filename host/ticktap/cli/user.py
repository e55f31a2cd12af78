"""ticktap user: who signs in, how, and what to do when that does not work."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli.framework import output, prompts
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.registry.users import METHODS

if TYPE_CHECKING:
    from ticktap.registry import Registry
    from ticktap.registry.users import User

Data = dict[str, Any]


user = Group(
    "user",
    table={
        "enrol": ("ticktap.cli.user_enrol:enrol", "Give a user an account on a token, with a new secret.")
    },
    help="Add, list and change those who sign in.",
)

name_argument = click.argument("name")
_methods = click.option(
    "--method",
    "methods",
    type=click.Choice(METHODS),
    multiple=True,
    help="A way to sign in; the main one first.",
)
_networks = click.option(
    "--network", "networks", multiple=True, metavar="CIDR", help="Where from, like 10.0.0.0/8; several times."
)


@user.command("add", text=lambda data: f"Added {data['user']}. 'ticktap user enrol' gives them a token.")
@name_argument
@_methods
@_networks
@registry_options
def add(name: str, methods: tuple[str, ...], networks: tuple[str, ...]) -> Data:
    """Add a user, who may then be given a token."""
    with open_registry(create=True) as registry:
        added = registry.users.add(name, methods=methods or METHODS, networks=networks)
        return _shown(registry, added)


def _table(rows: list[Data]) -> str:
    columns = ("user", "state", "main_method", "tokens", "accounts", "backup_codes_left")
    return output.table(rows, columns) if rows else "There are no users. 'ticktap user add' adds one."


@user.command("list", text=_table)
@registry_options
def list_users() -> list[Data]:
    """List the users."""
    with open_registry() as registry:
        return [_shown(registry, each) for each in registry.users.all()]


@user.command("show")
@name_argument
@registry_options
def show(name: str) -> Data:
    """Show all that is known of a user, but no secret."""
    with open_registry() as registry:
        return _shown(registry, registry.users.find(name))


@user.command("disable", text=lambda data: f"{data['user']} cannot sign in any more.")
@name_argument
@registry_options
def disable(name: str) -> Data:
    """Keep a user out; nothing is forgotten."""
    with open_registry() as registry:
        return _shown(registry, registry.users.disable(name))


@user.command("enable", text=lambda data: f"{data['user']} may sign in again.")
@name_argument
@registry_options
def enable(name: str) -> Data:
    """Let a disabled user in again."""
    with open_registry() as registry:
        return _shown(registry, registry.users.enable(name))


@user.command("unlock", text=lambda data: f"{data['user']} may try again.")
@name_argument
@registry_options
def unlock(name: str) -> Data:
    """End a lock after too many wrong codes."""
    with open_registry() as registry:
        return _shown(registry, registry.users.unlock(name))


@user.command(
    "reset", text=lambda data: f"{data['user']} has to be enrolled anew ({data['forgotten']} forgotten)."
)
@name_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
@registry_options
def reset(name: str, yes: bool) -> Data:
    """Forget a user's accounts, backup codes and app passwords."""
    with open_registry() as registry:
        registry.users.find(name)
        if not yes:
            prompts.confirm(f"Forget all accounts, backup codes and app passwords of {name}?", "Give --yes.")
        return {"user": name, "forgotten": registry.users.reset(name)}


@user.command("main-method", text=lambda data: f"{data['user']} is asked for: {', '.join(data['methods'])}.")
@name_argument
@click.argument("method", type=click.Choice(METHODS), metavar="METHOD")
@registry_options
def main_method(name: str, method: str) -> Data:
    """Set what a user is asked for first."""
    with open_registry() as registry:
        return _shown(registry, registry.users.set_main_method(name, method))


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
        return _shown(registry, registry.users.find(name))


@user.command("issue-code", text=lambda data: f"{data['code']}   (once, until {data['until_local']})")
@name_argument
@registry_options
def issue_code(name: str) -> Data:
    """Make a code that is good once, for minutes.

    Give it to the user only after you made sure who asks: it gets whoever has it in.
    """
    with open_registry() as registry:
        code, until = registry.factors.issue_code(name)
    return {"user": name, "code": code, "until": until, "until_local": _local(until)}


def _lost(data: Data) -> str:
    accounts = output.counted(data["forgotten"], "account")
    return (
        f"{', '.join(data['tokens'])}: no code of it is right any more ({accounts}).\n"
        f"'ticktap user enrol {data['user']}' puts a new account on a spare."
    )


@user.command("lost", text=_lost)
@name_argument
@click.argument("token", required=False)
@registry_options
def lost(name: str, token: str | None) -> Data:
    """Revoke a user's lost token: TOKEN, or all that the user holds."""
    from ticktap.errors import NotFound

    with open_registry() as registry:
        registry.users.find(name)
        held = [each.serial for each in registry.tokens.of(name)]
        gone = held if token is None else [each for each in held if each == token]
        if not gone:
            which = "a token" if token is None else f"the token {token}"
            raise NotFound(
                f"the user {name} does not hold {which}", "'ticktap inventory' shows who holds which."
            )
        return {"user": name, "tokens": gone, "forgotten": sum(map(registry.tokens.lose, gone))}


@user.command("settings")
@click.argument("setting", required=False)
@click.argument("value", type=int, required=False)
@registry_options
def settings(setting: str | None, value: int | None) -> Data:
    """Show how strict sign-ins are, or change one SETTING to VALUE. Without SETTING, all are shown."""
    from ticktap.registry.policy import as_dict

    with open_registry() as registry:
        if setting is not None:
            if value is None:
                raise click.UsageError("give SETTING and VALUE, or neither")
            registry.set_policy(setting, value)
        return as_dict(registry.policy)


def _shown(registry: Registry, about: User) -> Data:
    """A user as data."""
    return {
        "user": about.name,
        "state": about.state(registry.policy, int(time.time())),
        "methods": list(about.methods),
        "main_method": about.main_method,
        "networks": list(about.networks),
        "created": about.created,
        "failures": about.failures,
        "wait_until": about.wait_until,
        "tokens": [each.label or each.serial for each in registry.tokens.of(about.name)],
        "accounts": [each.account.label for each in registry.of_user(about.id)],
        "backup_codes_left": registry.factors.backup_codes_left(about.name),
        "app_passwords": len(registry.factors.app_passwords(about.name)),
    }


def _local(unix: int) -> str:
    return time.strftime("%H:%M", time.localtime(unix))

"""Selects a command's registry, and the actor for its audit log."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ticktap.errors import BadInput, NotFound

if TYPE_CHECKING:
    from ticktap.registry import Registry
    from ticktap.registry.syslog import Syslog

Function = TypeVar("Function", bound=Callable[..., Any])
_REGISTRY, _KEY, _SYSLOG = "ticktap.registry", "ticktap.registry-key", "ticktap.syslog"


def _keep(key: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        if value:
            ctx.meta[key] = _without_secret(value) if key == _REGISTRY else value

    return callback


def _without_secret(address: str) -> str:
    """Returns the address; refuses one with a password, because other programs can read the command line."""
    if "://" in address:
        from urllib.parse import urlsplit

        if urlsplit(address).password or "password=" in address:
            raise BadInput(
                "a password was given on the command line, where other programs can read it",
                "Put it into libpq's password file, ~/.pgpass, and change it: your shell's history has it.",
            )
    return address


def registry_options(function: Function) -> Function:
    """Adds the options that select the registry."""
    key = click.option(
        "--registry-key",
        type=click.Path(path_type=Path),
        expose_value=False,
        callback=_keep(_KEY),
        metavar="FILE",
        help="Its key file.  [env: TICKTAP_REGISTRY_KEY]",
    )
    place = click.option(
        "--registry",
        expose_value=False,
        callback=_keep(_REGISTRY),
        metavar="PLACE",
        help="The registry: a file, or postgresql://HOST/DATABASE.  [env: TICKTAP_REGISTRY]",
    )
    syslog = click.option(
        "--syslog",
        expose_value=False,
        callback=_keep(_SYSLOG),
        metavar="ADDRESS",
        help="Send events there too: /dev/log, udp://HOST:PORT or tcp://HOST:PORT.  [env: TICKTAP_SYSLOG]",
    )
    return place(key(syslog(function)))


def open_registry(create: bool = False, sign_in: bool = False) -> Registry:
    """Opens the selected registry with the local user as actor.

    Args:
        create: makes one when there is none. Only for commands that put something into it: others would make
            an empty one at a mistyped place.
        sign_in: creates no tables and no key file, even for an empty file or database. A sign-in must fail
            visibly if the registry is missing.

    Raises:
        NotFound: there is none.
    """
    return opener(create, sign_in)()


def opener(create: bool = False, sign_in: bool = False) -> Callable[[], Registry]:
    """Returns a function that opens it in any thread. Arguments and errors as of `open_registry`."""
    from ticktap.cli.framework.operator import operator
    from ticktap.registry import Registry

    if not create and not is_there():
        raise NotFound(
            f"there is no registry at {place()}",
            "Check --registry and TICKTAP_REGISTRY; 'ticktap user add' creates one.",
        )

    context = click.get_current_context()
    where, key, actor = context.meta.get(_REGISTRY), context.meta.get(_KEY), operator()
    syslog = _syslog(context)
    return lambda: Registry.open(where, key, actor, syslog=syslog, create=not sign_in)


def _syslog(context: click.Context) -> Syslog | None:
    """Returns the chosen receiver; the user is informed at the end of the command if it was not reached."""
    import os

    if not (address := context.meta.get(_SYSLOG) or os.environ.get("TICKTAP_SYSLOG")):
        return None
    from ticktap.cli.framework import output
    from ticktap.registry.syslog import Address, Syslog

    syslog = Syslog(Address.of(address))

    def tell() -> None:
        if syslog.problem:
            output.note(
                f"Note: the syslog receiver {address} did not get all events ({syslog.problem}). "
                "The audit log has them."
            )

    context.call_on_close(tell)
    return syslog


def place() -> str:
    """Returns the path or address of the selected registry."""
    import os

    from ticktap.files.paths import data_dir

    asked = click.get_current_context().meta.get(_REGISTRY) or os.environ.get("TICKTAP_REGISTRY")
    return str(asked or data_dir() / "registry.db")


def is_there() -> bool:
    """Whether the registry exists; for a server this is assumed."""
    return "://" in place() or Path(place()).exists()


def beside(name: str) -> Path:
    """Returns the path of a file that belongs to the registry: next to it, or in the user's data folder for a
    server.
    """
    from ticktap.files.paths import data_dir

    return data_dir() / name if "://" in place() else Path(place()).with_name(name)

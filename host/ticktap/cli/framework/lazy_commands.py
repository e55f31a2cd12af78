"""click commands that are loaded when called, return data, and accept the common options anywhere.

Only click is imported. A group has its commands' names and short helps in a table, so --version and --help
import no command module. This keeps the start fast (docs/cli.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click

Text = Callable[[Any], str]
# Keys in click's Context.meta.
JSON, DEVICE, DEBUG, OWNER = "ticktap.json", "ticktap.device", "ticktap.debug", "ticktap.owner"
_ALIASES = {"ls": "list", "rm": "remove", "delete": "remove", "del": "remove", "mv": "move"}


def _keep(key: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(ctx: click.Context, _: click.Parameter, value: Any) -> None:
        if value:
            ctx.meta[key] = value

    return callback


def _log(_ctx: click.Context, _param: click.Parameter, level: str | None) -> None:
    if level:
        from ticktap.device import wire_log

        wire_log.begin(level)


def common_options() -> list[click.Parameter]:
    """Returns the options that every command accepts, before or after its name."""
    return [
        click.Option(
            ["--device"],
            metavar="TOKEN",
            expose_value=False,
            callback=_keep(DEVICE),
            help="Serial number, name, port or URL of the token.  [env: TICKTAP_DEVICE]",
        ),
        click.Option(
            ["--owner"],
            metavar="FILE",
            expose_value=False,
            callback=_keep(OWNER),
            help="The owner's key file, or keyring:NAME.  [env: TICKTAP_OWNER]",
        ),
        click.Option(
            ["--json"],
            is_flag=True,
            expose_value=False,
            callback=_keep(JSON),
            help="Print one JSON document.",
        ),
        click.Option(
            ["--debug"],
            is_flag=True,
            expose_value=False,
            callback=_keep(DEBUG),
            help="Show the traceback of an unexpected error.",
        ),
        click.Option(
            ["--log-level"],
            type=click.Choice(["info", "debug"]),
            expose_value=False,
            callback=_log,
            help="Log the messages to and from the token to standard error, without secrets and names.",
        ),
    ]


class Command(click.Command):
    """A command whose function returns plain data, which output.py prints.

    Args:
        text: formats the data for people; None for output.py's default.
    """

    def __init__(self, *args: Any, text: Text | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options()
        self.text = text

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command and prints what it returns."""
        from ticktap.cli.framework import output

        data = super().invoke(ctx)
        output.result(name_of(ctx), data, as_json=bool(ctx.meta.get(JSON)), text=self.text)
        return data


class Group(click.Group):
    """A group of Commands, some of them in `table` and loaded when called.

    Args:
        table: command name to ("module:attribute", one line of help).
    """

    command_class = Command

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options()
        self.table = dict(table or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Returns the names in their order of definition."""
        return [*self.table, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports and returns the command of that name or alias."""
        names = self.list_commands(ctx)
        if cmd_name not in names and _ALIASES.get(cmd_name) in names:
            cmd_name = _ALIASES[cmd_name]
        elif cmd_name not in names and _ALIASES.get(cmd_name) == "remove" and "delete" in names:
            cmd_name = "delete"
        if cmd_name not in self.table:
            return super().get_command(ctx, cmd_name)
        module, attribute = self.table[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Returns the command at the start of `args`; the error for an unknown one suggests similar names."""
        name = args[0]
        if not name.startswith("-") and not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            raise click.UsageError(f"there is no command {name!r}.{self._suggestion(ctx, name)}", ctx)
        found, command, rest = super().resolve_command(ctx, args)
        return (command.name if command else found), command, rest

    def _suggestion(self, ctx: click.Context, name: str) -> str:
        """Suggests commands similar to an unknown word, as a sentence; "" if there are none."""
        from difflib import get_close_matches

        names = [*self.list_commands(ctx), *_ALIASES]
        close = get_close_matches(name.casefold(), names, n=3)
        meant = dict.fromkeys(_ALIASES.get(each, each) for each in close)
        known = [each for each in meant if each in self.list_commands(ctx)]
        return f" Did you mean {' or '.join(repr(each) for each in known)}?" if known else ""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the list of commands for --help, from the table if there is one."""
        rows = [(name, line) for name, (_, line) in self.table.items()]
        rows += [(name, command.get_short_help_str(80)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def name_of(ctx: click.Context) -> str:
    """Returns the command's full name without the program: "account add"."""
    return ctx.command_path.partition(" ")[2]

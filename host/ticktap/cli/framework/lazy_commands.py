"""click commands as ticktap uses them: loaded when called, returning data, with the common options anywhere.

Only click is imported here. A group knows its commands' names and one-line helps from a table, so --version
and --help import no command module: start-up time is a feature (docs/cli.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

import click

Text = Callable[[Any], str]
# Keys in click's Context.meta.
JSON, DEVICE, DEBUG, OWNER = "ticktap.json", "ticktap.device", "ticktap.debug", "ticktap.owner"
_OTHER_NAMES = {"ls": "list", "rm": "remove", "delete": "remove", "del": "remove", "mv": "move"}


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
    """Options every command takes, before or after its name."""
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
            help="Show where an unexpected error came from.",
        ),
        click.Option(
            ["--log-level"],
            type=click.Choice(["info", "debug"]),
            expose_value=False,
            callback=_log,
            help="Log what is said to the token and by it, without secrets and names, to standard error.",
        ),
    ]


class Command(click.Command):
    """A command whose function returns plain data, printed by output.py.

    Args:
        text: makes the text for people out of the data; None for output.py's own way with dicts and lists.
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
    """A noun: a group of Commands, some of them named in `table` and loaded when called.

    Args:
        table: command name to ("module:attribute", one line of help).
    """

    command_class = Command

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options()
        self.table = dict(table or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order they were written down, which is the order a person meets them."""
        return [*self.table, *self.commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, or that another name stands for; its module is imported now."""
        names = self.list_commands(ctx)
        if cmd_name not in names and _OTHER_NAMES.get(cmd_name) in names:
            cmd_name = _OTHER_NAMES[cmd_name]
        elif cmd_name not in names and _OTHER_NAMES.get(cmd_name) == "remove" and "delete" in names:
            cmd_name = "delete"
        if cmd_name not in self.table:
            return super().get_command(ctx, cmd_name)
        module, attribute = self.table[cmd_name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that `args` begin with; for a mistyped word the error has those it may mean."""
        name = args[0]
        if not name.startswith("-") and not ctx.resilient_parsing and self.get_command(ctx, name) is None:
            raise click.UsageError(f"there is no command {name!r}.{self._meant(ctx, name)}", ctx)
        found, command, rest = super().resolve_command(ctx, args)
        return (command.name if command else found), command, rest

    def _meant(self, ctx: click.Context, name: str) -> str:
        """The commands that a mistyped word is close to, as a sentence; "" when it is close to none."""
        from difflib import get_close_matches

        names = [*self.list_commands(ctx), *_OTHER_NAMES]
        close = get_close_matches(name.casefold(), names, n=3)
        meant = dict.fromkeys(_OTHER_NAMES.get(each, each) for each in close)
        known = [each for each in meant if each in self.list_commands(ctx)]
        return f" Did you mean {' or '.join(repr(each) for each in known)}?" if known else ""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands in --help, from the table where there is one."""
        rows = [(name, line) for name, (_, line) in self.table.items()]
        rows += [(name, command.get_short_help_str(80)) for name, command in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


def name_of(ctx: click.Context) -> str:
    """The command's full name without the program's: "account add"."""
    return ctx.command_path.partition(" ")[2]

"""The entry point: the table of commands, and every way a run can end turned into an exit code.

Imports click and nothing else of weight; see framework/lazy_commands.py.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence

import click

from ticktap import __version__
from ticktap.cli.framework.lazy_commands import DEBUG, JSON, Group

COMPLETE = "_TICKTAP_COMPLETE"  # set by a shell's completion script

_COMMANDS = {
    "list": ("ticktap.cli.devices:list_tokens", "List the tokens that are plugged in."),
    "info": ("ticktap.cli.devices:info", "Show what a token is and how it is."),
    "doctor": ("ticktap.cli.doctor:doctor", "Look for what is wrong, and say what to do."),
    "account": ("ticktap.cli.account:account", "Add, list and change the accounts on a token."),
    "code": ("ticktap.cli.code:code", "Show a code here, after a press of the button."),
    "type": ("ticktap.cli.code:type_code", "Have a code typed, after a press of the button."),
    "watch": ("ticktap.cli.watch:watch", "Show a token live; codes after a press."),
    "backup": ("ticktap.cli.backup:backup", "Keep an encrypted copy of the accounts, and restore it."),
    "kept": ("ticktap.cli.kept:kept", "List and remove the copies of accounts on this computer."),
    "export": ("ticktap.cli.export:export", "Write accounts of a backup for other apps and for servers."),
    "verify": ("ticktap.cli.verify:verify", "Check a code, and explain what is wrong with it."),
    "user": ("ticktap.cli.user:user", "Add, list and change those who sign in."),
    "backup-codes": ("ticktap.cli.backup_codes:backup_codes", "Codes that get a user in without a token."),
    "app-password": ("ticktap.cli.app_password:app_password", "Passwords for programs that cannot ask."),
    "audit": ("ticktap.cli.audit:audit", "Show who did what, and check the record."),
    "provision": ("ticktap.cli.provision:provision", "Make a box of tokens ready for their users."),
    "inventory": ("ticktap.cli.inventory:inventory", "List the tokens, who has them, and their clocks."),
    "report": ("ticktap.cli.report:report", "Show which users and tokens need somebody."),
    "clock": ("ticktap.cli.clock:clock", "Show or set a token's clock."),
    "settings": ("ticktap.cli.settings:settings", "Show or change a token's settings."),
    "unlock": ("ticktap.cli.unlock:unlock", "Unlock a token with its PIN."),
    "lock": ("ticktap.cli.unlock:lock", "Lock a token again."),
    "pin": ("ticktap.cli.pin:pin", "Set, change or remove a token's PIN."),
    "token": ("ticktap.cli.token:token", "Own, name, find, tidy or erase a token."),
    "firmware": ("ticktap.cli.firmware:firmware", "Put the firmware on a board, and keep it current."),
    "simulate": ("ticktap.cli.simulate:simulate", "Run a simulated token."),
    "completion": ("ticktap.cli.completion:completion", "Print the completion script of a shell."),
}

main = Group(
    "ticktap",
    table=_COMMANDS,
    help="Keeps ticktap tokens: small USB keys that type one-time passwords.",
    params=[click.version_option(__version__, message="ticktap %(version)s")(click.Command(None)).params[0]],
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_anything() -> None:
    """Has characters that the terminal's encoding does not know printed as \\u1234; they end no command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def run(argv: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit code (errors.py has the list)."""
    _show_anything()
    if COMPLETE in os.environ:
        from click.shell_completion import shell_complete

        return shell_complete(main, {}, "ticktap", COMPLETE, os.environ[COMPLETE])
    args = list(sys.argv[1:] if argv is None else argv)
    meta: dict[str, object] = {}
    try:
        with main.make_context("ticktap", args) as ctx:
            meta = ctx.meta
            main.invoke(ctx)
    except click.exceptions.Exit as end:
        return end.exit_code
    except BaseException as error:
        from ticktap.cli.framework import error_handler

        asked = args[: args.index("--")] if "--" in args else args
        return error_handler.report(
            error, as_json=bool(meta.get(JSON)) or "--json" in asked, debug=bool(meta.get(DEBUG))
        )
    return 0

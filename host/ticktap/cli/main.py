"""The entry point: the table of commands, and the exit code of every outcome.

It imports nothing large except click; see framework/lazy_commands.py.
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
    "list": ("ticktap.cli.devices:list_tokens", "List the connected tokens."),
    "info": ("ticktap.cli.devices:info", "Show the properties and the state of a token."),
    "doctor": ("ticktap.cli.doctor:doctor", "Find problems, and show remedies."),
    "account": ("ticktap.cli.account:account", "Add, list and change the accounts on a token."),
    "code": ("ticktap.cli.code:code", "Show a code, after a press of the button."),
    "type": ("ticktap.cli.code:type_code", "Type a code, after a press of the button."),
    "watch": ("ticktap.cli.watch:watch", "Show a token live; codes after a press."),
    "backup": ("ticktap.cli.backup:backup", "Keep an encrypted copy of the accounts, and restore it."),
    "kept": ("ticktap.cli.kept:kept", "List and remove the copies of accounts on this computer."),
    "export": ("ticktap.cli.export:export", "Write accounts of a backup for other apps and for servers."),
    "verify": ("ticktap.cli.verify:verify", "Check a code, and explain a wrong one."),
    "user": ("ticktap.cli.user:user", "Add, list and change those who sign in."),
    "backup-codes": ("ticktap.cli.backup_codes:backup_codes", "Codes that get a user in without a token."),
    "app-password": ("ticktap.cli.app_password:app_password", "Passwords for programs that cannot ask."),
    "audit": ("ticktap.cli.audit:audit", "Show who did what, and check the record."),
    "provision": ("ticktap.cli.provision:provision", "Prepare a batch of tokens for their users."),
    "inventory": ("ticktap.cli.inventory:inventory", "List the tokens, their holders and clocks."),
    "report": ("ticktap.cli.report:report", "Show which users and tokens need attention."),
    "serve": ("ticktap.cli.serve:serve", "Serve the web pages: sign-in, self-service, administration."),
    "clock": ("ticktap.cli.clock:clock", "Show or set a token's clock."),
    "settings": ("ticktap.cli.settings:settings", "Show or change a token's settings."),
    "unlock": ("ticktap.cli.unlock:unlock", "Unlock a token with its PIN."),
    "lock": ("ticktap.cli.unlock:lock", "Lock a token again."),
    "pin": ("ticktap.cli.pin:pin", "Set, change or remove a token's PIN."),
    "token": ("ticktap.cli.token:token", "Claim, name, find, compact or erase a token."),
    "firmware": ("ticktap.cli.firmware:firmware", "Install and update a token's firmware."),
    "simulate": ("ticktap.cli.simulate:simulate", "Run a simulated token."),
    "completion": ("ticktap.cli.completion:completion", "Print the completion script of a shell."),
}

main = Group(
    "ticktap",
    table=_COMMANDS,
    help="Manages ticktap tokens: small USB devices that type one-time passwords.",
    params=[click.version_option(__version__, message="ticktap %(version)s")(click.Command(None)).params[0]],
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_anything() -> None:
    """Prints characters outside the terminal's encoding as \\\\u1234, so that they cause no error."""
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

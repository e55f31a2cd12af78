"""ticktap account import: the accounts in other apps' files, on a token after one press."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ticktap.cli import import_accounts as cli_import_accounts
from ticktap.cli.framework import input_files as sources
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.options import FileName

Data = dict[str, Any]


@click.command("import", cls=Command, text=cli_import_accounts.summary)
@click.argument("files", nargs=-1, metavar="FILE...", type=FileName())
@click.option("--screen", is_flag=True, help="Look for QR codes on the screen.")
@click.option("--clipboard", is_flag=True, help="Take the picture or the text in the clipboard.")
@cli_import_accounts.options
def import_accounts(
    files: tuple[Path, ...],
    screen: bool,
    clipboard: bool,
    also: tuple[str, ...],
    dry_run: bool,
    same_name: str,
    prove: str | None,
    keep: bool,
    backup: Path | None,
) -> Data:
    """Add the accounts of other apps' files, after one press.

    FILE is an export, a picture with QR codes, or - for standard input; its format is recognised by its
    content, and its password is asked for. Transfer codes of Google Authenticator may come in any order. An
    import that was interrupted goes on when the command is given again.

    Read are exports of Aegis, 2FAS, Ente Auth, andOTP, FreeOTP and FreeOTP+, Stratum, Proton Authenticator,
    Bitwarden, 1Password, Duo Mobile and Google Authenticator, PSKC, OATH CSV, other CSV with a line of names,
    and otpauth URIs, one a line.
    """
    if not files and not screen and not clipboard:
        raise click.UsageError("give one file or more, --screen or --clipboard")
    found, read = sources.gathered([str(each) for each in files], screen, clipboard)
    return cli_import_accounts.take_in(
        found, read, cli_import_accounts.ImportOptions(also, dry_run, same_name, prove, keep, backup)
    )

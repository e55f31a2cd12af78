"""ticktap account import: adds the accounts of other apps' files to a token after one press."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ticktap.cli import import_accounts as importing
from ticktap.cli.framework import input_files
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.options import FileName
from ticktap.formats import registry

Data = dict[str, Any]


def _supported() -> str:
    titles = "; ".join(registry.titles(readers=True))
    return f"Supported: {titles}; transfer codes of Google Authenticator in pictures and lists of URIs."


@click.command("import", cls=Command, text=importing.summary, epilog=_supported())
@click.argument("files", nargs=-1, metavar="FILE...", type=FileName())
@click.option("--screen", is_flag=True, help="Read the QR codes on the screen.")
@click.option("--clipboard", is_flag=True, help="Read the picture or text in the clipboard.")
@importing.options
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
    """Import accounts from other apps' files, after one press.

    FILE is an export, a picture with QR codes, or - for standard input; its format is recognised by its
    content, and its password is asked for. Transfer codes of Google Authenticator may come in any order. To
    continue an interrupted import, run the command again.
    """
    if not files and not screen and not clipboard:
        raise click.UsageError("give at least one file, --screen or --clipboard")
    found, read = input_files.read_sources([str(each) for each in files], screen, clipboard)
    return importing.run_import(
        found, read, importing.ImportOptions(also, dry_run, same_name, prove, keep, backup)
    )

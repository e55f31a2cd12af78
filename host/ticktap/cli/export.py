"""ticktap export: writes accounts of a backup to files for other apps and servers, or as QR codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from ticktap.cli import copy_options
from ticktap.cli.framework import output, prompts
from ticktap.cli.framework.lazy_commands import JSON, Command
from ticktap.cli.framework.options import FileName
from ticktap.errors import BadInput, PartFailed, Refused
from ticktap.formats import registry
from ticktap.formats.file_format import Writer
from ticktap.otp.account import Account
from ticktap.wording import counted

Data = dict[str, Any]
_KINDS = registry.export_kinds()
_ENCRYPTED = ", ".join(name for name, (writer, _) in _KINDS.items() if writer.encrypts)
_KINDS_HELP = "\b\nKIND is one of:\n" + "\n".join(
    f"  {name:16} {kind.title}" for name, (_, kind) in _KINDS.items()
)


class ExportIncomplete(PartFailed):
    """Not every account can be written in that format; `data` says which and why."""

    def __init__(self, data: Data) -> None:
        super().__init__(
            f"{len(data['refused'])} of the accounts cannot be written in this format",
            "Export them in another format.",
        )
        self.data = data
        self.text = _exported


def _exported(data: Data) -> str:
    where = f" to {data['file']}" if data["file"] else ""
    lines = [f"Exported {counted(len(data['accounts']), 'account')}{where}."] if data["file"] != "-" else []
    lines += [f"  {each['name']}: {each['reason']}" for each in data["refused"]]
    return "\n".join(lines)


@click.command("export", cls=Command, text=_exported, epilog=_KINDS_HELP)
@click.argument("kind", type=click.Choice(list(_KINDS)), metavar="KIND")
@click.argument("backup", metavar="BACKUP", type=FileName())
@click.argument("to", metavar="[FILE]", type=FileName(), required=False)
@click.option(
    "--account", "names", multiple=True, metavar="ACCOUNT", help="Export only this account; may be repeated."
)
@click.option("--encrypt", is_flag=True, help=f"Encrypt the file with a password ({_ENCRYPTED}).")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def export(
    kind: str, backup: Path, to: Path | None, names: tuple[str, ...], encrypt: bool, force: bool
) -> Data:
    """Write accounts of a backup for another app or a server.

    Only you can read FILE; - is standard output.
    """
    writer, word = _KINDS[kind]
    _check(writer, to, word.drawn, encrypt, force)
    accounts = _chosen(copy_options.unlocked(backup)[1].accounts, names)
    refused = [{"name": a.label, "reason": why} for a in accounts if (why := writer.unfit(a))]
    fit = [each for each in accounts if not writer.unfit(each)]
    if writer.single and len(fit) > 1:
        raise BadInput(f"{word.title} can contain one account only", "Choose it with --account.")
    if not fit:
        raise Refused(
            "none of the accounts can be written in this format", refused[0]["reason"] if refused else ""
        )
    content = writer.write(fit, prompts.new_secret("Password of the new file") if encrypt else "")
    warnings = writer.warn(fit) + [writer.made_up] * bool(writer.made_up)
    for each in warnings:
        output.note(each)
    labelled = fit if writer.line_per_account else []
    if word.drawn == "terminal":
        _draw(content, labelled)
    elif word.drawn == "pictures":
        _pictures(content, to, labelled)
    elif to is None or str(to) == "-":
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        _write(to, content, force)
    data = {
        "kind": kind,
        "file": str(to) if to else None,
        "accounts": [each.label for each in fit],
        "refused": refused,
        "warnings": warnings,
        "encrypted": encrypt,
    }
    if refused:
        raise ExportIncomplete(data)
    return data


def _check(writer: Writer, to: Path | None, drawn: str, encrypt: bool, force: bool) -> None:
    """Refuses impossible combinations before asking for the passphrase."""
    from ticktap.files import private_files

    as_json = bool(click.get_current_context().meta.get(JSON))
    if drawn == "terminal":
        if to:
            raise click.UsageError("QR codes on the terminal take no FILE")
        if as_json:
            raise click.UsageError("--json cannot draw QR codes")
        return
    if to is None or (str(to) == "-" and (as_json or drawn == "pictures")):
        raise click.UsageError("name a FILE to write")
    if encrypt and not writer.encrypts:
        raise click.UsageError(f"only {_ENCRYPTED.replace(', ', ' and ')} can be encrypted")
    if str(to) != "-" and to.exists() and not force:
        raise private_files.exists(to)


def _chosen(accounts: Sequence[Account], names: Sequence[str]) -> list[Account]:
    """Returns the named accounts in the backup's order; all of them if none is named."""
    from ticktap.cli.framework.options import refuse_secret
    from ticktap.otp.account import match

    if not names:
        return list(accounts)
    for each in names:
        refuse_secret(each)
    numbered = [_Numbered(at, each.issuer, each.name) for at, each in enumerate(accounts, start=1)]
    wanted = {match(numbered, name).id for name in names}
    return [each for at, each in enumerate(accounts, start=1) if at in wanted]


class _Numbered:
    """An account of a backup for account.match."""

    def __init__(self, number: int, issuer: str, name: str) -> None:
        self.id, self.issuer, self.name = number, issuer, name

    def __str__(self) -> str:
        return f"#{self.id} {self.issuer}:{self.name}"


def _draw(content: bytes, accounts: Sequence[Account]) -> None:
    """Prints QR codes one by one; only at a terminal, so that they do not get into logs."""
    import segno

    if not sys.stdout.isatty():
        raise BadInput("QR codes are drawn on a terminal only", "Export them as pictures: qr.")
    texts = content.decode().splitlines()
    for at, text in enumerate(texts):
        if at:
            prompts.line("Press Enter for the next QR code")
        output.line(f"{accounts[at].label if accounts else 'Transfer code'} ({at + 1} of {len(texts)})")
        segno.make(text, error="l", micro=False).terminal(compact=True, border=2)


def _pictures(content: bytes, folder: Path | None, accounts: Sequence[Account]) -> None:
    """Writes one png for each text, named after its number and account."""
    import io

    import segno

    from ticktap.files import private_files

    assert folder is not None  # _check
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder} cannot be created ({error.strerror})", "Use another folder.") from None
    texts = content.decode().splitlines()
    for at, text in enumerate(texts):
        out = io.BytesIO()
        segno.make(text, error="m", micro=False).save(out, kind="png", scale=6, border=4)
        name = _file_name(accounts[at].label) if accounts else f"of {len(texts)}"
        private_files.write(folder / f"{at + 1:03d} {name}.png", out.getvalue(), replace=True)


def _file_name(label: str) -> str:
    """Makes a file name part from a label, valid on any system."""
    return "".join(each if each.isalnum() or each in "@._- " else "_" for each in label)[:60].strip()


def _write(to: Path, content: bytes, force: bool) -> None:
    from ticktap.files import private_files

    private_files.write(to, content, replace=force)

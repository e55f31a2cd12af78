"""ticktap export: writes accounts of a backup to files for other apps and servers, or as QR codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli import copy_options
from ticktap.cli.framework import output, prompts
from ticktap.cli.framework.lazy_commands import JSON, Command
from ticktap.cli.framework.options import FileName
from ticktap.errors import BadInput, PartFailed, Refused
from ticktap.otp.account import Account
from ticktap.wording import counted

if TYPE_CHECKING:
    from ticktap.formats.export import Target

Data = dict[str, Any]
_CODES = ("qr", "terminal")
_KINDS = (
    "uri",
    "qr",
    "terminal",
    "google",
    "google-qr",
    "google-terminal",
    "aegis",
    "oath",
    "pam",
    "csv",
    "pskc",
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


@click.command("export", cls=Command, text=_exported)
@click.argument("kind", type=click.Choice(_KINDS), metavar="KIND")
@click.argument("backup", metavar="BACKUP", type=FileName())
@click.argument("to", metavar="[FILE]", type=FileName(), required=False)
@click.option(
    "--account", "names", multiple=True, metavar="ACCOUNT", help="Export only this account; may be repeated."
)
@click.option("--encrypt", is_flag=True, help="Encrypt the file with a password (aegis, pskc).")
@click.option("--force", is_flag=True, help="Replace an existing file.")
def export(
    kind: str, backup: Path, to: Path | None, names: tuple[str, ...], encrypt: bool, force: bool
) -> Data:
    """Write accounts of a backup for another app or a server.

    KIND is uri, qr (a folder of pictures), terminal (QR codes here), google, google-qr or google-terminal
    (transfer codes), aegis, oath (users.oath of libpam-oath), pam (google-authenticator), csv or pskc
    (privacyIDEA and others). Only you can read FILE; - is standard output.
    """
    from ticktap.formats.export import TARGETS

    wanted, _, shown = kind.partition("-")
    target = TARGETS[wanted]
    drawn = shown or (wanted if wanted in _CODES else "")
    _check(target, to, drawn, encrypt, force)
    accounts = _chosen(copy_options.unlocked(backup)[1].accounts, names)
    refused = [{"name": a.label, "reason": why} for a in accounts if (why := target.unfit(a))]
    fit = [each for each in accounts if not target.unfit(each)]
    if target.single and len(fit) > 1:
        raise BadInput(f"{target.title} can contain one account only", "Choose it with --account.")
    if not fit:
        raise Refused(
            "none of the accounts can be written in this format", refused[0]["reason"] if refused else ""
        )
    content = target.write(fit, prompts.new_secret("Password of the new file") if encrypt else "")
    warnings = target.warn(fit)
    for each in warnings:
        output.note(each)
    if drawn == "terminal":
        _draw(content, fit if wanted != "google" else [])
    elif drawn == "qr":
        _pictures(content, to, fit if wanted != "google" else [])
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


def _check(target: Target, to: Path | None, drawn: str, encrypt: bool, force: bool) -> None:
    """Refuses impossible combinations before asking for the passphrase."""
    from ticktap.files import private_files

    as_json = bool(click.get_current_context().meta.get(JSON))
    if drawn == "terminal":
        if to:
            raise click.UsageError("QR codes on the terminal take no FILE")
        if as_json:
            raise click.UsageError("--json cannot draw QR codes")
        return
    if to is None or (str(to) == "-" and (as_json or drawn == "qr")):
        raise click.UsageError("name a FILE to write")
    if encrypt and not target.password:
        raise click.UsageError("only aegis and pskc can be encrypted")
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
        print(f"{accounts[at].label if accounts else 'Transfer code'} ({at + 1} of {len(texts)})")
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

"""Where an account comes from: a key URI or its parts at a prompt or on stdin, or a picture of a QR code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ticktap.accounts import Account
from ticktap.cli import ask
from ticktap.errors import BadInput, NotFound

qr_option = click.option(
    "--qr",
    metavar="FILE",
    help="Read the account from a picture of its QR code (png, jpg, webp, svg; - for standard input).",
)


def from_prompt() -> Account:
    """The account of a key URI at a hidden prompt, or on the first line of stdin."""
    from ticktap.formats import otpauth

    return otpauth.parse(_needed(ask.line("otpauth URI", hidden=True), "otpauth URI"))


def by_hand() -> Account:
    """The account of the three things that sites show: issuer, name, secret. Six digits, 30 s, SHA-1."""
    from ticktap.formats import base32

    issuer = ask.line("Issuer (who runs the site)")
    name = _needed(ask.line("Account name"), "account name")
    return Account(issuer, name, base32.decode(ask.line("Secret", hidden=True)))


def from_picture(path: str) -> Account:
    """The account in a picture; "-" reads the picture from stdin.

    Raises:
        NotFound: there is no such file.
        BadInput: it cannot be read, or has no account in it.
    """
    from ticktap.formats import qr

    if path == "-":
        return qr.read_account(sys.stdin.buffer.read())
    try:
        return qr.read_account(Path(path).read_bytes())
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}", "Check the path.") from None
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror})", "Give a picture file you may read."
        ) from None


def one_of(qr: str | None, manual: bool) -> Account:
    """The account from the source that the options choose."""
    if qr and manual:
        raise BadInput("--qr and --manual exclude each other", "Give one of them.")
    reader: Callable[[], Account] = (lambda: from_picture(qr)) if qr else by_hand if manual else from_prompt
    return reader()


def with_changes(account: Account, **changes: Any) -> Account:
    """`account` with those changes that are not None."""
    return replace(account, **{name: value for name, value in changes.items() if value is not None})


def _needed(answer: str, what: str) -> str:
    if not answer:
        raise BadInput(f"no {what} was given", "Nothing was changed; run the command again.")
    return answer

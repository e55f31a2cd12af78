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

screen_option = click.option("--screen", is_flag=True, help="Look for the QR code on the screen.")
clipboard_option = click.option(
    "--clipboard", is_flag=True, help="Take the QR code's picture, or the text behind it, from the clipboard."
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


def from_screen() -> Account:
    """The account of the one sign-in code on the screen."""
    from ticktap import capture
    from ticktap.formats import qr

    return qr.only(qr.of_picture(capture.screen()))


def from_clipboard() -> Account:
    """The account in the clipboard: a picture of its code, or its key URI."""
    from ticktap import capture
    from ticktap.formats import otpauth, qr

    found = capture.clipboard()
    if isinstance(found, bytes):
        return otpauth.parse(found.decode("utf-8", "replace"))
    return qr.only(qr.of_picture(found))


def one_of(qr: str | None, manual: bool, screen: bool = False, clipboard: bool = False) -> Account:
    """The account from the source that the options choose."""
    chosen: list[Callable[[], Account]] = []
    if qr:
        chosen.append(lambda: from_picture(qr))
    chosen += [
        reader
        for given, reader in ((manual, by_hand), (screen, from_screen), (clipboard, from_clipboard))
        if given
    ]
    if len(chosen) > 1:
        raise BadInput("--qr, --manual, --screen and --clipboard exclude each other", "Give one of them.")
    return chosen[0]() if chosen else from_prompt()


def with_changes(account: Account, **changes: Any) -> Account:
    """`account` with those changes that are not None."""
    return replace(account, **{name: value for name, value in changes.items() if value is not None})


def _needed(answer: str, what: str) -> str:
    if not answer:
        raise BadInput(f"no {what} was given", "Nothing was changed; run the command again.")
    return answer

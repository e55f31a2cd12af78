"""Where an account comes from: a key URI or its parts at a prompt or on stdin, or a picture of a QR code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from ticktap.cli.framework import output, prompts
from ticktap.errors import BadInput, NotFound
from ticktap.otp.account import SECRET_BYTES, Account

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
    return prompts.until_valid("otpauth URI", _told, hidden=True)


def from_uri_or_secret(issuer: str | None = None, name: str | None = None) -> Account:
    """The account of what a site shows: its key URI, or its secret; then issuer and name are asked for too.

    Args:
        issuer, name: those that were given already, and are not asked for.
    """
    from ticktap.formats import base32

    def account_or_secret(text: str) -> Account | bytes:
        if ":" in text:
            return _told(text)
        if not text:
            raise BadInput("nothing was given", "Paste the site's otpauth URI, or its secret.")
        return _checked_secret(base32.decode(text))

    given = prompts.until_valid("otpauth URI or secret", account_or_secret, hidden=True)
    if isinstance(given, Account):
        return given
    output.note("That is a secret. The account will have 6 digits, 30 s and SHA-1, as most sites use.")
    return _named(given, issuer, name)


def manual_entry(issuer: str | None = None, name: str | None = None) -> Account:
    """The account of the three things that sites show: issuer, name, secret. Six digits, 30 s, SHA-1."""
    from ticktap.formats import base32

    unfinished = _named(bytes(SECRET_BYTES[0]), issuer, name)
    secret = prompts.until_valid("Secret", lambda text: _checked_secret(base32.decode(text)), hidden=True)
    return replace(unfinished, secret=secret)


def _named(secret: bytes, issuer: str | None, name: str | None) -> Account:
    """The account of a secret; what is not given of issuer and name is asked for."""
    if issuer is None:
        issuer = prompts.until_valid(
            "Issuer (who runs the site)", lambda text: Account(text, "", secret).issuer
        )
    if name is None:
        name = prompts.until_valid(
            "Account name", lambda text: Account("", _needed(text, "account name"), secret).name
        )
    return Account(issuer, name, secret)


def _checked_secret(secret: bytes) -> bytes:
    """The secret, if an account may have it."""
    return Account("", "", secret).secret


def from_picture(path: str) -> Account:
    """The account in a picture; "-" reads the picture from stdin.

    Raises:
        NotFound: there is no such file.
        BadInput: it cannot be read, or has no account in it.
    """
    from ticktap.formats import qr_code

    if path == "-":
        return _told(qr_code.only(qr_code.read(sys.stdin.buffer.read())))
    try:
        return _told(qr_code.only(qr_code.read(Path(path).read_bytes())))
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}", "Check the path.") from None
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror})", "Give a picture file you may read."
        ) from None


def from_screen() -> Account:
    """The account of the one sign-in code on the screen."""
    from ticktap.enrolment import screen_capture
    from ticktap.formats import qr_code

    return _told(qr_code.only(qr_code.of_picture(screen_capture.screen())))


def from_clipboard() -> Account:
    """The account in the clipboard: a picture of its code, or its key URI."""
    from ticktap.enrolment import screen_capture
    from ticktap.formats import qr_code

    found = screen_capture.clipboard()
    if not isinstance(found, bytes):
        return _told(qr_code.only(qr_code.of_picture(found)))
    if qr_code.is_marked_up(found):
        return _told(qr_code.only(qr_code.read(found)))
    return _told(found.decode("utf-8", "replace"))


def one_of(
    qr: str | None,
    manual: bool,
    screen: bool = False,
    clipboard: bool = False,
    issuer: str | None = None,
    name: str | None = None,
) -> Account:
    """The account from the source that the options choose.

    Args:
        issuer, name: as `from_uri_or_secret` takes them.
    """
    chosen: list[Callable[[], Account]] = []
    if qr:
        chosen.append(lambda: from_picture(qr))
    chosen += [
        reader
        for given, reader in (
            (manual, lambda: manual_entry(issuer, name)),
            (screen, from_screen),
            (clipboard, from_clipboard),
        )
        if given
    ]
    if len(chosen) > 1:
        raise BadInput("--qr, --manual, --screen and --clipboard exclude each other", "Give one of them.")
    return chosen[0]() if chosen else from_uri_or_secret(issuer, name)


def _told(text: str) -> Account:
    """The account of a key URI. Prints a note that names what was not understood."""
    from ticktap.formats import otpauth

    account, notes = otpauth.with_notes(text)
    for each in notes:
        output.note(each)
    return account


def with_changes(account: Account, **changes: Any) -> Account:
    """`account` with those changes that are not None."""
    return replace(account, **{name: value for name, value in changes.items() if value is not None})


def _needed(answer: str, what: str) -> str:
    if not answer:
        raise BadInput(f"no {what} was given", f"Give the {what} that the site shows.")
    return answer

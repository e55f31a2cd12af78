"""Reads an account: a key URI or its parts at a prompt or on stdin, or a picture of a QR code."""

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

screen_option = click.option("--screen", is_flag=True, help="Read the QR code on the screen.")
clipboard_option = click.option(
    "--clipboard", is_flag=True, help="Read the QR code's picture, or its text, from the clipboard."
)


def from_prompt() -> Account:
    """Reads a key URI at a hidden prompt, or from the first line of stdin."""
    return prompts.until_valid("otpauth URI", _parsed, hidden=True)


def from_uri_or_secret(issuer: str | None = None, name: str | None = None) -> Account:
    """Asks for a site's key URI or secret; for a secret, also for issuer and name.

    Args:
        issuer, name: known already, and not asked for.
    """
    from ticktap.formats import base32

    def account_or_secret(text: str) -> Account | bytes:
        if ":" in text:
            return _parsed(text)
        if not text:
            raise BadInput("nothing was given", "Paste the site's otpauth URI, or its secret.")
        return _checked_secret(base32.decode(text))

    given = prompts.until_valid("otpauth URI or secret", account_or_secret, hidden=True)
    if isinstance(given, Account):
        return given
    output.note("This is a secret. The account gets 6 digits, 30 s and SHA-1, which most sites use.")
    return _named(given, issuer, name)


def manual_entry(issuer: str | None = None, name: str | None = None) -> Account:
    """Asks for issuer, name and secret of an account with six digits, 30 s and SHA-1."""
    from ticktap.formats import base32

    unfinished = _named(bytes(SECRET_BYTES[0]), issuer, name)
    secret = prompts.until_valid("Secret", lambda text: _checked_secret(base32.decode(text)), hidden=True)
    return replace(unfinished, secret=secret)


def _named(secret: bytes, issuer: str | None, name: str | None) -> Account:
    """Asks for the issuer and name that are missing; returns the account."""
    if issuer is None:
        issuer = prompts.until_valid(
            "Issuer (who runs the site)", lambda text: Account(text, "", secret).issuer
        )
    if name is None:
        name = prompts.until_valid(
            "Account name", lambda text: Account("", _required(text, "account name"), secret).name
        )
    return Account(issuer, name, secret)


def _checked_secret(secret: bytes) -> bytes:
    """Checks a secret and returns it."""
    return Account("", "", secret).secret


def from_picture(path: str) -> Account:
    """Reads the account in a picture; "-" is stdin.

    Raises:
        NotFound: there is no such file.
        BadInput: it cannot be read, or contains no account.
    """
    from ticktap.formats import qr_code

    if path == "-":
        return _parsed(qr_code.only(qr_code.read(sys.stdin.buffer.read())))
    try:
        return _parsed(qr_code.only(qr_code.read(Path(path).read_bytes())))
    except FileNotFoundError:
        raise NotFound(f"there is no file {path}", "Check the path.") from None
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read ({error.strerror})", "Give a picture file that you may read."
        ) from None


def from_screen() -> Account:
    """Reads the account of the one otpauth QR code on the screen."""
    from ticktap.enrolment import screen_capture
    from ticktap.formats import qr_code, qr_decoder

    return _parsed(qr_code.only(qr_decoder.of_picture(screen_capture.screen())))


def from_clipboard() -> Account:
    """Reads the account in the clipboard: a picture of its QR code, or its key URI."""
    from ticktap.enrolment import screen_capture
    from ticktap.formats import markup_pictures, qr_code, qr_decoder

    found = screen_capture.clipboard()
    if not isinstance(found, bytes):
        return _parsed(qr_code.only(qr_decoder.of_picture(found)))
    if markup_pictures.is_marked_up(found):
        return _parsed(qr_code.only(qr_code.read(found)))
    return _parsed(found.decode("utf-8", "replace"))


def one_of(
    qr: str | None,
    manual: bool,
    screen: bool = False,
    clipboard: bool = False,
    issuer: str | None = None,
    name: str | None = None,
) -> Account:
    """Reads the account from the source that the options select.

    Args:
        issuer, name: as in `from_uri_or_secret`.
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


def _parsed(text: str) -> Account:
    """Parses a key URI. Prints a note for each part that is not understood."""
    from ticktap.formats import otpauth

    account, notes = otpauth.with_notes(text)
    for each in notes:
        output.note(each)
    return account


def with_changes(account: Account, **changes: Any) -> Account:
    """Applies those changes that are not None."""
    return replace(account, **{name: value for name, value in changes.items() if value is not None})


def _required(answer: str, what: str) -> str:
    if not answer:
        raise BadInput(f"no {what} was given", f"Give the {what} that the site shows.")
    return answer

"""Arguments and options of several commands."""

from __future__ import annotations

import contextlib
from pathlib import Path

import click

from ticktap.device.protocol import TIMEOUTS
from ticktap.device.timeouts import PRESS
from ticktap.errors import BadInput


class AccountName(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # generic from click 8.2 on
    """The name of an account. Refuses a secret, because other programs can read argv."""

    name = "account"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Returns the text, unless it looks like a secret."""
        text = str(value)
        refuse_secret(text)
        return text


class FileName(click.ParamType):  # type: ignore[type-arg,unused-ignore]  # as above
    """The name of a file. Refuses a secret, unless there is a file of that name."""

    name = "file"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """Returns the path."""
        text = str(value)
        path = Path(text)
        with contextlib.suppress(OSError, ValueError):  # too long, or invalid
            if path.exists():
                return path
        if "://" in text or _looks_secret(text):
            refuse_secret(text)
        return path


def refuse_secret(text: str) -> None:
    """Refuses what looks like a key URI or a base32 secret on the command line.

    Raises:
        BadInput: it does; the message does not repeat the text.
    """
    if "otpauth" in text.casefold() or _looks_secret(text):
        raise BadInput(
            "a secret was given on the command line, where other programs can read it",
            "Give it at the prompt or on standard input. Your shell's history has it now: remove that line, "
            "or have the site make a new secret.",
        )


def _looks_secret(text: str) -> bool:
    """Whether it is 16 or more base32 letters, grouped or not: upper case, or lower case with a digit."""
    letters = "".join(text.split()).replace("-", "").rstrip("=")
    if len(letters) < 16 or set(letters.upper()) - set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"):
        return False
    return letters == letters.upper() or (
        letters == letters.lower() and any(each.isdigit() for each in letters)
    )


def _refuse_pin(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> None:
    """Refuses every argument without repeating it."""
    if value:
        raise BadInput(
            "this command takes no arguments, and a PIN on the command line can be read by other programs",
            "It asks for the PIN. If that was one, your shell's history has it now: choose another PIN.",
        )


no_pin_argument = click.argument("nothing", nargs=-1, metavar="", expose_value=False, callback=_refuse_pin)
account_argument = click.argument("account", type=AccountName())
default_account_argument = click.argument("account", type=AccountName(), required=False)
timeout_option = click.option(
    "--timeout",
    type=click.IntRange(*TIMEOUTS),
    default=PRESS,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the press.",
)
suffix_choice = click.Choice(["none", "enter", "tab"])

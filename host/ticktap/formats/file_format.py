"""What a format is: its names, how it is recognised, its readers and its writer.

Each format's module makes one Format for each that it has; registry.py lists them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal, Protocol

from ticktap.formats.result import ImportResult, InputFile
from ticktap.otp.account import Account


class Certainty(IntEnum):
    """How sure a reader is that a file is its own. Surer readers are asked first."""

    STRUCTURE = 0  # a signature, or members that only this format has
    COLUMNS = 1  # a table with known columns
    CONTAINED = 2  # somewhere in another text
    POSSIBLE = 3  # nothing speaks against it, and it is no other known kind of file


def never(file: InputFile) -> bool:
    """For formats that are not encrypted."""
    return False


def always(file: InputFile) -> bool:
    """For formats that are always encrypted."""
    return True


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads one form of a format.

    Args:
        recognise: whether a file has this form.
        read: reads a file that `recognise` accepts; the second argument is the password, "" for none.
        needs_password: whether such a file needs a password.
    """

    recognise: Callable[[InputFile], bool]
    read: Callable[[InputFile, str], ImportResult]
    needs_password: Callable[[InputFile], bool] = never
    certainty: Certainty = Certainty.STRUCTURE


class Write(Protocol):
    """Writes accounts that all fit; returns the file's bytes.

    Args:
        password: the file is encrypted with it; only for writers with `encrypts`.
        serials: the tokens' serial numbers, if they are known; only some formats have them.
    """

    def __call__(
        self, accounts: Sequence[Account], password: str = "", serials: Sequence[str] = ()
    ) -> bytes: ...


@dataclass(frozen=True, slots=True)
class ExportKind:
    """A word of the command `export`.

    Args:
        name: the word.
        title: what it makes, in a few words.
        drawn: each line of the file becomes a QR code: a picture, or on the terminal.
    """

    name: str
    title: str
    drawn: Literal["", "pictures", "terminal"] = ""


def fits(account: Account) -> str:
    """For writers that take every account."""
    return ""


def no_warnings(accounts: Sequence[Account]) -> list[str]:
    """For writers without known problems."""
    return []


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes a format.

    Args:
        kinds: the words of `export` for it.
        unfit: why an account cannot be written; "" if it can.
        warn: sentences about known problems of accounts that were written.
        made_up: a sentence about names or numbers that are made up when accounts come from a backup.
        encrypts: it may be encrypted with a password.
        single: it takes one account only.
        for_servers: a server reads it, with the users of many tokens.
        line_per_account: each line is one account.
    """

    write: Write
    kinds: tuple[ExportKind, ...]
    unfit: Callable[[Account], str] = fits
    warn: Callable[[Sequence[Account]], list[str]] = no_warnings
    made_up: str = ""
    encrypts: bool = False
    single: bool = False
    for_servers: bool = False
    line_per_account: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Args:
        key: what `--json` calls it.
        title: what people call it.
        extensions: usual ends of file names. A file is recognised by its content, not by its name.
        merge: merges parts of several files, after all were read.
    """

    key: str
    title: str
    extensions: tuple[str, ...]
    readers: tuple[Reader, ...] = ()
    writer: Writer | None = None
    merge: Callable[[ImportResult], None] | None = None

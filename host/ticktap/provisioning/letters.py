"""Printed pages for a token, in HTML: its label, and the letter with a generated PIN."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ticktap import printed
from ticktap.errors import BadInput
from ticktap.provisioning.manifest import ManifestRow

LONGEST_LINE = 200  # characters


@dataclass(frozen=True, slots=True)
class Support:
    """The contacts for help in a letter; empty means the person who gave the user the token.

    Args:
        contact: the contact for help, in one line.
        software: where to get ticktap, in a sentence.
    """

    contact: str = ""
    software: str = ""


def checked_line(text: str) -> str:
    """Checks and strips a line for a letter.

    Raises:
        BadInput: it is longer than a line.
    """
    line = text.strip()
    if len(line) > LONGEST_LINE or not line.isprintable():
        raise BadInput(
            "this is not one line of text", f"Give at most {LONGEST_LINE} characters, without line breaks."
        )
    return line


def labels(tokens: Sequence[tuple[ManifestRow, str]]) -> str:
    """Makes a page of labels from rows and their tokens' serial numbers. It contains no secret."""
    entries = [
        {"label": row.label, "user": row.user, "account": row.account_label, "serial": serial}
        for row, serial in tokens
    ]
    return printed.page("labels.html", tokens=entries)


def pin_letter(row: ManifestRow, serial: str, pin: str, support: Support) -> str:
    """Makes the letter with a token's PIN and what its user needs to begin."""
    return printed.page(
        "pin_letter.html",
        label=row.label,
        user=row.user,
        serial=serial,
        pin=pin,
        contact=support.contact,
        software=support.software,
    )


def file_name(row: ManifestRow) -> str:
    """Makes the first part of this row's file names, valid on any system."""
    return "".join(each if each.isalnum() or each in "@._- " else "_" for each in f"{row.label} {row.user}")

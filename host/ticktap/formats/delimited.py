"""Reads delimited tables as spreadsheets save them: delimiter, header and rows.

RFC 4180, and what Excel does besides: a first line `sep=;`, semicolons or tabs, empty columns at the right,
UTF-16.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ticktap.errors import BadInput

_DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r"""["']?sep=(.)["']?[ \t]*(?:\r\n|\r|\n|$)""", re.IGNORECASE)
NOT_UTF8 = (
    "it is not in UTF-8",
    "Save it in UTF-8; in Excel as 'CSV UTF-8', a file type in 'Save as'.",
)


class TableError(csv.Error):
    """The text is not a table. `line`: where reading ended, counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Line:
    """One row: the line of the file in which it ends, and its stripped cells."""

    number: int
    cells: list[str]


def decoded(data: bytes) -> str:
    """Decodes a table.

    Raises:
        BadInput: it is neither UTF-8 nor UTF-16 with a mark.
    """
    try:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return data.decode("utf-16")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput(*NOT_UTF8) from None


def is_older_text(data: bytes) -> bool:
    """Whether bytes that are not UTF-8 look like text in a legacy encoding."""
    start = data[:4096]
    if any(byte < 0x20 and byte not in b"\t\r\n" for byte in start):
        return False
    plain = sum(byte < 0x80 for byte in start)
    return plain > len(start) * 0.7


def lines(text: str, strict: bool = False) -> Iterator[Line]:
    """Yields the header and the rows that are not empty.

    Args:
        strict: quotation marks must be as RFC 4180 has them.

    Raises:
        TableError: it is no table.
    """
    text = text.lstrip("\ufeff")
    skipped, delimiter = 0, ""
    if separator := _SEPARATOR_LINE.match(text):
        text, skipped, delimiter = text[separator.end() :], 1, separator[1]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter or _delimiter(text), strict=strict)
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield Line(reader.line_num + skipped, cells)
    except csv.Error as error:
        raise TableError(str(error), reader.line_num + skipped) from error


def without_empty_columns(heading: list[str]) -> list[str]:
    """Returns the header without unnamed columns at its end; Excel saves columns that were once used."""
    end = len(heading)
    while end and not heading[end - 1]:
        end -= 1
    return heading[:end]


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)

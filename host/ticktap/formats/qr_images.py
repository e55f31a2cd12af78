"""Reads pictures with any number of QR codes: key URIs and Google Authenticator transfer codes."""

from __future__ import annotations

from ticktap.errors import BadInput
from ticktap.formats import qr_code, uri_list
from ticktap.formats.file_format import Format, Reader
from ticktap.formats.markup_pictures import is_marked_up
from ticktap.formats.qr_decoder import Codes
from ticktap.formats.result import ImportResult, InputFile
from ticktap.formats.structured_append import joined, missing

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")


def recognise(file: InputFile) -> bool:
    """Whether it is a png, jpg, webp, gif or svg picture, by its first bytes."""
    data = file.data
    return data.startswith(_MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or is_marked_up(data)


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the accounts of all otpauth QR codes in a picture; others are skipped.

    Raises:
        BadInput: it cannot be read, or has no sign-in code.
    """
    return of_codes(qr_code.read(file.data))


def of_codes(codes: Codes) -> ImportResult:
    """Reads the accounts in QR codes. Pieces of incomplete texts stay pieces.

    Raises:
        BadInput: none of them is for signing in.
    """
    found = ImportResult()
    whole, found.pieces = joined(codes.pieces)
    signing_in = sorted(text for text in codes.texts + whole if uri_list.is_one(text))
    if not signing_in and not found.pieces:
        raise BadInput(*(qr_code.OTHER_CODE if codes.texts or whole else qr_code.NO_CODE))
    for at, text in enumerate(signing_in, start=1):
        uri_list.add_uri(found, text, f"QR code {at}")
    return found


def merge_parts(found: ImportResult) -> None:
    """Merges pieces of several pictures; refuses incomplete texts."""
    whole, rest = joined(found.pieces)
    found.pieces = []
    for text in whole:
        if uri_list.is_one(text):
            uri_list.add_uri(found, text, "a text in several QR codes")
    if rest:
        found.refuse(f"QR code: {missing(rest)}", "the other parts are not among the files: give them too")


FORMAT = Format(
    "picture",
    "picture with QR codes",
    (".png", ".jpg", ".webp", ".gif", ".svg", ".html"),
    (Reader(recognise, read),),
    merge=merge_parts,
)

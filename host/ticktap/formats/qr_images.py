"""Pictures with any number of QR codes for signing in: key URIs, transfer codes of Google Authenticator."""

from __future__ import annotations

from ticktap.errors import BadInput
from ticktap.formats import qr_code, uri_list
from ticktap.formats.result import ImportResult, InputFile
from ticktap.formats.structured_append import joined, missing

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")


def recognise(sample: InputFile) -> bool:
    """A png, jpg, webp, gif or svg picture, by its first bytes."""
    data = sample.data
    return (
        data.startswith(_MAGIC)
        or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")
        or qr_code.is_marked_up(data)
    )


def read(sample: InputFile, password: str = "") -> ImportResult:
    """The accounts of all sign-in codes in a picture; other codes are passed over.

    Raises:
        BadInput: it cannot be read, or has no sign-in code.
    """
    return of_codes(qr_code.read(sample.data))


def of_codes(codes: qr_code.Codes) -> ImportResult:
    """The accounts in QR codes. Pieces of a text whose others are not there stay pieces.

    Raises:
        BadInput: none of them is for signing in.
    """
    found = ImportResult()
    whole, found.pieces = joined(codes.pieces)
    signing_in = sorted(text for text in codes.texts + whole if uri_list.is_one(text))
    if not signing_in and not found.pieces:
        raise BadInput(*(qr_code.OTHER_CODE if codes.texts or whole else qr_code.NO_CODE))
    for at, text in enumerate(signing_in, start=1):
        uri_list.take(found, text, f"QR code {at}")
    return found


def merge_parts(found: ImportResult) -> None:
    """Puts pieces of several pictures together; refuses those whose others are missing."""
    whole, rest = joined(found.pieces)
    found.pieces = []
    for text in whole:
        if uri_list.is_one(text):
            uri_list.take(found, text, "a text in several QR codes")
    if rest:
        found.refuse(f"QR code: {missing(rest)}", "the other parts are not among the files: give them too")

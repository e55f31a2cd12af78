"""Pictures with any number of QR codes for signing in: key URIs, transfer codes of Google Authenticator."""

from __future__ import annotations

from ticktap.errors import BadInput
from ticktap.formats import qr, uris
from ticktap.formats.reading import Found, Sample

_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF8")


def recognise(sample: Sample) -> bool:
    """A png, jpg, webp, gif or svg picture, by its first bytes."""
    data = sample.data
    return data.startswith(_MAGIC) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP") or qr.is_svg(data)


def read(sample: Sample, password: str = "") -> Found:
    """The accounts of all sign-in codes in a picture; other codes are passed over.

    Raises:
        BadInput: it cannot be read, or has no sign-in code.
    """
    return of_texts(qr.read(sample.data))


def of_texts(texts: list[str]) -> Found:
    """The accounts in the texts of QR codes.

    Raises:
        BadInput: none of them is for signing in.
    """
    found = Found()
    signing_in = sorted(text for text in texts if uris.is_one(text))
    if not signing_in:
        raise BadInput(*(qr.NO_CODE if not texts else qr.OTHER_CODE))
    for at, text in enumerate(signing_in, start=1):
        uris.take(found, text, f"QR code {at}")
    return found

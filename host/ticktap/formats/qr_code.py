"""The text of a QR code in a picture (png, jpg, webp, gif, svg).

It takes bytes and opens no file. Errors never quote what a code says.
"""

from __future__ import annotations

from ticktap.errors import BadInput
from ticktap.formats import isolated, otpauth
from ticktap.formats.qr_decoder import Codes
from ticktap.formats.structured_append import joined, missing
from ticktap.otp.account import Account

FILE_BYTES = 32 * 1024 * 1024
_SHARPER = "Take a sharper screenshot that shows the whole code with a margin around it."
NO_CODE = ("there is no readable QR code in the picture", _SHARPER)
ALL_PARTS = "Give all parts, in one picture or with 'ticktap account import' in several."
OTHER_CODE = (
    "the QR code in the picture is not for one-time codes",
    "Use a picture of the QR code that the site shows for an authenticator app.",
)


def read_account(data: bytes) -> Account:
    """Returns the account of a picture with one otpauth QR code; other QR codes are ignored.

    Raises:
        BadInput: no picture, no code, no sign-in code, several of them, or one that otpauth.parse refuses.
    """
    return otpauth.parse(only(read(data)))


def only(codes: Codes) -> str:
    """Returns the only otpauth text. Raises as `read_account`."""
    whole, rest = joined(codes.pieces)
    texts = codes.texts + whole
    if rest and not any(_is_for_signing_in(text) for text in texts):
        raise BadInput(f"the code is {missing(rest)} of a text in several QR codes", ALL_PARTS)
    if not texts:
        raise BadInput(*NO_CODE)
    sign_in_texts = [text for text in texts if _is_for_signing_in(text)]
    if not sign_in_texts:
        raise BadInput(*OTHER_CODE)
    if len(sign_in_texts) > 1:
        raise BadInput(
            f"there are {len(sign_in_texts)} accounts in the picture",
            "Crop it to the one that you want, or import all of them with 'ticktap account import'.",
        )
    return sign_in_texts[0]


def read(data: bytes) -> Codes:
    """Returns all QR codes in a picture, each once, in no particular order.

    Raises:
        BadInput: the bytes are no such picture, or it is too large.
    """
    if len(data) > FILE_BYTES:
        raise BadInput("the picture file is too large", "Give a screenshot of the code alone.")
    return isolated.codes(data)


def _is_for_signing_in(text: str) -> bool:
    return text.lstrip().lower().startswith(("otpauth:", "otpauth-migration:", "motp:", "steam:"))

"""Pictures (png, jpg, webp, gif, svg) to the texts of the QR codes in them.

Takes bytes and opens no file. The decoder does not care how a picture is turned, mirrored or inverted, so
EXIF orientation is not consulted. Errors never quote what a code says.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

from ticktap.accounts import Account
from ticktap.errors import BadInput
from ticktap.formats import otpauth

if TYPE_CHECKING:
    from PIL.Image import Image

FILE_BYTES = 32 * 1024 * 1024
PIXELS = 64_000_000  # more than the largest phone cameras take; one byte each after decoding
_UPSCALED_PIXELS = 16_000_000  # larger pictures gain nothing from being doubled
_SVG_SIDE = 1200  # pixels; drawn to fit a square, so that a strange aspect ratio cannot ask for more
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_WHITE, _BLACK = 255, 0
_SHARPER = "Take a sharper screenshot that shows the whole code with a margin around it."
NO_CODE = ("there is no readable QR code in the picture", _SHARPER)
OTHER_CODE = (
    "the QR code in the picture is not for signing in with one-time codes",
    "Take a picture of the code that the site shows for an authenticator app.",
)
_SAVE_AGAIN = "Give a png, jpg, webp, gif or svg file; save the picture again if it is one."


def read_account(data: bytes) -> Account:
    """The account in a picture with one sign-in code. QR codes for other uses may stand beside it.

    Raises:
        BadInput: no picture, no code, no sign-in code, several of them, or one that otpauth.parse refuses.
    """
    return only(read(data))


def only(texts: list[str]) -> Account:
    """The account in the only text that is for signing in. Raises as `read_account`."""
    if not texts:
        raise BadInput(*NO_CODE)
    for_signing_in = [text for text in texts if _is_for_signing_in(text)]
    if not for_signing_in:
        raise BadInput(*OTHER_CODE)
    if len(for_signing_in) > 1:
        raise BadInput(
            f"there are {len(for_signing_in)} sign-in codes in the picture",
            "Crop it to the one that you want, or take all of them with 'ticktap account import'.",
        )
    return otpauth.parse(for_signing_in[0])


def read(data: bytes) -> list[str]:
    """Texts of all QR codes in a picture, each once, in no promised order; empty when there are none.

    Raises:
        BadInput: the bytes are no such picture, or it is too large.
    """
    if len(data) > FILE_BYTES:
        raise BadInput("the picture file is too large", "Give a screenshot of the code alone.")
    return of_picture(_open(_drawn(data) if is_svg(data) else data))


def of_picture(picture: Image) -> list[str]:
    """Texts of all QR codes in an open picture, as `read`."""
    # Dark pages show white modules on transparent ground, which are gone on white.
    for ground in (_WHITE, _BLACK) if picture.has_transparency_data else (_WHITE,):
        grey = _grey(picture, ground)
        if texts := _decoded(grey) or _decoded_at_twice_the_size(grey):
            return texts
    return []


def _is_for_signing_in(text: str) -> bool:
    return text.lstrip().lower().startswith(("otpauth:", "otpauth-migration:", "motp:"))


def is_svg(data: bytes) -> bool:
    """Whether these are the first bytes of an svg picture."""
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and b"<svg" in start.lower()


def _drawn(svg: bytes) -> bytes:
    """PNG bytes of a vector picture on white."""
    import resvg_py

    try:
        return resvg_py.svg_to_bytes(
            svg_string=svg.decode("utf-8-sig"),
            background="#ffffff",
            width=_SVG_SIDE,
            height=_SVG_SIDE,
            skip_system_fonts=True,  # no QR code is made of text
        )
    except ValueError:  # UnicodeDecodeError is one
        raise BadInput("the svg picture cannot be drawn", _SAVE_AGAIN) from None


def _open(data: bytes) -> Image:
    """The first frame, decoded. Its size is known, and checked, before its pixels are."""
    import PIL.Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PIL.Image.DecompressionBombWarning)
            picture = PIL.Image.open(io.BytesIO(data), formats=_FORMATS)
        if picture.width * picture.height > PIXELS:
            raise PIL.Image.DecompressionBombError
        picture.load()
    except PIL.Image.DecompressionBombError:
        raise BadInput("the picture has too many pixels", "Crop it to the QR code.") from None
    except (OSError, SyntaxError, ValueError):  # what Pillow's decoders raise on bad or cut-off bytes
        raise BadInput("this is not a picture that can be read", _SAVE_AGAIN) from None
    return picture


def _grey(picture: Image, ground: int) -> Image:
    """One byte a pixel, what is transparent laid on `ground`."""
    import PIL.Image

    if not picture.has_transparency_data:
        return picture.convert("L")
    coloured = picture.convert("RGBA")
    laid = PIL.Image.new("L", picture.size, ground)
    laid.paste(coloured.convert("L"), mask=coloured.getchannel("A"))
    return laid


def _decoded(grey: Image) -> list[str]:
    import zxingcpp

    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return list(dict.fromkeys(code.text for code in found))


def _decoded_at_twice_the_size(grey: Image) -> list[str]:
    """Modules of a pixel or two are sometimes found only when enlarged."""
    if grey.width * grey.height * 4 > _UPSCALED_PIXELS:
        return []
    return _decoded(grey.resize((grey.width * 2, grey.height * 2)))

"""Decodes QR codes in pictures (png, jpg, webp, gif, svg) in this process.

Files may be hostile: isolated.py decodes them in another process. The decoder handles rotated, mirrored and
inverted pictures, so EXIF orientation is not consulted.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ticktap.errors import BadInput
from ticktap.formats.markup_pictures import SAVE_AGAIN, pictures
from ticktap.formats.structured_append import Piece, piece

if TYPE_CHECKING:
    from PIL.Image import Image

PIXELS = 64_000_000  # more than the largest phone cameras have; one byte each after decoding
_UPSCALED_PIXELS = 16_000_000  # larger pictures gain nothing from scaling up
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_WHITE, _BLACK = 255, 0
NO_PICTURE = ("this is not a picture that can be read", SAVE_AGAIN)


@dataclass
class Codes:
    """The contents of a picture's QR codes: whole texts, and pieces of longer ones."""

    texts: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)


def decode(data: bytes) -> Codes:
    """Returns all QR codes in a picture, each once, in no particular order.

    Raises:
        BadInput: the bytes are no such picture, or it has too many pixels.
    """
    found = Codes()
    for each in pictures(data):
        codes = of_picture(_open(each))
        found.texts += [text for text in codes.texts if text not in found.texts]
        found.pieces += codes.pieces
    return found


def of_picture(picture: Image) -> Codes:
    """Returns all QR codes in an open picture, as `decode` does."""
    # Dark pages have white modules on a transparent background, which are invisible on white.
    for ground in (_WHITE, _BLACK) if picture.has_transparency_data else (_WHITE,):
        grey = _grey(picture, ground)
        codes = _decoded(grey)
        if not (codes.texts or codes.pieces):
            codes = _decoded_at_twice_the_size(grey)
        if codes.texts or codes.pieces:
            return codes
    return Codes()


def _open(data: bytes) -> Image:
    """Decodes the first frame. Its size is checked before its pixels are decoded."""
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
    except (OSError, SyntaxError, ValueError):  # errors of Pillow's decoders for bad or truncated data
        raise BadInput(*NO_PICTURE) from None
    return picture


def _grey(picture: Image, ground: int) -> Image:
    """Converts to one byte per pixel, with transparent pixels on `ground`."""
    import PIL.Image

    if not picture.has_transparency_data:
        return picture.convert("L")
    coloured = picture.convert("RGBA")
    laid = PIL.Image.new("L", picture.size, ground)
    laid.paste(coloured.convert("L"), mask=coloured.getchannel("A"))
    return laid


def _decoded(grey: Image) -> Codes:
    import zxingcpp

    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    codes = Codes()
    for code in found:
        drawn: Any = code.to_image(scale=1)
        modules = [[dark < 128 for dark in row] for row in _rows(memoryview(drawn))]
        about: Any = code.extra
        part = piece(_without_margin(modules), about["ECLevel"], about["DataMask"], code.text)
        if part:
            codes.pieces.append(part)
        elif code.text not in codes.texts:
            codes.texts.append(code.text)
    return codes


def _rows(bytes_of_modules: memoryview) -> Any:
    return bytes_of_modules.tolist()  # two dimensions: a list of rows


def _without_margin(modules: list[list[bool]]) -> list[list[bool]]:
    rows = [y for y, row in enumerate(modules) if any(row)]
    columns = [x for x in range(len(modules)) if any(row[x] for row in modules)]
    return [row[columns[0] : columns[-1] + 1] for row in modules[rows[0] : rows[-1] + 1]]


def _decoded_at_twice_the_size(grey: Image) -> Codes:
    """Modules of one or two pixels are sometimes found only in an enlarged picture."""
    if grey.width * grey.height * 4 > _UPSCALED_PIXELS:
        return Codes()
    return _decoded(grey.resize((grey.width * 2, grey.height * 2)))

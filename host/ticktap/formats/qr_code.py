"""Reads the texts of QR codes in pictures (png, jpg, webp, gif, svg).

It takes bytes and opens no file. The decoder handles rotated, mirrored and inverted pictures, so
EXIF orientation is not consulted. Errors never quote what a code says.
"""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes

from ticktap.errors import BadInput
from ticktap.formats import otpauth
from ticktap.formats.result import InputFile
from ticktap.formats.structured_append import Piece, joined, missing, piece
from ticktap.otp.account import Account

if TYPE_CHECKING:
    from PIL.Image import Image

FILE_BYTES = 32 * 1024 * 1024
PIXELS = 64_000_000  # more than the largest phone cameras have; one byte each after decoding
_UPSCALED_PIXELS = 16_000_000  # larger pictures gain nothing from scaling up
_SVG_SIDE = 1200  # pixels; drawn to fit a square, to limit the size for any aspect ratio
_DPI = 96  # CSS pixels per inch: the units mm, cm, in and pt of svg pictures
_NESTED = 64  # depth of nested svg elements; drawing is recursive
_ELEMENTS = 400_000
_PICTURES = 50  # in one page, at most
_SVG_TAG = re.compile(r"<(/?)(?:[a-z][\w.-]*:)?svg(?=[\s>/])[^>]*>", re.IGNORECASE)
_SVG_START = re.compile(r"<([a-z][\w.-]{0,40}:)?svg(?=[\s>/])", re.IGNORECASE)
_DATA_URI = re.compile(r"data:image/([a-z+.-]+)((?:;[^,\"'<>\s]{0,40}){0,4}),([^\"'<>\s)]*)", re.IGNORECASE)
_SPACES = (("xmlns", "http://www.w3.org/2000/svg"), ("xmlns:xlink", "http://www.w3.org/1999/xlink"))
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_WHITE, _BLACK = 255, 0
_SHARPER = "Take a sharper screenshot that shows the whole code with a margin around it."
NO_CODE = ("there is no readable QR code in the picture", _SHARPER)
ALL_PARTS = "Give all parts, in one picture or with 'ticktap account import' in several."
OTHER_CODE = (
    "the QR code in the picture is not for one-time codes",
    "Use a picture of the QR code that the site shows for an authenticator app.",
)
_SAVE_AGAIN = "Give a png, jpg, webp, gif or svg file; save the picture again if it is one."
NO_PICTURE = ("this is not a picture that can be read", _SAVE_AGAIN)


@dataclass
class Codes:
    """The contents of a picture's QR codes: whole texts, and pieces of longer ones."""

    texts: list[str] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)


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
    from ticktap.formats import isolated

    if len(data) > FILE_BYTES:
        raise BadInput("the picture file is too large", "Give a screenshot of the code alone.")
    return isolated.codes(data)


def decode(data: bytes) -> Codes:
    """As `read`, but in this process: a hostile picture may crash or block it."""
    found = Codes()
    for each in _pictures(data):
        codes = of_picture(_open(each))
        found.texts += [text for text in codes.texts if text not in found.texts]
        found.pieces += codes.pieces
    return found


def of_picture(picture: Image) -> Codes:
    """Returns all QR codes in an open picture, as `read` does."""
    # Dark pages have white modules on a transparent background, which are invisible on white.
    for ground in (_WHITE, _BLACK) if picture.has_transparency_data else (_WHITE,):
        grey = _grey(picture, ground)
        codes = _decoded(grey)
        if not (codes.texts or codes.pieces):
            codes = _decoded_at_twice_the_size(grey)
        if codes.texts or codes.pieces:
            return codes
    return Codes()


def _is_for_signing_in(text: str) -> bool:
    return text.lstrip().lower().startswith(("otpauth:", "otpauth-migration:", "motp:", "steam:"))


def is_marked_up(data: bytes) -> bool:
    """Whether this is an svg picture, a page with pictures, or a `data:` URI of a picture."""
    if data.lstrip()[:11].lower() == b"data:image/":
        return True
    text = InputFile(data).xml
    if text is None:
        return False
    start = text[:4096].lower()
    if start.startswith(("<!doctype html", "<html")):
        start = text.lower()
    return _SVG_START.search(start) is not None or ("<img" in start and "data:image/" in start)


def _pictures(data: bytes) -> Iterator[bytes]:
    """Returns the pictures of a file: itself, or those of a page or a `data:` URI, rendered."""
    if not is_marked_up(data):
        yield data
        return
    text = InputFile(data).xml or data.decode("utf-8", "replace")
    vectors = _vectors(text)
    if not vectors and not _DATA_URI.search(text):
        raise BadInput("the svg picture cannot be drawn", _SAVE_AGAIN)
    for each in vectors:
        yield _drawn(each)
    if not vectors or not _SVG_START.match(text):
        for number, found in enumerate(_DATA_URI.finditer(text)):
            if number == _PICTURES:
                break
            inner = _of_data_uri(found)
            if found[1].lower() == "svg+xml":
                yield from map(_drawn, _vectors(inner.decode("utf-8", "replace")))
            else:
                yield inner


def _of_data_uri(found: re.Match[str]) -> bytes:
    """Decodes a `data:` URI (RFC 2397)."""
    content = unquote_to_bytes(found[3])
    if ";base64" not in found[2].lower():
        return content
    try:
        return base64.b64decode(content + b"===", validate=False)
    except ValueError:
        raise BadInput("the data: URI is not base64", _SAVE_AGAIN) from None


def _vectors(text: str) -> list[str]:
    """Returns the outermost svg elements of a page, each with its namespace declarations."""
    found, depth, start = [], 0, 0
    for tag in _SVG_TAG.finditer(text):
        if tag[1]:
            depth -= 1
            if depth == 0:
                found.append(text[start : tag.end()])
            if depth < 0:
                break
        elif not tag[0].endswith("/>"):
            if depth == 0:
                start = tag.start()
            depth += 1
            if depth > _NESTED:
                raise BadInput("the svg picture is nested too deeply", _SAVE_AGAIN)
        if len(found) == _PICTURES:
            break
    if not found and depth:
        raise BadInput("the svg picture is truncated", _SAVE_AGAIN)
    if text.count("<") > _ELEMENTS:
        raise BadInput("the svg picture has too many elements", _SAVE_AGAIN)
    return [_declared(each) for each in found]


def _declared(svg: str) -> str:
    begin = _SVG_START.match(svg)
    if not begin or begin[1]:  # a prefix means that the namespaces are declared
        return svg
    head = svg[: svg.index(">")]
    missing_names = [
        f' {name}="{space}"'
        for name, space in _SPACES
        if name not in head and (name == "xmlns" or "xlink:" in svg)
    ]
    return svg[:4] + "".join(missing_names) + svg[4:]


def _drawn(svg: str) -> bytes:
    """Renders a vector picture to PNG. The background stays transparent: white modules are read on black."""
    import resvg_py

    try:
        return resvg_py.svg_to_bytes(
            svg_string=svg,
            width=_SVG_SIDE,
            height=_SVG_SIDE,
            dpi=_DPI,
            skip_system_fonts=True,  # QR codes contain no text
        )
    except ValueError:
        raise BadInput("the svg picture cannot be drawn", _SAVE_AGAIN) from None


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

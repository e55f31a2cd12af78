"""Pictures inside text: svg pictures, pages with pictures, and `data:` URIs (RFC 2397)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from ticktap.errors import BadInput
from ticktap.formats.result import InputFile

_SVG_SIDE = 1200  # pixels; drawn to fit a square, to limit the size for any aspect ratio
_DPI = 96  # CSS pixels per inch: the units mm, cm, in and pt of svg pictures
_NESTED = 64  # depth of nested svg elements; drawing is recursive
_ELEMENTS = 400_000
_PICTURES = 50  # in one page, at most
_SVG_TAG = re.compile(r"<(/?)(?:[a-z][\w.-]*:)?svg(?=[\s>/])[^>]*>", re.IGNORECASE)
_SVG_START = re.compile(r"<([a-z][\w.-]{0,40}:)?svg(?=[\s>/])", re.IGNORECASE)
_DATA_URI = re.compile(r"data:image/([a-z+.-]+)((?:;[^,\"'<>\s]{0,40}){0,4}),([^\"'<>\s)]*)", re.IGNORECASE)
_SPACES = (("xmlns", "http://www.w3.org/2000/svg"), ("xmlns:xlink", "http://www.w3.org/1999/xlink"))
SAVE_AGAIN = "Give a png, jpg, webp, gif or svg file; save the picture again if it is one."


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


def pictures(data: bytes) -> Iterator[bytes]:
    """Returns the pictures of a file: itself, or those of a page or a `data:` URI, rendered."""
    if not is_marked_up(data):
        yield data
        return
    text = InputFile(data).xml or data.decode("utf-8", "replace")
    vectors = _vectors(text)
    if not vectors and not _DATA_URI.search(text):
        raise BadInput("the svg picture cannot be drawn", SAVE_AGAIN)
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
        raise BadInput("the data: URI is not base64", SAVE_AGAIN) from None


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
                raise BadInput("the svg picture is nested too deeply", SAVE_AGAIN)
        if len(found) == _PICTURES:
            break
    if not found and depth:
        raise BadInput("the svg picture is truncated", SAVE_AGAIN)
    if text.count("<") > _ELEMENTS:
        raise BadInput("the svg picture has too many elements", SAVE_AGAIN)
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
        raise BadInput("the svg picture cannot be drawn", SAVE_AGAIN) from None

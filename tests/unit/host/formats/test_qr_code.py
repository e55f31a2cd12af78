"""QR codes in pictures of many kinds, drawn here."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import pytest
import segno
from PIL import Image, ImageOps

from ticktap.errors import BadInput
from ticktap.formats import otpauth, qr_code, qr_decoder
from ticktap.otp.account import Account

ALICE = Account("Example", "alice@example.com", b"12345678901234567890")
BOB = Account("Example", "bob", b"abcdefghijklmnopqrst")
URI = otpauth.format(ALICE)


def drawn(text: str = URI, kind: str = "png", **options: Any) -> bytes:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind=kind, **({"scale": 4} | options))
    return out.getvalue()


def image(text: str = URI, **options: Any) -> Image.Image:
    return Image.open(io.BytesIO(drawn(text, **options))).convert("RGB")


def saved(picture: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def on_a_screen(*pictures: Image.Image) -> Image.Image:
    """A grey desktop with the pictures in its corners."""
    screen = Image.new("RGB", (1920, 1080), (90, 110, 130))
    places = [(1900, 1060), (0, 0)]
    for picture, (right, bottom) in zip(pictures, places, strict=False):
        screen.paste(picture, (max(0, right - picture.width), max(0, bottom - picture.height)))
    return screen


def mostly_transparent(ink: int) -> bytes:
    """A code in one colour, with nothing behind it."""
    modules = ImageOps.invert(image().convert("L"))
    picture = Image.new("RGBA", modules.size, (ink, ink, ink, 0))
    picture.putalpha(modules)
    return saved(picture)


def exif_turned(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(image(), "JPEG", exif=exif)


PICTURES = {
    "png": drawn(),
    "png of one pixel a module": drawn(scale=1),
    "png with a palette and transparency": saved(image().convert("RGBA").quantize(2), "PNG", transparency=0),
    "sixteen-bit png": saved(Image.open(io.BytesIO(drawn())).convert("I;16").point(lambda v: v * 257)),
    "jpg": saved(image(), "JPEG", quality=40),
    "cmyk jpg": saved(image().convert("CMYK"), "JPEG"),
    "webp": saved(image(), "WEBP", quality=50),
    "gif": saved(image(), "GIF"),
    "svg": drawn(kind="svg"),
    "svg of one unit a module": drawn(kind="svg", scale=1),
    "svg without a declaration": drawn(kind="svg", xmldecl=False, svgns=True),
    "svg with a byte-order mark": b"\xef\xbb\xbf" + drawn(kind="svg"),
    "svg without a ground, white ink": drawn(kind="svg", dark="white", light="black"),
    "dark theme": drawn(dark="white", light="#202124"),
    "dark theme, narrow border": drawn(dark="white", light="black", border=1),
    "black on nothing": mostly_transparent(0),
    "white on nothing": mostly_transparent(255),
    "upside down": saved(image().rotate(180)),
    "a quarter turned": saved(image().rotate(90)),
    "tilted": saved(image(border=8).rotate(17, expand=True, fillcolor="white")),
    "mirrored": saved(ImageOps.mirror(image())),
    "turned by EXIF": exif_turned(6),
    "mirrored by EXIF": exif_turned(7),
    "in the corner of a screen": saved(on_a_screen(image(scale=3))),
    "tiny in the corner of a screen": saved(on_a_screen(image(scale=1))),
}


@pytest.mark.parametrize("what", PICTURES)
def test_the_account_is_found(what: str) -> None:
    assert qr_code.read_account(PICTURES[what]) == ALICE


def test_all_codes_of_a_picture_are_read() -> None:
    other = otpauth.format(BOB)
    assert sorted(qr_code.read(saved(on_a_screen(image(), image(other)))).texts) == sorted([URI, other])


def test_text_that_is_not_ascii() -> None:
    assert qr_code.read(drawn("Grüße, 世界")).texts == ["Grüße, 世界"]


def test_the_same_code_twice_is_one() -> None:
    picture = saved(on_a_screen(image(), image(scale=5)))
    assert qr_code.read(picture).texts == [URI]
    assert qr_code.read_account(picture) == ALICE


def test_a_code_for_something_else_may_stand_beside_it() -> None:
    assert qr_code.read_account(saved(on_a_screen(image("https://example.com/app"), image()))) == ALICE


def test_two_accounts_are_refused() -> None:
    with pytest.raises(BadInput, match="2 accounts") as caught:
        qr_code.read_account(saved(on_a_screen(image(), image(otpauth.format(BOB)))))
    assert "Crop" in caught.value.remedy


def test_no_code() -> None:
    blank = saved(Image.new("RGB", (300, 200), "white"))
    assert qr_code.read(blank) == qr_decoder.Codes()
    with pytest.raises(BadInput, match="no readable QR code") as caught:
        qr_code.read_account(blank)
    assert "screenshot" in caught.value.remedy


def test_a_code_that_is_not_for_signing_in() -> None:
    with pytest.raises(BadInput, match="not for one-time codes") as caught:
        qr_code.read_account(drawn("https://example.com/private?key=hush"))
    assert caught.value.remedy
    assert "hush" not in caught.value.message + caught.value.remedy


def test_a_transfer_code_gets_the_reason_of_the_parser() -> None:
    with pytest.raises(BadInput, match="transfer code"):
        qr_code.read_account(drawn("otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8"))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"garbage" * 100,
        b"\x89PNG\r\n\x1a\n",
        drawn()[: len(drawn()) // 2],
        saved(image(), "JPEG")[:200],
        b"<svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'>\xff</svg>",
        drawn(kind="svg")[:-20],
        b"<html><body>no picture</body></html>",
        saved(image(), "BMP"),
    ],
)
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        qr_code.read_account(data)
    assert "picture" in caught.value.message and "svg file" in caught.value.remedy


def bomb(width: int, height: int) -> bytes:
    """The header of a large png."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    data = b"IDAT" + zlib.compress(b"")
    return b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I", len(data) - 4) + data + bytes(4)


@pytest.mark.parametrize("side", [8001, 12_000, 60_000])
def test_a_picture_of_too_many_pixels_is_not_unpacked(side: int) -> None:
    with pytest.raises(BadInput, match="too many pixels") as caught:
        qr_code.read(bomb(side, side))
    assert caught.value.remedy


def test_a_large_file_is_not_opened() -> None:
    with pytest.raises(BadInput, match="too large"):
        qr_code.read(drawn() + bytes(qr_code.FILE_BYTES))


@pytest.mark.parametrize("size", ['width="900000" height="900000"', 'viewBox="0 0 1 900000"'])
def test_a_vector_picture_cannot_ask_for_a_large_canvas(size: str) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect width="1" height="1"/></svg>'
    assert qr_code.read(svg.encode()) == qr_decoder.Codes()


def test_a_small_code_is_found_when_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    def picky(grey: Image.Image) -> qr_decoder.Codes:
        sizes.append(grey.width)
        return qr_decoder.Codes(["found"] if len(sizes) == 2 else [])

    monkeypatch.setattr(qr_decoder, "_decoded", picky)
    assert qr_decoder.of_picture(Image.new("L", (50, 50))).texts == ["found"]
    assert sizes == [50, 100]

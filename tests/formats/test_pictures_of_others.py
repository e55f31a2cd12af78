"""Pictures as QR libraries and sites make them: units, transparent grounds, pages, sequences of codes."""

import base64
import io
from urllib.parse import quote

import pytest
import qrcode
import qrcode.image.svg as factories
import segno
from PIL import Image, ImageOps

from ticktap.errors import BadInput
from ticktap.formats import base32, google_migration, qr_code, qr_decoder, qr_images
from ticktap.formats.result import InputFile

SECRET = b"Hello, my dear world"
URI = f"otpauth://totp/Site:birch?secret={base32.encode(SECRET)}&issuer=Site&digits=8&period=60"
LONG = "otpauth://totp/Site:birch?secret=" + base32.encode(bytes(range(100)))


def drawn(kind="svg", text=URI, **options):
    out = io.BytesIO()
    segno.make(text, micro=False).save(out, kind=kind, **options)
    return out.getvalue()


def by_qrcode(factory):
    out = io.BytesIO()
    qrcode.make(URI, image_factory=factory).save(out)
    return out.getvalue()


FACTORIES = [
    factories.SvgImage,
    factories.SvgFragmentImage,
    factories.SvgPathImage,
    factories.SvgFillImage,
    factories.SvgPathFillImage,
]


@pytest.mark.parametrize("factory", FACTORIES)
def test_every_svg_of_python_qrcode(factory):
    assert qr_code.read_account(by_qrcode(factory)).secret == SECRET


@pytest.mark.parametrize("unit", ["mm", "cm", "in", "pt", "pc", "px", "em"])
def test_sizes_in_units(unit):
    assert qr_code.read_account(drawn(unit=unit, scale=1)).secret == SECRET


INLINE = drawn(svgns=False, xmldecl=False).decode()
PNG = base64.b64encode(drawn("png", scale=4)).decode()


@pytest.mark.parametrize(
    "data",
    [
        drawn(dark="white", light=None),
        drawn(dark="#fff", light=None, svgns=True, xmldecl=False),
        f'<div class="code">{INLINE}</div>'.encode(),
        f"<!DOCTYPE html><html><head><title>x</title></head><body>{INLINE}</body></html>".encode(),
        ("<!DOCTYPE html><html>" + "<!-- -->" * 2000 + INLINE + "</html>").encode(),
        drawn(xmldecl=False).decode().encode("utf-16"),
        f"data:image/png;base64,{PNG}\n".encode(),
        f"data:image/svg+xml;base64,{base64.b64encode(drawn()).decode()}".encode(),
        f"data:image/svg+xml;charset=utf-8,{quote(drawn(xmldecl=False).decode())}".encode(),
        f'<html><body><img alt="" src="data:image/png;base64,{PNG}"></body></html>'.encode(),
    ],
)
def test_codes_as_pages_have_them(data):
    sample = InputFile(data)
    assert qr_images.recognise(sample)
    assert [each.secret for each in qr_images.read(sample).accounts] == [SECRET]


# --- one text in several codes


def sequence(text, count, **options):
    """Pictures of the codes, as segno makes them."""
    codes = segno.make_sequence(text, symbol_count=count, **options)
    assert len(codes) == count
    found = []
    for code in codes:
        out = io.BytesIO()
        code.save(out, kind="png", scale=4)
        found.append(Image.open(io.BytesIO(out.getvalue())).convert("L"))
    return found


def beside(images):
    whole = Image.new("L", (sum(each.width for each in images), max(each.height for each in images)), 255)
    at = 0
    for each in images:
        whole.paste(each, (at, 0))
        at += each.width
    return whole


def saved(image):
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("count", [2, 3, 5])
@pytest.mark.parametrize("level", ["l", "m", "q", "h"])
def test_parts_in_one_picture_are_joined_in_order(count, level):
    images = sequence(LONG, count, error=level)
    codes = qr_decoder.of_picture(beside(images[::-1]))
    assert qr_code.only(codes) == LONG
    assert codes.texts == []


def test_parts_of_large_codes():
    accounts = "&".join(f"x{at}=" + "Z" * 40 for at in range(40))
    assert qr_code.only(
        qr_decoder.of_picture(beside(sequence(f"{LONG}&{accounts}", 2, error="q")))
    ).startswith(LONG)


@pytest.mark.parametrize("turn", [ImageOps.mirror, ImageOps.invert, ImageOps.flip])
def test_turned_parts_are_parts(turn):
    assert qr_code.only(qr_decoder.of_picture(turn(beside(sequence(LONG, 2))))) == LONG


def test_a_part_alone_is_never_the_whole():
    for at, image in enumerate(sequence(LONG, 2), start=1):
        with pytest.raises(BadInput, match=f"part {at} of 2"):
            qr_code.read_account(saved(image))


def test_parts_in_several_pictures_are_joined_and_a_missing_one_is_told():
    images = sequence(LONG, 3)
    found = qr_images.read(InputFile(saved(images[2])))
    found.join(qr_images.read(InputFile(saved(beside(images[:2])))))
    qr_images.merge_parts(found)
    assert [each.secret for each in found.accounts] == [bytes(range(100))]
    found = qr_images.read(InputFile(saved(beside(images[::2]))))
    qr_images.merge_parts(found)
    assert not found.accounts
    assert "part 1 of 3, part 3 of 3" in found.refused[0].name


def test_parts_of_two_texts_are_not_mixed():
    other = LONG.replace("birch", "rose!")
    one, two = sequence(LONG, 2), sequence(other, 2)
    found = qr_images.read(InputFile(saved(beside([one[0], two[1]]))))
    qr_images.merge_parts(found)
    assert not found.accounts and len(found.refused) == 1


def test_a_transfer_code_in_parts():
    from ticktap.otp.account import Account

    accounts = [Account("Site", f"user{at}", bytes([at]) * 20) for at in range(8)]
    (code,) = google_migration.format(accounts)
    found = qr_images.read(InputFile(saved(beside(sequence(code, 3)))))
    qr_images.merge_parts(found)
    google_migration.merge_parts(found)
    assert found.accounts == accounts

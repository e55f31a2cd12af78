"""Base32 as people and web pages give it."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticktap.errors import BadInput
from ticktap.formats import base32

# RFC 4648 section 10
VECTORS = [
    ("MY======", b"f"),
    ("MZXQ====", b"fo"),
    ("MZXW6===", b"foo"),
    ("MZXW6YQ=", b"foob"),
    ("MZXW6YTB", b"fooba"),
    ("MZXW6YTBOI======", b"foobar"),
]


@pytest.mark.parametrize(("text", "data"), VECTORS)
def test_rfc_vectors_with_and_without_padding(text: str, data: bytes) -> None:
    assert base32.decode(text) == data
    assert base32.decode(text.rstrip("=")) == data
    assert base32.encode(data) == text.rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "mzxw6ytboi",
        "MZXW 6YTB OI",
        "mzxw-6ytb-oi",
        " \tMZXW6YTB\u00a0OI\n",
        "MZXW\u20136YTB\u200bOI",
        "MZXW6YTBOI = = ",
        "MZXW6YTBOI==",
    ],
)
def test_spacing_case_and_padding_do_not_matter(text: str) -> None:
    assert base32.decode(text) == b"foobar"


def test_spare_bits_may_be_set() -> None:
    assert base32.decode("MZ") == base32.decode("MY") == b"f"


@given(st.binary(min_size=1, max_size=130), st.integers(1, 9))
def test_round_trip_in_groups(data: bytes, group: int) -> None:
    text = base32.encode(data)
    assert text == base64.b32encode(data).decode().rstrip("=")
    spaced = " ".join(text[at : at + group] for at in range(0, len(text), group)).lower()
    assert base32.decode(spaced) == data


@pytest.mark.parametrize(
    ("text", "at", "shown", "hint"),
    [
        ("MZXW 0YTB", 6, "'0'", "letter O"),
        ("1ZXW6YTB", 1, "'1'", "letter I or L"),
        ("MZXW6YT8", 8, "'8'", "letter B"),
        ("MZXW6YT9", 8, "'9'", "A to Z"),
        ("MZ=W6YTB", 3, "'='", "A to Z"),
        ("MZ\u0131W6YTB", 3, "'\u0131'", "A to Z"),  # its upper case is an ASCII I
        ("MZ\u017fW6YTB", 3, "'\u017f'", "A to Z"),  # its upper case is an ASCII S
        ("MZ\uff21W6YTB", 3, "'\uff21'", "A to Z"),  # full-width A
        ("MZ\x00W6YTB", 3, "U+0000", "A to Z"),
    ],
)
def test_a_foreign_character_is_named_with_its_position(text: str, at: int, shown: str, hint: str) -> None:
    with pytest.raises(BadInput) as caught:
        base32.decode(text)
    assert f"character {at} of the secret, {shown}," in caught.value.message
    assert hint in caught.value.remedy
    assert "MZ" not in caught.value.message and "YTB" not in caught.value.message


@pytest.mark.parametrize("length", [1, 3, 6, 17])
def test_impossible_lengths(length: int) -> None:
    with pytest.raises(BadInput, match=f"cannot have {length} characters") as caught:
        base32.decode("A" * length)
    assert caught.value.remedy


@pytest.mark.parametrize("text", ["", "  ", "====", "- -"])
def test_nothing_is_no_secret(text: str) -> None:
    with pytest.raises(BadInput, match="empty"):
        base32.decode(text)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"f", "MY"),
        (b"fo", "MZXQ"),
        (b"foo", "MZXW6"),
        (b"foob", "MZXW6YQ"),
        (b"fooba", "MZXW6YTB"),  # RFC 4648 section 10, without padding
        (b"\0\0\0\0\x17", "AAAAAAAX"),
        (b"", ""),
    ],
)
def test_bytes_are_encoded_without_padding(data, text):
    assert base32.encode(data) == text

"""PINs: the key that comes of one, what a token may ask for, and what is refused or warned of."""

import unicodedata

import pytest

from ticktap.device import pin
from ticktap.device.owner_session import encoded
from ticktap.errors import BadInput, TokenError

SALT = bytes(range(16))
USUAL = {"salt": encoded(SALT), "memory": 65536, "passes": 3, "lanes": 4}


def test_the_key_is_the_one_of_the_reference_implementation():
    """As `echo -n "correct horse" | argon2 0123456789abcdef -id -t 3 -k 65536 -p 4 -l 64` has it."""
    assert pin.key("correct horse", pin.KdfParams(b"0123456789abcdef")).hex() == (
        "bfc227f7655cb9e90a80f69518ac8f49c55adc09355c693a4ccc878d7c6ad23b"
        "f7fc91f0d1c3b68ce7e382894d359d2b8439ab0f821b99504b5fed7f4328a11b"
    )


def test_letters_typed_in_two_ways_are_one_pin():
    composed, apart = "pässwörter", unicodedata.normalize("NFD", "pässwörter")
    assert composed != apart
    kdf = pin.KdfParams(SALT)
    assert pin.key(composed, kdf) == pin.key(apart, kdf)


def test_every_part_counts():
    keys = {
        bytes(pin.key(text, pin.KdfParams(*rest)))
        for text, *rest in (
            ("correct", SALT),
            ("Correct", SALT),
            ("correct", bytes(16)),
            ("correct", SALT, 65537),
            ("correct", SALT, 65536, 4),
            ("correct", SALT, 65536, 3, 2),
        )
    }
    assert len(keys) == 6
    assert {len(key) for key in keys} == {64}


def test_a_salt_is_new_each_time():
    assert pin.KdfParams.new() != pin.KdfParams.new()
    assert len(pin.KdfParams.new().salt) == 16


def test_what_the_token_says_is_taken():
    assert pin.KdfParams.from_reply(USUAL) == pin.KdfParams(SALT)


@pytest.mark.parametrize(
    "changes",
    [
        {"memory": 65535},
        {"memory": 8},
        {"passes": 2},
        {"lanes": 0},
        {"memory": 2**21},
        {"passes": 1000},
        {"lanes": 255},
        {"memory": "65536"},
        {"passes": None},
        {"lanes": True},
        {"salt": encoded(bytes(15))},
        {"salt": "no base64"},
        {"salt": None},
    ],
    ids=str,
)
def test_a_token_that_asks_for_a_cheap_or_an_endless_hash_is_refused(changes):
    with pytest.raises(TokenError) as failure:
        pin.KdfParams.from_reply(USUAL | changes)
    assert failure.value.remedy


@pytest.mark.parametrize("text", ["123456", "correct horse battery staple", "päßwört", "x" * 256])
def test_a_fair_pin_is_taken(text):
    pin.check_new(text)


@pytest.mark.parametrize("text", ["", "12345", "x" * 257, "abc\x00def", "abcdef\u200b"])
def test_another_is_refused_and_not_repeated(text):
    with pytest.raises(BadInput) as failure:
        pin.check_new(text)
    assert not text or text not in failure.value.message + failure.value.remedy


@pytest.mark.parametrize(
    ("text", "words"), [("123456", "2 days"), ("86420975", "220 days"), ("1" * 12, "6021 years")]
)
def test_digits_alone_are_warned_of_with_their_price(text, words):
    (warning,) = pin.warnings(text)
    assert words in warning
    assert text not in warning


@pytest.mark.parametrize("text", ["abcdef", "12345x", "correct horse"])
def test_letters_are_not(text):
    assert pin.warnings(text) == []


@pytest.mark.parametrize("digits", ["1234", "9" * 16, "1204"])
def test_digits_for_the_buttons(digits):
    pin.check_digits(digits)


@pytest.mark.parametrize("digits", ["", "123", "1" * 17, "12a4", "١٢٣٤"])
def test_other_digits_are_refused_and_not_repeated(digits):
    with pytest.raises(BadInput) as failure:
        pin.check_digits(digits)
    assert not digits or f"{digits!r}" not in failure.value.message


def test_a_key_does_not_show_itself():
    key = pin.key("correct horse", pin.KdfParams(SALT))
    assert f"{key} {key!r} {[key]}" == "(hidden) (hidden) [(hidden)]"

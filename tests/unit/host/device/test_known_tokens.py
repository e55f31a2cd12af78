"""The tokens that this computer knows, and serial numbers that do not agree."""

import pytest

from ticktap.device.known_tokens import KnownTokens, NotTheToken, check_serial
from ticktap.errors import BadInput

HELLO = {"serial": "DE6312", "claimed": False}


@pytest.fixture
def known(tmp_path):
    return KnownTokens({"TICKTAP_HOME": str(tmp_path / "home")})


def test_unknown_tokens_are_accepted(known, tmp_path):
    known.check(HELLO)
    assert not known.is_free("DE6312")
    assert known.forget("DE6312") is False
    assert not (tmp_path / "home").exists(), "reading writes nothing"


def test_a_token_that_has_lost_its_owner_is_refused(known, tmp_path):
    known.note_owned("DE6312")
    assert (tmp_path / "home" / "tokens.json").stat().st_mode & 0o777 == 0o600
    known.check({**HELLO, "claimed": True})
    known.check({**HELLO, "serial": "DE6313"})
    for serial in ("DE6312", "de6312"):
        with pytest.raises(NotTheToken, match="had an owner"):
            known.check({**HELLO, "serial": serial})
    assert known.forget("de6312") is True
    known.check(HELLO)


def test_a_token_accepted_without_an_owner(known):
    known.note_free("DE6312")
    known.check(HELLO)
    assert known.is_free("de6312")
    known.note_owned("DE6312")
    assert not known.is_free("DE6312")


@pytest.mark.parametrize("content", ["", "[]", "{", "\x80"])
def test_a_damaged_list_is_an_error_and_no_empty_one(known, tmp_path, content):
    known.note_owned("DE6312")
    (tmp_path / "home" / "tokens.json").write_text(content, "latin-1")
    for use in (lambda: known.check(HELLO), lambda: known.note_free("DE6313")):
        with pytest.raises(BadInput, match="cannot be read"):
            use()


def test_the_serial_number_of_the_usb_descriptor():
    check_serial(HELLO, "", "/dev/a")
    check_serial(HELLO, "de6312", "/dev/a")
    with pytest.raises(NotTheToken, match="DE6312.*FFFF"):
        check_serial(HELLO, "FFFF", "/dev/a")

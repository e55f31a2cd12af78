"""Key containers: what RFC 6030 lets them say of codes, and what others write and read."""

import io

import pskc
import pytest

from formats import servers
from formats.cases import HEX_KEY
from formats.people import ALICE, DORA
from ticktap.errors import BadInput
from ticktap.formats import pskc as ours
from ticktap.formats import registry
from ticktap.otp.account import Account

SECRET = b"Hello, my dear world"


def read(data, password=""):
    return registry.read(data, password)[1]


def reasons(found):
    return " ".join(each.reason for each in found.refused)


def theirs(password="", **given):
    """A container of one key, as python-pskc writes it."""
    container = pskc.PSKC()
    key = {"id": "1", "serial": "77", "manufacturer": "Maker", "secret": SECRET, "response_length": 6}
    key |= {"algorithm": "urn:ietf:params:xml:ns:keyprov:pskc:totp", "time_interval": 30}
    container.add_key(**(key | given))
    if password:
        container.encryption.setup_pbkdf2(password, iterations=1000)
    out = io.BytesIO()
    container.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"response_encoding": "ALPHANUMERIC"}, "ALPHANUMERIC"),
        ({"response_encoding": "BASE64"}, "BASE64"),
        ({"response_encoding": "HEXADECIMAL"}, "HEXADECIMAL"),
        ({"response_encoding": "BINARY"}, "BINARY"),
        ({"response_encoding": "DECIMAL", "response_check": True}, "check digit"),
        ({"challenge_encoding": "DECIMAL", "challenge_max_length": 6}, "challenge"),
        ({"algorithm": "urn:ietf:params:xml:ns:keyprov:pskc:ocra"}, "does not support its type"),
        ({"algorithm_suite": "HMAC-SHA224"}, "algorithm"),
        ({"policy.pin_usage": "Algorithmic"}, "PIN"),
        ({"policy.key_usage": ["CR"]}, "one-time"),
    ],
)
def test_a_key_with_other_codes_is_refused(given, word):
    found = read(theirs(**given))
    assert not found.accounts
    assert word in reasons(found)


@pytest.mark.parametrize(
    ("given", "word"),
    [({"time_offset": 5}, "offset"), ({"time_drift": -3}, "drift"), ({"policy.pin_usage": "Append"}, "PIN")],
)
def test_what_only_the_server_can_use_is_named(given, word):
    found = read(theirs(**given))
    assert [each.secret for each in found.accounts] == [SECRET]
    assert word in found.notes[0]


def test_an_unknown_element_is_named():
    data = theirs().replace(b"<pskc:Data>", b"<x:Truncation xmlns:x='urn:x'>7</x:Truncation><pskc:Data>")
    assert b"Truncation" in data
    assert "'Truncation'" in read(data).notes[0]


@pytest.mark.parametrize(
    "data",
    [
        theirs().replace(b":totp", b"#totp"),
        theirs(algorithm="http://www.ietf.org/keyprov/pskc#totp", time_interval=None),
    ],
)
def test_algorithms_with_a_fragment(data):
    assert [(each.type, each.period) for each in read(data).accounts] == [("totp", 30)]


def test_a_missing_interval_or_counter_is_the_usual_one():
    assert read(theirs(time_interval=None)).accounts[0].period == 30
    (account,) = read(
        theirs(algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp", time_interval=None)
    ).accounts
    assert (account.type, account.counter) == ("hotp", 0)


def test_a_key_is_named_by_its_serial_number_when_there_is_nothing_else():
    (account,) = read(theirs(id=None, serial="A-1234")).accounts
    assert (account.issuer, account.name) == ("Maker", "A-1234")


def test_blank_lines_before_the_declaration():
    assert len(read(b"\n\r\n  " + theirs()).accounts) == 1


# --- encryption


def test_what_python_pskc_seals_opens_and_no_wrong_password_gives_a_secret():
    data = theirs("pass word")
    assert read(data, "pass word").accounts[0].secret == SECRET
    for wrong in ("pass wore", "x"):
        with pytest.raises(BadInput, match="password is wrong"):
            read(data, wrong)


@pytest.mark.parametrize("declared", [True, False])
def test_a_value_without_its_mac_is_refused_with_the_right_key_and_with_another(declared):
    import re

    data = re.sub(rb"<ValueMAC>[^<]*</ValueMAC>", b"", servers.pskc_key([ALICE], HEX_KEY))
    if not declared:
        data = re.sub(rb"<MACMethod.*</MACMethod>", b"", data)
    for key in (HEX_KEY, "0" * 32):
        found = read(data, key)
        assert not found.accounts
        assert "without a MAC" in reasons(found)


# --- characters


def spelled(encoding, declared=None):
    text = theirs(manufacturer="M\u00fcller").decode()
    body = text.partition("?>")[2]
    return f'<?xml version="1.0" encoding="{declared or encoding}"?>{body}'.encode(encoding)


@pytest.mark.parametrize(
    "data",
    [
        spelled("utf-8"),
        spelled("iso-8859-1"),
        spelled("windows-1252"),
        spelled("utf-16"),
        spelled("utf-16-be", "UTF-16"),
        spelled("utf-16-le", "UTF-16"),
        spelled("utf-32"),
        b"\xef\xbb\xbf" + spelled("utf-8"),
    ],
)
def test_encodings_of_xml(data):
    (account,) = read(data).accounts
    assert (account.issuer, account.secret) == ("M\u00fcller", SECRET)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "iso-8859-1"])
def test_entities_are_refused_in_every_encoding(encoding):
    xml = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a [<!ENTITY b "c">]>'
    with pytest.raises(BadInput):
        read((xml + '<KeyContainer Version="1.0">&b;</KeyContainer>').encode(encoding))


def test_an_encoding_that_hides_characters_is_refused():
    xml = '<?xml version="1.0" encoding="utf-7"?><KeyContainer Version="1.0"/>'
    with pytest.raises(BadInput):
        read(xml.encode("utf-7"))


# --- what is written


def test_each_serial_number_stands_with_its_own_secret():
    accounts = [Account("Site", f"user{at}", bytes([at + 1]) * 20) for at in range(3)] + [DORA]
    container = pskc.PSKC(io.BytesIO(ours.format(accounts, serials=["C-9", "A-1", "B-5", "D-2"])))
    assert [(key.serial, key.secret) for key in container.keys] == [
        ("C-9", b"\x01" * 20),
        ("A-1", b"\x02" * 20),
        ("B-5", b"\x03" * 20),
        ("D-2", DORA.secret),
    ]
    assert [key.friendly_name for key in container.keys] == ["user0", "user1", "user2", DORA.name]


def test_serial_numbers_that_are_made_up_count_from_one():
    container = pskc.PSKC(io.BytesIO(ours.format([ALICE, DORA])))
    assert [(key.serial, key.secret) for key in container.keys] == [
        ("TT000001", ALICE.secret),
        ("TT000002", DORA.secret),
    ]


def test_an_empty_container_is_no_wrong_password():
    assert read(servers.pskc_password([], "pass"), "pass").accounts == []
    assert read(servers.pskc([])).accounts == []

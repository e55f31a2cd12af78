"""Key containers: what RFC 6030 lets them say of codes, and what others write and read."""

import io

import pskc
import pytest

from formats import servers
from formats.cases import HEX_KEY
from formats.people import ALICE, BOB, DORA, EMIL
from ticktap.errors import BadInput
from ticktap.formats import pskc as ours
from ticktap.formats import registry
from ticktap.formats.result import InputFile, WrongPassword
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


# --- figures 3 and 5 of RFC 6030

RFC = """<?xml version="1.0" encoding="UTF-8"?>
<KeyContainer Version="1.0" Id="exampleID1" xmlns="urn:ietf:params:xml:ns:keyprov:pskc"
    xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xenc="http://www.w3.org/2001/04/xmlenc#">
  {head}
  <KeyPackage>
    <DeviceInfo><Manufacturer>Manufacturer</Manufacturer><SerialNo>987654321</SerialNo>{user}</DeviceInfo>
    <CryptoModuleInfo><Id>CM_ID_001</Id></CryptoModuleInfo>
    <Key Id="12345678" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp">
      <Issuer>Issuer</Issuer>
      <AlgorithmParameters><ResponseFormat Length="8" Encoding="DECIMAL"/></AlgorithmParameters>
      <Data>
        <Secret>{secret}</Secret>
        <Counter><PlainValue>0</PlainValue></Counter>
      </Data>
    </Key>
  </KeyPackage>
</KeyContainer>
"""
CBC = '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
FIGURE_3 = RFC.format(
    head="",
    user="<UserId>DC=example-bank,DC=net</UserId>",
    secret="<PlainValue>MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=</PlainValue>",
)
FIGURE_5 = RFC.format(
    head="<EncryptionKey><ds:KeyName>Pre-shared-key</ds:KeyName></EncryptionKey>"
    '<MACMethod Algorithm="http://www.w3.org/2000/09/xmldsig#hmac-sha1"><MACKey>'
    f"{CBC}<xenc:CipherData><xenc:CipherValue>"
    "ESIzRFVmd4iZABEiM0RVZgKn6WjLaTC1sbeBMSvIhRejN9vJa2BOlSaMrR7I5wSX"
    "</xenc:CipherValue></xenc:CipherData></MACKey></MACMethod>",
    user="",
    secret=f"<EncryptedValue>{CBC}<xenc:CipherData><xenc:CipherValue>"
    "AAECAwQFBgcICQoLDA0OD+cIHItlB3Wra1DUpxVvOx2lef1VmNPCMl8jwZqIUqGv"
    "</xenc:CipherValue></xenc:CipherData></EncryptedValue><ValueMAC>Su+NvtQfmvfJzF6bmQiJqoLRExc=</ValueMAC>",
)
RFC_KEY = "12345678901234567890123456789012"


@pytest.mark.parametrize(
    ("text", "key", "name"), [(FIGURE_3, "", "DC=example-bank,DC=net"), (FIGURE_5, RFC_KEY, "987654321")]
)
def test_the_examples_of_rfc_6030(text, key, name):
    found = read(text.encode(), key)
    (account,) = found.accounts
    assert found.notes == []
    assert (account.issuer, account.name, account.type) == ("Issuer", name, "hotp")
    assert (account.secret, account.digits, account.counter) == (b"12345678901234567890", 8, 0)


@pytest.mark.parametrize("element", ["Counter", "Time", "TimeInterval", "TimeDrift"])
def test_no_value_is_taken_without_its_mac(element):
    was = "<Counter><PlainValue>0</PlainValue></Counter>"
    sealed = FIGURE_5.partition("<Secret>")[2].partition("<ValueMAC>")[0]
    assert FIGURE_5.count(was) == 1
    found = read(FIGURE_5.replace(was, f"<{element}>{sealed}</{element}>").encode(), RFC_KEY)
    assert not found.accounts and "without a MAC" in reasons(found)


def test_a_key_that_is_no_key_or_another_one():
    with pytest.raises(WrongPassword):
        read(FIGURE_5.encode())
    with pytest.raises(WrongPassword):
        read(FIGURE_5.encode(), RFC_KEY[:-1] + "3")
    with pytest.raises(BadInput, match="under a key and not a password") as caught:
        read(FIGURE_5.encode(), "four random words")
    assert caught.value.remedy == "Give the key in hexadecimal."


# --- names, defaults and what is not imported


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"friendly_name": "F", "key_userid": "U"}, "F"),
        ({"key_userid": "U"}, "U"),
        ({}, "77"),
        ({"serial": None}, "1"),
    ],
)
def test_the_name_is_the_friendliest_that_there_is(given, name):
    assert [each.name for each in read(theirs(**given)).accounts] == [name]
    refused = read(theirs(**given, response_encoding="BASE64")).refused
    assert [each.name for each in refused] == [name]


def test_an_issuer_is_preferred_to_the_manufacturer():
    assert read(theirs(issuer="I")).accounts[0].issuer == "I"
    assert read(theirs(manufacturer=None)).accounts[0].issuer == ""


def test_codes_have_six_digits_if_nothing_else_is_said():
    assert read(theirs(response_length=None)).accounts[0].digits == 6
    assert read(theirs(response_length=8)).accounts[0].digits == 8


@pytest.mark.parametrize("about", [b'Encoding="DECIMAL"', b'Max="6"'])
def test_a_challenge_may_be_described_in_part(about):
    data = theirs()
    assert data.count(b"<pskc:ResponseFormat") == 1
    with_challenge = b"<pskc:ChallengeFormat " + about + b"/><pskc:ResponseFormat"
    found = read(data.replace(b"<pskc:ResponseFormat", with_challenge))
    assert not found.accounts and "challenge" in reasons(found)


def test_plain_parameters_need_no_note():
    for given in (
        {"policy.key_usage": ["OTP"]},
        {"policy.key_usage": ["CR", "OTP"]},
        {"response_encoding": "DECIMAL"},
    ):
        found = read(theirs(**given))
        assert (len(found.accounts), found.notes, found.refused) == (1, [], [])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"counter": 5}, "the counter 5"),
        ({"time_offset": 5}, "the time offset 5"),
        ({"time_drift": -3}, "the time drift -3"),
        ({"policy.pin_usage": "Prepend"}, "a PIN, which the server requires in addition to the code"),
    ],
)
def test_what_is_not_imported_is_named(given, words):
    (note,) = read(theirs(**given)).notes
    assert words in note


def test_a_counter_of_hotp_needs_no_note():
    found = read(theirs(algorithm="urn:ietf:params:xml:ns:keyprov:pskc:hotp", time_interval=None, counter=5))
    assert ([each.counter for each in found.accounts], found.notes) == ([5], [])


# --- limits


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (">1000</", ">10000001</"),
        (">1000</", ">-1</"),
        (">16</", ">65</"),
        (">16</", ">-1</"),
    ],
)
def test_a_derivation_beyond_its_limits_is_refused(was, becomes):
    data = servers.pskc_password([ALICE], "pass").decode()
    assert data.count(was) == 1
    with pytest.raises(BadInput, match="number of iterations is out of range"):
        read(data.replace(was, becomes).encode(), "pass")


def test_a_key_of_sixty_four_bytes_is_not_refused_for_its_length():
    data = servers.pskc_password([ALICE], "pass").replace(b">16</", b">64</")
    with pytest.raises(BadInput) as caught:
        read(data, "pass")
    assert "out of range" not in caught.value.message


@pytest.mark.parametrize(("spaces", "known"), [(4076, True), (4077, False)])
def test_a_container_is_known_by_its_first_4096_characters(spaces, known):
    text = f"<!--{' ' * spaces}--><KeyContainer Version='1.0'/>"
    assert text.index("Version") == spaces + 21
    assert ours.recognise(InputFile(text.encode())) is known


def test_a_picture_in_svg_is_no_container():
    assert not ours.recognise(
        InputFile(b"<svg xmlns='http://www.w3.org/2000/svg'><!-- keycontainer --></svg>")
    )


# --- what servers need


def test_what_python_pskc_finds_in_a_container():
    accounts = [BOB, DORA, Account("", "nameless issuer", b"x" * 20)]
    container = pskc.PSKC(io.BytesIO(ours.format(accounts)))
    assert [(key.id, key.manufacturer, key.response_encoding) for key in container.keys] == [
        (str(at), "ticktap", "DECIMAL") for at in (1, 2, 3)
    ]
    assert [
        (key.algorithm_suite, key.response_length, key.time_interval, key.counter) for key in container.keys
    ] == [
        ("SHA256", 8, 60, None),
        ("SHA1", 6, None, 41),
        ("SHA1", 6, 30, None),
    ]
    assert [key.issuer for key in container.keys] == ["Firm", "Counter & Sons", None]


def test_serial_numbers_that_are_too_few():
    with pytest.raises(ValueError):
        ours.format([ALICE, DORA], serials=["C-9"])


def test_a_sealed_container_uses_600_000_iterations():
    container = pskc.PSKC(io.BytesIO(ours.format([BOB], "pass word")))
    assert container.encryption.derivation.pbkdf2_iterations == 600_000
    assert container.encryption.algorithm.endswith("aes128-cbc")
    container.encryption.derive_key("pass word")
    assert [key.secret for key in container.keys] == [BOB.secret]


def test_what_does_not_fit_a_container_or_its_readers():
    assert ours.unfit(EMIL) == "PSKC has no Steam codes"
    assert [ours.unfit(each) for each in (ALICE, BOB, DORA)] == ["", "", ""]
    assert ours.warnings([ALICE, DORA]) == []
    assert "<Suite>SHA256</Suite>" in ours.warnings([ALICE, BOB])[0]

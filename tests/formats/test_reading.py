"""Every format: recognised by content, read right, and wrong passwords, cut-off and damaged files refused."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from formats import managers, writers, writing
from formats.cases import CASES, ENCRYPTED
from formats.people import ALICE
from ticktap.errors import BadInput, TicktapError
from ticktap.formats import base32, google_migration, registry
from ticktap.formats.result import ImportResult, InputFile, WrongPassword

CHEAP = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_an_app_wrote_is_read(case):
    kind, found = registry.read(case.data(), case.password)
    assert kind.key == case.key
    assert found.refused == []
    assert found.accounts == case.right
    assert [each.secret for each in found.accounts] == [each.secret for each in case.right]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_only_encrypted_files_ask_for_a_password(case):
    sample = InputFile(case.data())
    assert registry.recognise(sample).needs_password == bool(case.password)


@pytest.mark.parametrize("case", ENCRYPTED, ids=str)
def test_a_wrong_password_is_said_to_be_one(case):
    data = case.data()
    wrong = "0" * 32 if "key" in case.what else "another"
    for password in ("", wrong):
        with pytest.raises(WrongPassword) as caught:
            registry.read(data, password)
        assert caught.value.remedy


@pytest.mark.parametrize("case", ENCRYPTED, ids=str)
def test_a_changed_encrypted_file_gives_no_other_secret(case):
    """Some byte of the last hundred changed; only what nothing authenticates in the format may differ."""
    data = bytearray(case.data())
    chance = random.Random(4)
    for _ in range(4):
        at = len(data) - 1 - chance.randrange(100)
        changed = bytes(data[:at]) + bytes([data[at] ^ 1]) + bytes(data[at + 1 :])
        try:
            found = registry.read(changed, case.password)[1]
        except BadInput:
            continue
        secrets = [each.secret for each in found.accounts]
        assert secrets == [each.secret for each in case.right] or found.refused or case.what in UNSEALED


@pytest.mark.parametrize("case", CASES, ids=str)
def test_cut_off_anywhere_it_is_refused_or_partly_read(case):
    data = case.data()
    chance = random.Random(5)
    cuts = [chance.randrange(1, len(data)) for _ in range(3)]
    for cut in cuts:
        try:
            found = registry.read(data[:cut], case.password)[1]
        except TicktapError as error:
            assert_tells_nothing(error.message + error.remedy, case.right)
        else:
            told = " ".join(each.name + each.reason for each in found.refused)
            assert_tells_nothing(told, case.right)


def assert_tells_nothing(text, accounts):
    for each in accounts:
        for secret in (base32.encode(each.secret), each.secret.hex(), each.secret.decode("latin-1")):
            assert secret not in text


@given(data=st.binary(max_size=400), password=st.sampled_from(["", "test"]))
@CHEAP
def test_any_bytes_give_accounts_or_a_deliberate_error(data, password):
    accounts_or_error(data, password)


@given(text=st.text(max_size=300))
@CHEAP
def test_any_text_gives_accounts_or_a_deliberate_error(text):
    accounts_or_error(text.encode("utf-8", "surrogatepass"), "test")


UNSEALED = ("Authenticator Pro, encrypted (old)",)  # CBC without a MAC
KEYS = {
    *(
        "db",
        "header",
        "slots",
        "params",
        "entries",
        "info",
        "secret",
        "type",
        "issuer",
        "name",
        "digits",
        "period",
    ),
    *(
        "services",
        "schemaVersion",
        "servicesEncrypted",
        "otp",
        "tokenType",
        "encrypted",
        "items",
        "data",
        "login",
    ),
    *(
        "totp",
        "tokens",
        "tokenOrder",
        "Authenticators",
        "content",
        "salt",
        "version",
        "kdfParams",
        "uri",
        "algo",
    ),
    *(
        "encryptedData",
        "encryptionNonce",
        "memLimit",
        "opsLimit",
        "accountType",
        "otpGenerator",
        "otpSecret",
        "n",
    ),
    *(
        "passwordProtected",
        "kdfType",
        "kdfIterations",
        "ticktap-backup",
        "kdf",
        "cipher",
        "counter",
        "label",
        "key",
    ),
}
PIECES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.just("JBSWY3DPEHPK3PXP"),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(KEYS)), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(
    whole=st.dictionaries(st.sampled_from(sorted(KEYS)), PIECES, max_size=6) | st.lists(PIECES, max_size=3)
)
@CHEAP
def test_any_json_of_known_words_gives_accounts_or_a_deliberate_error(whole):
    accounts_or_error(writing.document(whole), "test")


@pytest.mark.parametrize("case", [each for each in CASES if not each.password], ids=str)
def test_a_changed_plain_file_gives_accounts_or_a_deliberate_error(case):
    data = case.data()
    chance = random.Random(6)
    for _ in range(150):
        changed = bytearray(data)
        for _ in range(chance.randrange(1, 4)):
            changed[chance.randrange(len(changed))] = chance.choice(b'"{}[]:,0-9\\<>&%=\n\x00\xffAz')
        accounts_or_error(bytes(changed), "test")


def accounts_or_error(data, password):
    try:
        found = registry.read(data, password)[1]
        google_migration.merge_parts(found)
    except TicktapError:
        return
    assert isinstance(found, ImportResult)


@pytest.mark.parametrize("depth", [10_000, 200_000])
def test_deep_nesting_is_no_crash(depth):
    with pytest.raises(BadInput):
        registry.read(b"[" * depth)
    with pytest.raises(BadInput):
        registry.read(b'{"db":' * depth)


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"hello", "format of the file is not supported"),
        (b"SQLite format 3\0" + bytes(200), "database"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3", "PDF"),
        (b"-----BEGIN PGP MESSAGE-----\n\nabc", "OpenPGP"),
        (b"\x1f\x8b\x08" + bytes(range(256)) * 3, "compressed"),
        (bytes(100), "format of the file is not supported"),
        (b"\x7fELF" + bytes(range(60)) + bytes(4000), "program"),
    ],
)
def test_files_of_no_known_format_are_refused_in_words(data, word):
    with pytest.raises(BadInput, match=word):
        registry.read(data, "test")


@pytest.mark.parametrize(
    "xml",
    [
        '<!DOCTYPE a [<!ENTITY b "c">]><KeyContainer Version="1.0">&b;</KeyContainer>',
        '<!DOCTYPE map [<!ENTITY b "c">]><map><string name="a">"secret"&b;</string></map>',
    ],
)
def test_xml_with_entities_is_refused(xml):
    with pytest.raises(BadInput, match="damaged"):
        registry.read(xml.encode())


def test_a_key_derivation_cannot_ask_for_everything():
    import json

    backup = json.loads(writers.aegis_encrypted([ALICE], "x"))
    backup["header"]["slots"][1]["n"] = 1 << 40
    with pytest.raises(BadInput, match="memory"):
        registry.read(writing.document(backup), "x")
    export = json.loads(writers.ente_encrypted([ALICE], "x"))
    export["kdfParams"]["memLimit"] = 1 << 50
    with pytest.raises(BadInput, match="memory"):
        registry.read(writing.document(export), "x")
    export = json.loads(managers.bitwarden_encrypted([ALICE], "x"))
    export["kdfIterations"] = 1 << 40
    with pytest.raises(BadInput, match="iterations"):
        registry.read(writing.document(export), "x")

"""What all readers share: results, and checks of data that anybody may have written."""

import pytest

from ticktap.errors import BadInput
from ticktap.formats import result
from ticktap.formats.result import ImportResult, InputFile, LeftOut
from ticktap.otp.account import Account

SECRET = b"12345678901234567890"


def added(**given):
    found = ImportResult()
    found.add("entry", lambda: {"issuer": "E", "name": "a", "secret": SECRET} | given)
    return found


# --- accounts


@pytest.mark.parametrize(
    ("issuer", "name", "kept"),
    [
        ("E", "E:a", "a"),
        ("E", "e : a", "a"),
        ("E", "F:a", "F:a"),
        ("E", "a", "a"),
        ("", "E:a", "E:a"),
        ("E", "E:a:b", "a:b"),
    ],
)
def test_an_issuer_that_the_name_repeats(issuer, name, kept):
    (account,) = added(issuer=issuer, name=name).accounts
    assert (account.issuer, account.name) == (issuer, kept)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("x" * 64, "x" * 64),
        ("x" * 65, "x" * 61 + "\u2026"),  # three bytes
        ("\u00fc" * 32, "\u00fc" * 32),
        ("\u00fc" * 33, "\u00fc" * 30 + "\u2026"),  # half a letter is left out
        ("x" * 60 + "  yyyyyy", "x" * 60 + "\u2026"),
        ("\ta\0b\ud800 ", "a b"),
    ],
)
def test_a_name_is_made_to_fit(name, kept):
    found = added(name=name)
    assert [each.name for each in found.accounts] == [kept]
    assert bool(found.notes) is kept.endswith("\u2026")
    assert all("name" in note and "too long" in note and repr(kept) in note for note in found.notes)


def test_an_entry_that_cannot_be_an_account_is_refused_by_name():
    found = added(digits=12)
    assert [each.name for each in found.refused] == ["entry"] and "digits" in found.refused[0].reason
    found.refuse(" \0 ", "because")
    assert (found.refused[1].name, found.refused[1].reason) == ("(unnamed)", "because")


def test_an_entry_that_the_app_no_longer_shows():
    found = ImportResult()

    def left():
        raise LeftOut("is in the trash")

    for name in ("one", "", "one"):
        found.add(name, left)
    assert found.notes == ["one is in the trash.", "An entry without a name is in the trash."]
    assert (found.accounts, found.refused) == ([], [])


def test_an_archived_entry_is_imported():
    found = added(archived=True)
    assert [each.name for each in found.accounts] == ["a"]
    assert found.notes == ["E:a is archived in the app; it was imported."]


@pytest.mark.parametrize(
    ("given", "likely"),
    [
        ({"issuer": "Steam"}, True),
        ({"issuer": " STEAM "}, True),
        ({"issuer": "", "name": "steam"}, True),
        ({"issuer": "Steam", "type": "steam"}, False),
        ({"issuer": "Steam", "type": "hotp"}, False),
        ({"issuer": "Steamed"}, False),
        ({"issuer": "E", "name": "steam"}, False),
    ],
)
def test_steam_accounts_that_an_app_took_for_others(given, likely):
    found = added(**given)
    assert len(found.accounts) == 1
    assert bool(found.notes) is likely
    assert all("with 6 digits" in note for note in found.notes)


def test_ten_thousand_entries_are_the_most():
    found = ImportResult()
    found.accounts = [Account("E", "a", SECRET)] * 9999
    found.add("last", lambda: {"issuer": "E", "name": "b", "secret": SECRET})
    with pytest.raises(BadInput, match="more than 10000 entries"):
        found.add("one more", lambda: {"issuer": "E", "name": "c", "secret": SECRET})
    for _ in range(10_000):
        found.refuse("x", "y")
    with pytest.raises(BadInput, match="more than 10000 entries"):
        found.refuse("x", "y")


@pytest.mark.parametrize(
    ("labels", "among"),
    [
        (["a"], "(a)"),
        (["a", "b", "c"], "(a, b, c)"),
        (["a", "b", "c", "d"], "(a, b, c and 1 more)"),
        (list("abcdefg"), "(a, b, c and 4 more)"),
    ],
)
def test_what_was_ignored_is_said_with_three_names(labels, among):
    assert result.ignored_sentence("the key 'x'", labels).startswith(
        f"Not understood and ignored: the key 'x' {among}. "
    )


def test_results_of_several_files():
    one, other = added(ignored=["the key 'x'"]), added(name="b", ignored=["the key 'x'", "the key 'y'"])
    for each in (one, other):
        each.note("said once")
    other.note("said there")
    other.refuse("c", "because")
    one.join(other)
    assert [each.name for each in one.accounts] == ["a", "b"]
    assert [each.name for each in one.refused] == ["c"]
    assert (one.remarks, one.ignored) == (
        ["said once", "said there"],
        {"the key 'x'": ["E:a", "E:b"], "the key 'y'": ["E:b"]},
    )


def test_a_file_without_an_entry():
    with pytest.raises(BadInput, match="no entry of the file has a one-time code"):
        ImportResult().require_any()
    for found in (added(), added(digits=12), ImportResult(remarks=["x"])):
        assert found.require_any() is found


# --- keys


@pytest.mark.parametrize(
    "name", ["algo", "HashType", "otp_digits", "timerStep", "pin", "pin-length", "t0", "2fa", "skew"]
)
def test_names_that_may_affect_codes(name):
    assert result.affects_codes(name)


@pytest.mark.parametrize("name", ["icon", "pinned", "spinner", "t01", "group", "note"])
def test_names_that_do_not(name):
    assert not result.affects_codes(name)


def test_unknown_keys():
    entry = {
        "known": 1,
        "digits": 8,
        "icon": "x",
        "skew": None,
        "period": 0,
        "hash": "",
        "salt": [],
        "algo": {},
    }
    assert result.unknown_keys(entry, frozenset(["known"])) == ["'digits'"]
    assert result.unknown_keys(entry, frozenset(["known"]), strict=True) == ["'digits'", "'icon'"]


# --- values


def test_texts():
    assert (
        result.text({"a": "x"}, "a") == result.text({}, "a", "x") == result.text({"a": None}, "a", "x") == "x"
    )
    assert result.text({"a": ""}, "a", "x") == ""
    for of in ({}, {"a": None}, {"a": 1}):
        with pytest.raises(BadInput, match="a is not text"):
            result.text(of, "a")
    with pytest.raises(BadInput):
        result.text({"a": 1}, "a", "x")


@pytest.mark.parametrize(
    ("value", "found"), [(7, 7), (0, 0), (-1, -1), ("7", 7), ("0" * 19 + "7", 7), (None, 6)]
)
def test_numbers(value, found):
    assert result.number({"a": value}, "a", 6) == found


@pytest.mark.parametrize("value", [True, 7.0, "", "-1", "7.0", "\u0667", "\u00b2", "0" * 20 + "7", [7]])
def test_what_is_no_number(value):
    with pytest.raises(BadInput, match="a is not a number"):
        result.number({"a": value}, "a", 6)


def test_a_number_that_is_missing():
    with pytest.raises(BadInput, match="a is not a number"):
        result.number({}, "a")


@pytest.mark.parametrize("text", ["Zm8=", "Zm8", " Z m\n8 ", "Zm8===="])
def test_base64(text):
    assert result.from_base64(text, "x") == b"fo"


def test_bytes_in_other_spellings():
    assert result.from_hex("0aFF", "x") == b"\x0a\xff"
    assert result.from_signed([-128, -1, 0, 127, 128, 255], "x") == b"\x80\xff\x00\x7f\x80\xff"
    for values in ([-129], [256], ["1"], "1", None):
        with pytest.raises(BadInput):
            result.from_signed(values, "x")
    for wrong in (None, b"00", "0", "zz"):
        with pytest.raises(BadInput):
            result.from_hex(wrong, "x")
    with pytest.raises(BadInput, match="x is not text"):
        result.from_base64(None, "x")


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"issuer": "E", "name": "a"}, "E:a"),
        ({"name": "a"}, "a"),
        ({"issuer": "E", "name": 1}, "E"),
        ({"issuer": None}, ""),
        ({}, ""),
        ("text", ""),
    ],
)
def test_an_entry_is_called_by_its_texts(entry, name):
    assert result.called(entry, "issuer", "name") == name


# --- files


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"caf\xc3\xa9", "caf\u00e9"),
        (b"\xef\xbb\xbfa", "a"),
        (b"\xff\xfea\0", "a"),
        (b"\xfe\xff\0a", "a"),
        (b"caf\xe9", None),
        (b"a\0b", None),
        (b"", ""),
    ],
)
def test_files_as_text(data, text):
    assert InputFile(data).text == text


@pytest.mark.parametrize(
    ("data", "json"), [(b' {"a": 1}', {"a": 1}), (b"[1]", [1]), (b"7", None), (b"{", None), (b"\xff", None)]
)
def test_files_as_json(data, json):
    assert InputFile(data).json == json
    assert InputFile(data).object == (json if isinstance(json, dict) else {})


@pytest.mark.parametrize(("spaces", "known"), [(0, True), (259, True), (260, False)])
def test_an_encoding_is_declared_in_the_first_300_bytes(spaces, known):
    start = f'<?xml version="1.0" encoding={" " * spaces}"iso-8859-1"'
    data = f"{start}?><a>caf\u00e9</a>".encode("latin-1")
    assert (len(start) <= 300) is known
    assert (InputFile(data).xml is not None) is known


@pytest.mark.parametrize(
    ("xml", "declares"),
    [
        ("<a/>", False),
        ("<!-- a --><a/>", False),
        ("<a><![CDATA[b]]></a>", False),
        ("<!DOCTYPE a><a/>", True),
        ("<!ENTITY b 'c'>", True),
        ("<!- a>", True),
    ],
)
def test_xml_with_declarations(xml, declares):
    assert result.has_document_type(xml) is declares

"""What changes a code or a secret and is not understood is refused or named, whatever the format."""

import base64
import hashlib
import hmac
import io
import json
import zipfile
from urllib.parse import quote

import pytest

from formats import freeotps, managers, servers, writers
from formats.people import ALICE
from ticktap.errors import BadInput
from ticktap.formats import base32, google_migration, qr_images, registry
from ticktap.otp import code_check
from ticktap.otp.account import Account

SECRET = b"Hello, my dear world"
TEXT = base32.encode(SECRET)
STEAM = Account("Steam", "birch", SECRET, type="steam")


def read(data, password=""):
    kind, found = registry.read(data if isinstance(data, bytes) else data.encode(), password)
    qr_images.merge_parts(found)
    google_migration.merge_parts(found)
    return kind.key, found


def reasons(found):
    return " ".join(each.reason for each in found.refused)


def uri(more="", label="Site:birch", kind="totp"):
    return f"otpauth://{kind}/{label}?secret={TEXT}{more}"


# --- key URIs


@pytest.mark.parametrize("more", ["&2step_salt=10", "&2step_output=32", "&2step_difficulty=5000", "&2Step=1"])
@pytest.mark.parametrize("kind", ["totp", "hotp"])
def test_half_a_secret_is_refused(more, kind):
    found = read(uri(more, kind=kind))[1]
    assert not found.accounts
    assert "one half" in reasons(found)


@pytest.mark.parametrize("name", ["t0", "hashfunction", "offset", "interval", "truncation"])
def test_an_unknown_parameter_is_named(name):
    found = read(uri(f"&{name}=7"))[1]
    assert [each.secret for each in found.accounts] == [SECRET]
    assert repr(name) in found.notes[0] and "Site:birch" in found.notes[0]
    assert "=7" not in found.notes[0]


def test_what_no_code_depends_on_makes_no_noise():
    more = "&image=https%3A%2F%2Fexample.com%2Fa.png&lock=true&color=ff0000&codeDisplay=%7B%7D&creator=x"
    assert read(uri(more))[1].notes == []


def test_an_unknown_encoder_is_refused_and_steam_is_known_in_capitals():
    assert "encoder" in reasons(read(uri("&encoder=base10"))[1])
    assert read(uri("&encoder=Steam"))[1].accounts[0].type == "steam"


def test_escaped_ampersands_divide_parameters():
    found = read(uri("&amp;digits=8&amp;period=45&amp;algorithm=SHA512"))[1].accounts[0]
    assert (found.digits, found.period, found.algorithm) == (8, 45, "SHA512")


def test_a_secret_that_ends_in_x_keeps_it():
    """The last letter is data: no mark of a form with a check letter."""
    for text in ("GEZDGNBVGY3TQOJX", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJX"):
        assert base32.encode(read(f"otpauth://totp/a?secret={text}")[1].accounts[0].secret) == text


# --- Steam


@pytest.mark.parametrize("make", [freeotps.freeotp_plus, freeotps.freeotp_xml])
def test_an_app_that_makes_steam_codes_by_the_issuer_alone(make):
    five = Account("Steam", "birch", SECRET, digits=5)
    found = read(make([five]))[1]
    assert found.accounts == [STEAM] and found.notes == []
    assert code_check.code_at(found.accounts[0], 1_800_000_000 // 30) == steam_code(SECRET, 1_800_000_000)


def steam_code(secret, unix):
    """Five characters of Steam's alphabet, the lowest digit in base 26 first."""
    mac = hmac.new(secret, (unix // 30).to_bytes(8, "big"), hashlib.sha1).digest()
    at = mac[19] & 15
    value, text = int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF, ""
    for _ in range(5):
        value, rest = divmod(value, 26)
        text += "23456789BCDFGHJKMNPQRTVWXY"[rest]
    return text


@pytest.mark.parametrize(
    "data",
    [
        uri("&digits=5", label="Steam:birch"),
        writers.andotp([Account("Steam", "birch", SECRET, digits=5)]),
        writers.aegis([Account("STEAM", "birch", SECRET)]),
    ],
)
def test_where_steam_is_only_likely_it_is_said(data):
    found = read(data)[1]
    assert found.accounts[0].type == "totp"
    assert "steam://SECRET" in found.notes[0]


def test_the_short_form_of_steam_everywhere():
    short = f"steam://{TEXT}"
    found = read(short)[1].accounts
    assert found == [Account("Steam", "", SECRET, type="steam")]
    assert read(f"service,account,secret\nSteam,birch,{short}")[1].accounts == [STEAM]
    assert "not a Steam key" in reasons(read("steam://rungameid/730")[1])


def test_what_steams_own_app_keeps_is_steam():
    """Its URI says TOTP with six digits, which the app never shows."""
    kept = {
        "shared_secret": base64.b64encode(SECRET).decode(),
        "account_name": "birch",
        "uri": uri(label="Steam:birch"),
    }
    assert read(json.dumps(kept))[1].accounts == [STEAM]


def test_a_steam_uri_without_an_issuer_is_noted():
    """As WinAuth wrote it (winauth#204)."""
    assert "steam://" in read(f"otpauth://totp/Steam?secret={TEXT}&digits=5")[1].notes[0]


# --- objects in JSON


@pytest.mark.parametrize(
    ("make", "reach"),
    [
        (writers.aegis, lambda whole: whole["db"]["entries"][0]["info"]),
        (writers.twofas, lambda whole: whole["services"][0]["otp"]),
        (writers.andotp, lambda whole: whole[0]),
        (freeotps.freeotp_plus, lambda whole: whole["tokens"][0]),
        (writers.stratum, lambda whole: whole["Authenticators"][0]),
        (writers.duo, lambda whole: whole[0]["otpGenerator"]),
        (writers.proton, lambda whole: whole["entries"][0]["content"]),
    ],
)
def test_an_unknown_word_of_an_entry_is_named(make, reach):
    whole = json.loads(make([ALICE]))
    assert read(json.dumps(whole))[1].notes == []
    reach(whole)["timeOffset"] = 17
    found = read(json.dumps(whole))[1]
    assert len(found.accounts) == 1
    assert "'timeOffset'" in found.notes[0]


def test_several_accounts_with_the_same_unknown_word_make_one_sentence():
    found = read("\n".join(uri("&skew=1", label=f"Site:user{n}") for n in range(9)))[1]
    assert len(found.notes) == 1 and "and 6 more" in found.notes[0]


def test_an_unknown_field_of_a_transfer_code_is_named():
    code = google_migration.format([ALICE])[0]
    data = base64.b64decode(
        code.partition("data=")[2].replace("%2B", "+").replace("%2F", "/").replace("%3D", "=")
    )
    entry = data[2 : 2 + data[1]] + b"\x50\x3c"  # field 10, the number 60
    changed = bytes([0x0A, len(entry)]) + entry + data[2 + data[1] :]
    found = read("otpauth-migration://offline?data=" + quote(base64.b64encode(changed)))[1]
    assert found.accounts == [ALICE] and "field 10" in found.notes[0]


# --- trash and archive


def test_what_is_in_the_trash_is_left_out_with_a_note():
    display = quote(json.dumps({"trashed": True, "pinned": False}))
    found = read(f"{uri(f'&codeDisplay={display}')}\n{uri(label='Site:rose')}")[1]
    assert [each.name for each in found.accounts] == ["rose"]
    assert "Site:birch is in the app's trash" in found.notes[0]


def test_bitwarden_trash_and_archive():
    whole = json.loads(
        managers.bitwarden([ALICE, Account("Firm", "dora", SECRET), Account("Old", "x", SECRET)])
    )
    items = [each for each in whole["items"] if (each.get("login") or {}).get("totp")]
    items[1]["deletedDate"], items[2]["archivedDate"] = "2026-05-01T00:00:00Z", "2026-05-01T00:00:00Z"
    found = read(json.dumps(whole))[1]
    assert [each.name for each in found.accounts] == [ALICE.name, "x"]
    assert "trash" in found.notes[0] and "archived" in found.notes[1]


@pytest.mark.parametrize(("state", "taken"), [("active", 1), ("archived", 1), ("deleted", 0)])
def test_1pux_states(state, taken):
    with zipfile.ZipFile(io.BytesIO(managers.onepassword_pux([ALICE]))) as archive:
        whole = json.loads(archive.read("export.data"))
    whole["accounts"][0]["vaults"][0]["items"][0]["state"] = state
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("export.data", json.dumps(whole))
    found = read(out.getvalue())[1]
    assert len(found.accounts) == taken
    assert bool(found.notes) == (state != "active")


# --- URIs within other text


@pytest.mark.parametrize(
    ("text", "notes"),
    [
        (f"secret word\nuser: birch\n{uri()}", ["Lines 1 and 2 have"]),
        (f"My list\n\n{uri()}\nsee above", ["Lines 1 and 4 have"]),
        (f'- name: x\n  totp: "{uri()}" # old', ["Line 1 has"]),
        (f"pw\nurl: https://otp.site.test/\n{uri()}", ["Lines 1 and 2 have"]),
        (json.dumps([uri()]), []),
        (json.dumps({"accounts": [{"title": "x", "uri": uri()}]}), []),
        (f"[site](<{uri()}>)", []),
    ],
)
def test_a_uri_below_or_within_other_text_is_taken(text, notes):
    found = read(text)[1]
    assert [(each.label, each.secret) for each in found.accounts] == [("Site:birch", SECRET)]
    assert len(found.notes) == len(notes) and all(map(str.startswith, found.notes, notes))
    assert "secret word" not in " ".join(found.notes)


def test_a_line_that_was_meant_as_a_uri_is_refused_by_its_number():
    found = read(f"{uri()}\notpath://totp/a?secret=ABC\n{TEXT}")[1]
    assert [each.name for each in found.refused] == ["line 2", "line 3"]


def test_an_entry_of_a_list_without_a_uri_is_refused_by_its_place():
    found = read(json.dumps([uri(), {"name": "rose", "key": "x"}]))[1]
    assert len(found.accounts) == 1
    assert [each.name for each in found.refused] == ["entry 2"]


# --- lists of servers


def test_oath_csv_has_no_more_columns():
    line = f"S1, {SECRET.hex()}, totp, 6, 30"
    assert len(read(line)[1].accounts) == 1
    found = read(line + ", sha256")[1]
    assert not found.accounts and "6 cells" in reasons(found)


def test_a_pskc_container_of_nothing_is_no_wrong_password():
    sealed = servers.pskc_password([], "pass")
    assert read(sealed, "pass")[1].accounts == []


def test_damaged_json_of_an_app_is_no_list_of_uris():
    with pytest.raises(BadInput):
        read('{"a": ["b", "https://example.com"]}')

"""Files for servers, written down from their documents, and what such a server cannot check."""

import pytest

from formats.people import ALICE, BOB, DORA, EMIL
from ticktap.formats import google_authenticator_pam, libpam_oath, oath_csv, registry
from ticktap.formats.result import InputFile
from ticktap.otp.account import Account

SECRET = b"12345678901234567890"
HEX = "3132333435363738393031323334353637383930"
BASE32 = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


def account(**given):
    return Account(**({"issuer": "E", "name": "ann", "secret": SECRET} | given))


# --- users.oath (usersfile(5) of libpam-oath)


def test_users_oath():
    accounts = [
        account(),
        account(name="bob", period=60, digits=8),
        account(name="cy", type="hotp"),
        account(name="dee", type="hotp", counter=41, digits=7),
    ]
    assert libpam_oath.format(accounts).decode() == (
        f"HOTP/T30/6\tann\t-\t{HEX}\nHOTP/T60/8\tbob\t-\t{HEX}\n"
        f"HOTP/E/6\tcy\t-\t{HEX}\nHOTP/E/7\tdee\t-\t{HEX}\t41\n"
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ""),
        ({"period": 60}, ""),
        ({"digits": 7}, ""),
        ({"digits": 8}, ""),
        ({"secret": bytes(32)}, ""),
        ({"type": "hotp", "counter": 9}, ""),
        ({"type": "steam"}, "Steam"),
        ({"algorithm": "SHA256"}, "not SHA256"),
        ({"period": 29}, "30 and 60 s"),
        ({"period": 31}, "30 and 60 s"),
        ({"secret": bytes(33)}, "longer than 32 bytes"),
        ({"name": "a b"}, "white space"),
        ({"name": "a\u00a0b"}, "white space"),
    ],
)
def test_what_libpam_oath_cannot_check(given, words):
    why = libpam_oath.unfit(account(**given))
    assert words in why and bool(why) is bool(words)


def test_what_an_administrator_of_libpam_oath_must_know():
    assert len(libpam_oath.warnings([account()])) == 1
    found = libpam_oath.warnings([account(digits=8), account(digits=7), account()])
    assert "pam_faillock" in found[0] and found[1].startswith("Set digits=7 ")


# --- ~/.google_authenticator (README of google-authenticator-libpam)


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ({}, ["WINDOW_SIZE 3", "DISALLOW_REUSE", "STEP_SIZE 30", "TOTP_AUTH"]),
        ({"period": 60}, ["WINDOW_SIZE 3", "DISALLOW_REUSE", "STEP_SIZE 60", "TOTP_AUTH"]),
        ({"type": "hotp", "counter": 41}, ["HOTP_COUNTER 41"]),
        ({"type": "hotp", "counter": 1}, ["HOTP_COUNTER 1"]),
        ({"type": "hotp"}, ["HOTP_COUNTER 1"]),  # it refuses every code with 0
    ],
)
def test_google_authenticators_file(given, options):
    lines = [BASE32, *(f'" {each}' for each in ["RATE_LIMIT 3 30", *options])]
    assert google_authenticator_pam.format([account(**given)]).decode() == "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, ""),
        ({"period": 29}, ""),
        ({"type": "steam"}, "Steam"),
        ({"algorithm": "SHA512"}, "not SHA512"),
        ({"digits": 7}, "6 digits only"),
    ],
)
def test_what_google_authenticator_cannot_check(given, words):
    why = google_authenticator_pam.unfit(account(**given))
    assert words in why and bool(why) is bool(words)


@pytest.mark.parametrize(
    ("given", "count"), [({}, 3), ({"type": "hotp", "counter": 1}, 4), ({"type": "hotp"}, 5)]
)
def test_what_an_administrator_of_google_authenticator_must_know(given, count):
    found = google_authenticator_pam.warnings([account(), account(**given)])
    assert len(found) == count
    assert ["counter of 0" in each for each in found] == [False] * min(count, 4) + [True] * (count > 4)


# --- OATH CSV (privacyIDEA's documents, "Token Import")


def test_oath_csv_without_serial_numbers():
    assert oath_csv.format([ALICE, DORA]).decode() == (
        f"TT000001,{HEX},totp,6,30\nTT000002,{DORA.secret.hex()},hotp,6,41\n"
    )


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ("S1", ("S1", "hotp", 6, 0)),
        ("S1, totp", ("S1", "totp", 6, 30)),
        ("S1, TOTP, 8", ("S1", "totp", 8, 30)),
        ("S1, totp, 8, 60", ("S1", "totp", 8, 60)),
        ("S1, hotp, 7, 41", ("S1", "hotp", 7, 41)),
        ("S1, , , 5", ("S1", "hotp", 6, 5)),
    ],
)
def test_cells_that_a_line_of_oath_csv_may_leave_out(cells, found):
    serial, _, more = cells.partition(",")
    (read,) = registry.read(f"# comment\n\n{serial}, {HEX},{more}\n".encode())[1].accounts
    moving = read.counter if read.type == "hotp" else read.period
    assert (read.name, read.type, read.digits, moving) == found


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"S1, {HEX}, ocra", "does not support its type"),
        (f"S1, {HEX}, totp, 6, 30, more", "it has 6 cells, and this format has at most 5"),
        (f"S1, {HEX}, totp, six", "digits is not a number"),
    ],
)
def test_lines_of_oath_csv_that_are_refused(line, words):
    found = registry.read(f"{line}\nS2, {HEX}\n".encode())[1]
    assert [each.name for each in found.accounts] == ["S2"]
    assert [each.name for each in found.refused] == ["S1"] and words in found.refused[0].reason


@pytest.mark.parametrize(("size", "known"), [((1 << 22) - 1, True), (1 << 22, False)])
def test_a_list_has_less_than_four_mebibytes(size, known):
    row = f"S1,{'0' * 65_532}\n"
    text = row * 63
    text += f"S2,{'0' * (size - len(text) - 3)}"
    assert len(text) == size
    assert oath_csv.recognise(InputFile(text.encode())) is known


def test_steam_is_not_written():
    assert oath_csv.unfit(EMIL) == "it does not support Steam codes"
    assert [oath_csv.unfit(each) for each in (ALICE, BOB, DORA)] == ["", "", ""]

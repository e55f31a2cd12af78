"""The tokens of a box as files for servers and printers."""

import base64
import csv
import io

import pskc
import pytest

from ticktap.errors import BadInput
from ticktap.formats import registry
from ticktap.otp.account import Account
from ticktap.provisioning import letters
from ticktap.provisioning.export import Finished, export
from ticktap.provisioning.manifest import ManifestRow

SECRET, OTHER = b"12345678901234567890", b"abcdefghijklmnopqrst"
DONE = [
    Finished("A-001", "alice", "DE63", Account("Example", "alice@example.com", SECRET)),
    Finished("A-002", "bob", "DE64", Account("Example", "bob@example.com", OTHER, type="hotp")),
]
LONG = Finished("A-003", "carol", "DE65", Account("Example", "c", bytes(32), algorithm="SHA256", digits=8))


def test_users_oath_has_the_users_names():
    made = export("oath", [*DONE, LONG])
    assert made.files[""].decode().splitlines() == [
        f"HOTP/T30/6\talice\t-\t{SECRET.hex()}",
        f"HOTP/E/6\tbob\t-\t{OTHER.hex()}",
    ]
    assert [label for label, _ in made.unfit] == ["A-003"]
    assert not [each for each in made.warnings if "change them" in each]


def test_google_authenticators_files_are_one_for_each_user():
    made = export("pam", DONE)
    assert made.files.keys() == {"alice", "bob"}
    assert made.files["alice"].startswith(base64.b32encode(SECRET))
    with pytest.raises(BadInput, match="alice has two tokens"):
        export("pam", [*DONE, Finished("A-009", "alice", "DE66", DONE[1].account)])


def test_oath_csv_has_the_tokens_serial_numbers():
    rows = list(csv.reader(io.StringIO(export("csv", [*DONE, LONG]).files[""].decode())))
    assert [(row[0], bytes.fromhex(row[1])) for row in rows] == [
        ("DE63", SECRET), ("DE64", OTHER), ("DE65", bytes(32)),
    ]  # fmt: skip


@pytest.mark.parametrize("password", ["", "four random words"])
def test_pskc_comes_back_with_users_and_serial_numbers(password):
    content = export("pskc", DONE, password).files[""]
    assert b"DE63" in content
    assert (base64.b64encode(SECRET) in content) is not bool(password)
    found = registry.read(content, password)[1] if password else registry.read(content)[1]
    assert [(each.name, each.secret) for each in found.accounts] == [("alice", SECRET), ("bob", OTHER)]


def test_pskc_has_each_serial_number_with_its_own_secret():
    """Read by python-pskc alone."""
    content = export("pskc", [*reversed(DONE), LONG]).files[""]
    keys = pskc.PSKC(io.BytesIO(content)).keys
    assert [(key.serial, key.friendly_name, key.secret) for key in keys] == [
        ("DE64", "bob", OTHER),
        ("DE63", "alice", SECRET),
        ("DE65", "carol", bytes(32)),
    ]


def test_what_is_made_up_for_a_backup_is_no_warning_here():
    """Users and serial numbers are known."""
    for kind in ("oath", "csv", "pskc"):
        assert not [
            each for each in export(kind, DONE).warnings if "generated" in each or "user names" in each
        ]


@pytest.mark.parametrize("kind", ["oath", "pam", "csv", "pskc"])
def test_nobody_finished_is_an_empty_file(kind):
    assert not any(b"alice" in each for each in export(kind, []).files.values())


ROW = ManifestRow(2, "<alice>", "A & 1", "Example", "alice")


def test_labels_have_what_tells_tokens_apart_and_no_markup_of_the_manifest():
    page = letters.labels([(ROW, "DE6348109F2A4C17")])
    assert "A &amp; 1" in page
    assert "&lt;alice&gt;" in page
    assert "DE6348109F2A4C17" in page
    assert "http" not in page, "nothing comes from elsewhere"


def test_a_letter_has_the_pin_and_whose_it_is():
    page = letters.pin_letter(ROW, "DE63", "abcde-fghjk", letters.Support())
    assert "abcde-fghjk" in page
    assert "A &amp; 1" in page


def test_a_letter_tells_how_to_begin_and_whom_to_ask():
    page = letters.pin_letter(ROW, "DE63", "abcde-fghjk", letters.Support())
    assert "Each time you plug the token in, it is locked" in page and "ticktap unlock" in page
    assert "You get it from the person who gave you the token." in page
    support = letters.Support("IT <desk>, phone 100", "It is in the Software Centre as 'ticktap'.")
    page = letters.pin_letter(ROW, "DE63", "abcde-fghjk", support)
    assert "Ask IT &lt;desk&gt;, phone 100." in page
    assert "It is in the Software Centre as &#39;ticktap&#39;." in page
    assert "whoever gave" not in page


@pytest.mark.parametrize("text", ["a\nb", "x" * 201, "\x1b[2J"])
def test_a_contact_is_one_line(text):
    assert letters.checked_line("  phone 100 ") == "phone 100"
    assert letters.checked_line(" " + "x" * 200) == "x" * 200
    with pytest.raises(BadInput, match="not one line"):
        letters.checked_line(text)


def test_names_of_files_are_good_anywhere():
    assert letters.file_name(ManifestRow(2, "a/b", "..\\c:d", "E", "x")) == ".._c_d a_b"

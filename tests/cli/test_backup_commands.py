"""backup: made at enrolment or from copies, shown, compared, restored, printed; and what never shows."""

import json

import pytest

from cli.command import LEAKS, SECRET, URI
from cli.test_import_commands import names
from formats import managers, writers
from formats.people import ALICE, BOB, DORA, EVERYONE
from ticktap.enrolment import backup
from ticktap.formats import registry
from ticktap.otp.account import Account

PASSPHRASE = "four random words here"


@pytest.fixture
def file(tmp_path):
    """A backup of everyone."""
    path = tmp_path / "everyone.backup"
    backup.write(path, EVERYONE, PASSPHRASE, 1_800_000_000)
    return path


def accounts_in(path):
    return backup.read(path.read_bytes(), PASSPHRASE).accounts


def test_an_account_goes_into_a_backup_when_it_is_added(ticktap, token, tmp_path):
    path = tmp_path / "new.backup"
    done = ticktap("account", "add", "--backup", str(path), stdin=f"{URI}\n{PASSPHRASE}\n")
    assert done.code == 0, done.err
    assert f"The backup {path} contains it." in done.out
    assert path.stat().st_mode & 0o777 == 0o600
    assert accounts_in(path) == [Account("Example", "alice", SECRET)]
    more = ["account", "import", "--backup", str(path), "-"]
    assert ticktap(*more, stdin=writers.uris([BOB])).code == 6, "a pipe has no line left for the passphrase"
    assert token.order == [1], "and nothing was done"


def test_an_import_adds_to_a_backup(ticktap, token, tmp_path, file):
    source = tmp_path / "export"
    source.write_bytes(writers.aegis([ALICE, Account("New", "one", SECRET)]))
    done = ticktap("account", "import", "--backup", str(file), str(source), stdin=PASSPHRASE)
    assert done.code == 0, done.err
    assert [each.label for each in accounts_in(file)] == [*(each.label for each in EVERYONE), "New:one"]


def test_a_backup_that_does_not_open_stops_before_anything_is_done(ticktap, token, file):
    done = ticktap("account", "add", "--backup", str(file), stdin=f"{URI}\nwrong passphrase\n")
    assert done.code == 2
    assert "passphrase" in done.err.lower()
    assert token.order == []
    assert accounts_in(file) == EVERYONE


def test_a_backup_of_the_kept_copies(ticktap, token, tmp_path):
    for at in range(2):
        uri = f"otpauth://totp/E:user{at}?secret={'JBSWY3DPEHPK3PXP' * 2}"
        assert ticktap("account", "add", "--keep", stdin=uri).code == 0
    path = tmp_path / "kept.backup"
    done = ticktap("backup", "create", str(path), stdin=PASSPHRASE)
    assert (done.code, done.out) == (0, f"Wrote {path}: 2 accounts.\n")
    assert [each.name for each in accounts_in(path)] == ["user0", "user1"]
    assert ticktap("backup", "create", str(path), stdin=PASSPHRASE).code == 6, "it is there"
    assert ticktap("backup", "create", str(path), "--force", stdin=PASSPHRASE).code == 0


def test_a_backup_of_another_apps_file(ticktap, tmp_path):
    source, path = tmp_path / "export", tmp_path / "other.backup"
    source.write_bytes(managers.bitwarden(EVERYONE))
    assert ticktap("backup", "create", str(path), str(source), stdin=PASSPHRASE).code == 0
    assert accounts_in(path) == EVERYONE


def test_nothing_to_back_up(ticktap, tmp_path):
    done = ticktap("backup", "create", str(tmp_path / "x"), stdin=PASSPHRASE)
    assert done.code == 2
    assert "no copies of accounts are kept" in done.err.lower()
    assert "new QR code" in done.err


def test_a_short_passphrase_is_refused(ticktap, token, tmp_path):
    done = ticktap("account", "add", "--backup", str(tmp_path / "x"), stdin=f"{URI}\nshort\n")
    assert done.code == 2
    assert "fewer than 8" in done.err
    assert token.order == []


def test_what_is_in_it_without_secrets(ticktap, file):
    done = ticktap("backup", "show", str(file), stdin=PASSPHRASE)
    assert done.code == 0, done.err
    assert "Made 2027-01-15 08:00 UTC." in done.out
    for each in EVERYONE:
        assert each.name in done.out
    assert ticktap("backup", "show", str(file), stdin="wrong passphrase").code == 2
    assert (
        ticktap("backup", "show", str(file), "--json", stdin=PASSPHRASE).data["accounts"][3]["counter"] == 41
    )


def test_restore_onto_a_new_token(ticktap, token, file):
    done = ticktap("backup", "restore", str(file), "--prove", "all", stdin=PASSPHRASE)
    assert done.code == 0, done.err
    assert names(token) == [each.name for each in EVERYONE]
    assert "Counter-based accounts may have advanced since" in done.err
    again = ticktap("backup", "restore", str(file), stdin=f"{PASSPHRASE}\ny\n")
    assert (again.code, len(token.order)) == (0, 5)


def test_verify_compares_names_and_proves_by_a_code(ticktap, token, file):
    for each in EVERYONE:
        token.do_account_add(**each.to_params())
    done = ticktap("backup", "verify", str(file), "--json", stdin=PASSPHRASE)
    assert done.code == 0, done.err
    assert len(done.data["proved"]) == 1
    assert done.err.count("Press the button") == 1
    done = ticktap("backup", "verify", str(file), "--prove", "all", stdin=PASSPHRASE)
    assert done.code == 0, done.err
    assert "5 checked with a code of the token" in done.out
    moved = ticktap("backup", "verify", str(file), "--prove", "none", "--json", stdin=PASSPHRASE)
    assert moved.data["counters"] == [DORA.label], "its counter went on with the proof"
    assert moved.data["proved"] == []


def test_verify_says_what_differs(ticktap, token, file):
    for each in (ALICE, Account("Only", "here", SECRET)):
        token.do_account_add(**each.to_params())
    done = ticktap("backup", "verify", str(file), "--json", stdin=PASSPHRASE)
    assert done.code == 7
    data = done.document["data"]
    assert (data["both"], data["token_only"], len(data["backup_only"])) == ([ALICE.label], ["Only:here"], 4)


def test_verify_finds_another_secret_of_the_same_name(ticktap, token, tmp_path):
    path = tmp_path / "one.backup"
    backup.write(path, [ALICE], PASSPHRASE, 0)
    token.do_account_add(**Account(ALICE.issuer, ALICE.name, SECRET[::-1]).to_params())
    done = ticktap("backup", "verify", str(path), stdin=PASSPHRASE)
    assert done.code == 7
    assert "has another secret than this one" in done.err


def test_the_sheet_is_a_private_file_that_scans(ticktap, tmp_path, file):
    page = tmp_path / "sheet.html"
    done = ticktap("backup", "sheet", str(file), str(page), stdin=PASSPHRASE)
    assert done.code == 0, done.err
    assert page.stat().st_mode & 0o777 == 0o600
    html = page.read_text()
    assert html.count("<svg") == 5
    assert "http" not in html.replace("http://www.w3.org/2000/svg", ""), "it fetches nothing"
    codes = [f"<svg{part.partition('</svg>')[0]}</svg>" for part in html.split("<svg")[1:]]
    found = [registry.read(code.encode())[1].accounts[0] for code in codes]
    assert found == EVERYONE
    assert ticktap("backup", "sheet", str(file), str(page), stdin=PASSPHRASE).code == 6


def test_nothing_secret_is_in_the_file_or_the_folder(tmp_path, file):
    everything = b"".join(each.read_bytes() for each in tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == [file], "no temporary file is left"
    for leak in (*LEAKS, ALICE.name, ALICE.issuer, PASSPHRASE):
        assert leak.encode() not in everything


@pytest.mark.parametrize(
    ("part", "value"), [("cipher", "none"), ("ticktap-backup", 2), ("nonce", "AAAAAAAAAAAAAAAA"), ("more", 1)]
)
def test_a_changed_header_is_noticed(ticktap, file, part, value):
    whole = json.loads(file.read_text()) | {part: value}
    file.write_text(json.dumps(whole))
    assert ticktap("backup", "show", str(file), stdin=PASSPHRASE).code == 2


def test_other_files_are_no_backups(ticktap, tmp_path):
    path = tmp_path / "export"
    path.write_bytes(writers.aegis(EVERYONE))
    done = ticktap("backup", "show", str(path), stdin=PASSPHRASE)
    assert done.code == 2
    assert "account import" in done.err

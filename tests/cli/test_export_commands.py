"""export: accounts of a backup in the forms of apps and of servers, and the traps that are told."""

import subprocess

import pytest

from cli.test_backup_commands import PASSPHRASE
from cli.test_terminal import Terminal
from formats.people import ALICE, BOB, CAROL, DORA, EMIL, EVERYONE, NO_STEAM
from ticktap.enrolment import backup
from ticktap.formats import base32, google_migration, registry
from ticktap.otp.account import Account


@pytest.fixture
def file(tmp_path):
    """A backup of everyone."""
    path = tmp_path / "everyone.backup"
    backup.write(path, EVERYONE, PASSPHRASE, 1_800_000_000)
    return str(path)


def read(data, password=""):
    found = registry.read(data, password)[1]
    google_migration.merge_parts(found)
    return found.accounts


@pytest.mark.parametrize(
    ("kind", "expected", "code"),
    [
        ("uri", EVERYONE, 0),
        ("aegis", EVERYONE, 0),
        ("google", [ALICE, DORA], 9),
        ("pskc", NO_STEAM, 9),
    ],
)
def test_what_is_exported_is_read_again(ticktap, tmp_path, file, kind, expected, code):
    to = tmp_path / "out"
    done = ticktap("export", kind, file, str(to), stdin=PASSPHRASE)
    assert done.code == code, done.err
    assert to.stat().st_mode & 0o777 == 0o600
    assert read(to.read_bytes()) == expected
    assert ticktap("export", kind, file, str(to), stdin=PASSPHRASE).code == 6, "it is there"
    assert ticktap("export", kind, file, str(to), "--force", stdin=PASSPHRASE).code == code


@pytest.mark.parametrize("kind", ["aegis", "pskc"])
def test_encrypted(ticktap, tmp_path, file, kind):
    to = tmp_path / "out"
    done = ticktap("export", kind, file, str(to), "--encrypt", stdin=f"{PASSPHRASE}\nfor the file\n")
    assert done.code in (0, 9), done.err
    assert base32.encode(ALICE.secret).encode() not in to.read_bytes()
    assert read(to.read_bytes(), "for the file") == (EVERYONE if kind == "aegis" else NO_STEAM)
    assert ticktap("export", "uri", file, str(tmp_path / "x"), "--encrypt", stdin=PASSPHRASE).code == 2


def test_chosen_accounts_to_standard_output(ticktap, file):
    done = subprocess.run(
        [*ticktap.python, "export", "uri", file, "-", "--account", "bob", "--account", "#1"],
        input=PASSPHRASE.encode(),
        capture_output=True,
        env=ticktap.environment(),
        check=True,
    )
    assert read(done.stdout) == [ALICE, BOB]


def test_a_folder_of_pictures(ticktap, tmp_path, file):
    folder = tmp_path / "codes"
    done = ticktap("export", "qr", file, str(folder), stdin=PASSPHRASE)
    assert done.code == 0, done.err
    pictures = sorted(folder.iterdir())
    assert [each.name for each in pictures][:2] == ["001 Example_alice@example.com.png", "002 Firm_bob.png"]
    assert folder.stat().st_mode & 0o777 == 0o700
    assert [each.stat().st_mode & 0o777 for each in pictures] == [0o600] * 5
    assert [account for each in pictures for account in read(each.read_bytes())] == EVERYONE


def test_transfer_codes_as_pictures(ticktap, tmp_path):
    many = [Account("Example", f"user{number}", ALICE.secret) for number in range(23)]
    path = tmp_path / "many.backup"
    backup.write(path, many, PASSPHRASE, 0)
    assert ticktap("export", "google-qr", str(path), str(tmp_path / "codes"), stdin=PASSPHRASE).code == 0
    found = [
        registry.read(each.read_bytes())[1] for each in sorted((tmp_path / "codes").iterdir(), reverse=True)
    ]
    assert len(found) == 3
    for other in found[1:]:
        found[0].join(other)
    google_migration.merge_parts(found[0])
    assert (found[0].accounts, found[0].refused) == (many, [])


def test_codes_on_the_terminal(ticktap, file):
    run = Terminal(ticktap, "export", "terminal", file, "--account", "alice", picture=True)
    run.expect("Passphrase of")
    run.type(PASSPHRASE + "\n")
    assert run.end()[0] == 0
    assert "Example:alice@example.com (1 of 1)" in run.seen
    assert "▀" in run.seen or "▄" in run.seen
    assert scanned(run.seen) == [ALICE]


def scanned(text):
    """The accounts in what a terminal shows in half blocks, light on dark."""
    import io

    import PIL.Image

    rows = [line for line in text.split("\n") if set("▀▄█") & set(line)]
    lines = []
    for row in rows:
        cells = row.replace("\r", "").replace("\x1b[0m", "")
        lines += [[each in "▀█" for each in cells], [each in "▄█" for each in cells]]
    width = max(map(len, lines))
    picture = PIL.Image.new("L", (width + 8, len(lines) + 8), 0)
    for y, line in enumerate(lines):
        for x, lit in enumerate(line):
            picture.putpixel((x + 4, y + 4), 255 if lit else 0)
    out = io.BytesIO()
    picture.resize((picture.width * 6, picture.height * 6)).save(out, "png")
    return read(out.getvalue())


def test_codes_are_drawn_on_terminals_only(ticktap, file):
    done = ticktap("export", "terminal", file, stdin=PASSPHRASE)
    assert (done.code, done.out) == (2, "")
    assert "terminal only" in done.err


def test_users_oath(ticktap, tmp_path, file):
    to = tmp_path / "users.oath"
    done = ticktap("export", "oath", file, str(to), "--json", stdin=PASSPHRASE)
    assert done.code == 9
    assert to.read_text() == (
        f"HOTP/T30/6\talice@example.com\t-\t{ALICE.secret.hex()}\nHOTP/E/6\tdora\t-\t{DORA.secret.hex()}\t41\n"
    )
    data = done.document["data"]
    assert {each["name"]: each["reason"] for each in data["refused"]} == {
        BOB.label: "libpam-oath knows SHA-1 only, not SHA256",
        CAROL.label: "libpam-oath knows SHA-1 only, not SHA512",
        EMIL.label: "libpam-oath has no Steam codes",
    }
    assert any("never locks" in each for each in data["warnings"])


def test_the_file_of_google_authenticator(ticktap, tmp_path, file):
    to = tmp_path / "ga"
    assert ticktap("export", "pam", file, str(to), stdin=PASSPHRASE).code == 2, "one account only"
    assert ticktap("export", "pam", file, str(to), "--account", "alice", stdin=PASSPHRASE).code == 0
    assert to.read_text() == (
        f'{base32.encode(ALICE.secret)}\n" RATE_LIMIT 3 30\n" WINDOW_SIZE 3\n" DISALLOW_REUSE\n'
        '" STEP_SIZE 30\n" TOTP_AUTH\n'
    )
    done = ticktap("export", "pam", file, str(to), "--force", "--account", "bob", stdin=PASSPHRASE)
    assert done.code == 6
    assert "knows SHA-1 only" in done.err


def test_oath_csv_has_all_but_steam(ticktap, tmp_path, file):
    to = tmp_path / "tokens.csv"
    done = ticktap("export", "csv", file, str(to), stdin=PASSPHRASE)
    assert done.code == 9
    assert to.read_text() == (
        f"TT000001,{ALICE.secret.hex()},totp,6,30\nTT000002,{BOB.secret.hex()},totp,8,60\n"
        f"TT000003,{CAROL.secret.hex()},totp,7,20\nTT000004,{DORA.secret.hex()},hotp,6,41\n"
    )
    assert "it does not support Steam codes" in done.out


def test_pskc_names_hashes_as_privacyidea_reads_them(ticktap, tmp_path, file):
    to = tmp_path / "tokens.xml"
    done = ticktap("export", "pskc", file, str(to), stdin=PASSPHRASE)
    assert done.code == 9
    for name in ("SHA1", "SHA256", "SHA512"):
        assert f"<pskc:Suite>{name}</pskc:Suite>" in to.read_text()
    assert "HMAC-SHA256 treat the token as SHA-1" in done.err


@pytest.mark.parametrize(
    "words",
    [["uri"], ["qr"], ["uri", "-", "--json"], ["terminal", "--json"], ["nonsense", "x"], ["terminal", "x"]],
)
def test_usage(ticktap, file, words):
    assert ticktap("export", words[0], file, *words[1:], stdin=PASSPHRASE).code == 2


def test_an_unwritable_place_is_an_error_and_leaves_nothing(ticktap, tmp_path, file):
    done = ticktap("export", "uri", file, str(tmp_path / "none" / "out"), stdin=PASSPHRASE)
    assert done.code == 2
    assert "cannot be written" in done.err
    assert [each.name for each in tmp_path.iterdir()] == ["everyone.backup"]

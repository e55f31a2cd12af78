"""Our own backup: the page that describes it suffices to read one; what is sealed, and how it is refused."""

import getpass
import json
import re
from pathlib import Path

import pytest

from formats.people import EVERYONE
from ticktap.enrolment import backup
from ticktap.errors import BadInput, NotFound, Refused
from ticktap.files import private_files
from ticktap.formats import registry, ticktap_backup
from ticktap.formats.result import InputFile, WrongPassword

PAGE = Path(__file__).parents[2] / "docs" / "backup-format.md"
PASSPHRASE = "a passphrase, e\u0301 decomposed"


@pytest.fixture(scope="module")
def sealed():
    return ticktap_backup.encrypt(EVERYONE, PASSPHRASE, 1_800_000_000)


def test_the_pages_own_reader_reads_one(sealed, tmp_path, monkeypatch, capsys):
    program = re.search(r"## Reading one.*?```python\n(.*?)```", PAGE.read_text(), re.S)[1]
    (tmp_path / "my.backup").write_bytes(sealed)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(getpass, "getpass", lambda: PASSPHRASE)
    program = program.replace('json.load(open("my.backup"))', 'json.loads(Path("my.backup").read_bytes())')
    exec(compile(program, "backup-format.md", "exec"), {"Path": Path})
    content = json.loads(capsys.readouterr().out)
    assert content["made"] == 1_800_000_000
    assert [each["name"] for each in content["accounts"]] == [each.name for each in EVERYONE]


def test_the_passphrase_is_the_same_however_it_is_composed(sealed):
    assert backup.read(sealed, " a passphrase, \u00e9 decomposed\n").accounts == EVERYONE
    assert registry.read(sealed, PASSPHRASE)[1].accounts == EVERYONE


def test_two_backups_share_nothing(sealed):
    one, two = (json.loads(each) for each in (sealed, ticktap_backup.encrypt(EVERYONE, PASSPHRASE, 1)))
    assert one["nonce"] != two["nonce"]
    assert one["kdf"]["salt"] != two["kdf"]["salt"]
    assert len(one["content"]) == len(two["content"])


def test_the_size_does_not_tell_one_account_from_ten():
    sizes = {len(json.loads(ticktap_backup.encrypt(EVERYONE[:n], PASSPHRASE, 0))["content"]) for n in (1, 5)}
    assert len(sizes) == 1


def test_every_changed_character_is_noticed_or_says_nothing(sealed):
    """One character of each line after the other; nothing else than the accounts ever comes out."""
    lines = sealed.decode().splitlines()
    for at, line in enumerate(lines):
        spot = len(line) // 2
        if not line[spot : spot + 1].isalnum():
            continue
        other = "B" if line[spot] != "B" else "C"
        changed = [*lines[:at], line[:spot] + other + line[spot + 1 :], *lines[at + 1 :]]
        with pytest.raises(BadInput):
            backup.read("\n".join(changed).encode(), PASSPHRASE)


def test_a_wrong_passphrase(sealed):
    with pytest.raises(WrongPassword):
        ticktap_backup.read(InputFile(sealed), "a passphrase")
    with pytest.raises(BadInput, match="fewer than 8"):
        ticktap_backup.encrypt(EVERYONE, "1234567", 0)


def test_files_are_whole_private_and_never_replaced_unasked(tmp_path):
    path = tmp_path / "file"
    private_files.write(path, b"one")
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(Refused):
        private_files.write(path, b"two")
    assert path.read_bytes() == b"one"
    path.chmod(0o644)
    private_files.write(path, b"two", replace=True)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o600)
    with pytest.raises(BadInput):
        private_files.write(tmp_path / "none" / "file", b"")
    with pytest.raises(NotFound):
        private_files.read(tmp_path / "none")
    assert list(tmp_path.iterdir()) == [path]

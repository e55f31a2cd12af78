"""Kept accounts: found again, encrypted, durable, and each code accepted once."""

from __future__ import annotations

import base64
import os
import sqlite3
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ticktap.errors import BadInput, NotFound
from ticktap.files.key_file import KeyFileError
from ticktap.files.paths import data_dir
from ticktap.otp.account import Account
from ticktap.registry import Registry, RegistryError

SECRET = b"this is the secret!!"
ALICE = Account("Example", "alice", SECRET, algorithm="SHA256", digits=8, period=60, suffix="enter")
BOB = Account("Example", "bob", b"abcdefghijklmnopqrst", type="hotp", counter=2**64 - 2)
STEP = 59_843_520


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "registry.db"


@pytest.fixture
def key_path(path: Path) -> Path:
    return path.with_name("registry.key")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def keep_alice(path: Path) -> int:
    with Registry.open(path) as registry:
        return registry.keep(ALICE, "DE63", 1)


def test_what_is_kept_is_found_after_reopening(path: Path) -> None:
    row = keep_alice(path)
    with Registry.open(path) as registry:
        (kept,) = registry.all()
    assert kept.account == ALICE
    assert (kept.row, kept.token, kept.token_id, kept.id) == (row, "DE63", 1, 1)
    assert (kept.last_used, kept.drift) == (None, 0)
    assert str(kept) == "number 1, Example:alice (token DE63)"
    assert "this is" not in repr(kept)


def test_find(path: Path) -> None:
    with Registry.open(path) as registry:
        registry.keep(ALICE, "DE63", 1)
        registry.keep(BOB, "DE63", 2)
        registry.keep(ALICE, "F00D", 1)
        assert registry.find("bob").account == BOB
        assert registry.find("#2").account == BOB
        assert registry.find("alice", token="F00D").token == "F00D"
        assert [kept.token for kept in registry.all("DE63")] == ["DE63", "DE63"]
        with pytest.raises(BadInput, match="(?s)token DE63.*token F00D"):
            registry.find("alice")
        with pytest.raises(NotFound):
            registry.find("carol")


def test_nothing_kept(path: Path, key_path: Path) -> None:
    with Registry.open(path) as registry:
        assert registry.all() == []
        with pytest.raises(NotFound, match="no copies of accounts are kept") as caught:
            registry.find("alice")
    assert "--keep" in caught.value.remedy
    assert not key_path.exists()


def test_a_number_used_again_by_the_token_replaces_what_was_kept(path: Path) -> None:
    with Registry.open(path) as registry:
        old = registry.keep(ALICE, "DE63", 1)
        registry.record_use(old, STEP)
        new = registry.keep(BOB, "DE63", 1)
        (kept,) = registry.all()
    assert (kept.row, kept.account, kept.last_used) == (new, BOB, None)
    assert new != old


def test_forget(path: Path) -> None:
    row = keep_alice(path)
    with Registry.open(path) as registry:
        registry.forget(row)
        assert registry.all() == []
        with pytest.raises(NotFound):
            registry.forget(row)


def test_rows_are_not_used_again(path: Path) -> None:
    row = keep_alice(path)
    with Registry.open(path) as registry:
        registry.forget(row)
        assert registry.keep(BOB, "DE63", 2) > row


# --- files


def test_only_the_owner_can_read_the_files(path: Path, key_path: Path) -> None:
    before = os.umask(0)
    try:
        keep_alice(path)
    finally:
        os.umask(before)
    assert (mode(path.parent), mode(path), mode(key_path)) == (0o700, 0o600, 0o600)
    assert sorted(file.name for file in path.parent.iterdir()) == ["registry.db", "registry.key"]


def test_no_form_of_the_secret_is_in_the_file(path: Path) -> None:
    row = keep_alice(path)
    data = path.read_bytes()
    assert b"alice" in data  # the search looks at the right bytes
    text32, text64 = base64.b32encode(SECRET), base64.b64encode(SECRET)
    for form in (SECRET, SECRET.hex().encode(), text32, text32.lower(), text64):
        assert form[:8] not in data
    with closing(sqlite3.connect(path)) as connection:
        (encrypted,) = connection.execute("select encrypted from accounts").fetchone()
    with Registry.open(path) as registry:
        registry.forget(row)
    assert encrypted in data and encrypted not in path.read_bytes()


def test_the_same_secret_is_encrypted_differently_each_time(path: Path) -> None:
    with Registry.open(path) as registry:
        registry.keep(ALICE, "DE63", 1)
        registry.keep(ALICE, "DE63", 2)
    with closing(sqlite3.connect(path)) as connection:
        one, other = connection.execute("select encrypted from accounts").fetchall()
    assert one != other


@pytest.mark.parametrize("open_mode", [0o640, 0o604, 0o666])
def test_a_key_that_others_can_read_is_refused(path: Path, key_path: Path, open_mode: int) -> None:
    keep_alice(path)
    key_path.chmod(open_mode)
    with Registry.open(path) as registry:
        with pytest.raises(KeyFileError) as caught:
            registry.find("alice")
        with pytest.raises(KeyFileError):
            registry.keep(BOB, "DE63", 2)
        assert caught.value.remedy == f"Run: chmod 600 {key_path}"
        key_path.chmod(0o600)
        assert registry.find("alice").account == ALICE


def test_a_missing_key_loses_nothing(path: Path, key_path: Path) -> None:
    keep_alice(path)
    away = key_path.rename(key_path.with_name("away"))
    with Registry.open(path) as registry:
        with pytest.raises(KeyFileError, match="missing"):
            registry.all()
        with pytest.raises(KeyFileError, match="missing"):
            registry.keep(BOB, "DE63", 2)
        assert not key_path.exists()
        away.rename(key_path)
        assert [kept.account for kept in registry.all()] == [ALICE]


def test_a_wrong_key_loses_nothing(path: Path, key_path: Path) -> None:
    keep_alice(path)
    right = key_path.read_bytes()
    key_path.write_bytes(os.urandom(32))
    with Registry.open(path) as registry:
        with pytest.raises(KeyFileError, match="not the one"):
            registry.all()
        with pytest.raises(KeyFileError, match="not the one"):
            registry.keep(BOB, "DE63", 1)
        key_path.write_bytes(right)
        assert [kept.account for kept in registry.all()] == [ALICE]


def test_a_cut_off_key_is_damaged(path: Path, key_path: Path) -> None:
    keep_alice(path)
    key_path.write_bytes(key_path.read_bytes()[:31])
    with Registry.open(path) as registry, pytest.raises(KeyFileError, match="damaged"):
        registry.all()


def test_an_empty_registry_takes_a_new_key(path: Path, key_path: Path) -> None:
    row = keep_alice(path)
    key_path.unlink()
    with Registry.open(path) as registry:
        registry.forget(row)
        registry.keep(BOB, "DE63", 2)
        assert [kept.account for kept in registry.all()] == [BOB]


@pytest.mark.parametrize(
    "change",
    [
        "update accounts set encrypted = (select encrypted from accounts where id = 2) where id = 1",
        "update accounts set token = 'F00D' where token_id = 1",
        "update accounts set id = 99 where token_id = 1",
        "update accounts set encrypted = substr(encrypted, 1, 30) where token_id = 1",
        "update accounts set encrypted = x'00' where token_id = 1",
    ],
)
def test_encrypted_secrets_cannot_change_places(path: Path, change: str) -> None:
    with Registry.open(path) as registry:
        registry.keep(ALICE, "DE63", 1)
        registry.keep(BOB, "DE63", 2)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(change)
    with Registry.open(path) as registry, pytest.raises(RegistryError, match="tampered"):
        registry.all()


def test_a_damaged_file(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database" * 100)
    with pytest.raises(RegistryError, match="damaged") as caught:
        Registry.open(path)
    assert "backup" in caught.value.remedy
    assert path.read_bytes() == b"not a database" * 100


def test_damage_inside_the_file(path: Path) -> None:
    keep_alice(path)
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(RegistryError, match="damaged"), Registry.open(path) as registry:
        registry.all()


def test_a_newer_file_is_left_alone(path: Path) -> None:
    keep_alice(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("pragma user_version = 99")
    with pytest.raises(RegistryError, match="newer ticktap") as caught:
        Registry.open(path)
    assert caught.value.remedy == "Update ticktap."


def test_another_programs_file_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table cookies (value text)")
    with pytest.raises(RegistryError, match="another program"):
        Registry.open(path)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(RegistryError, match="cannot be used"):
        Registry.open(tmp_path / "file" / "registry.db")


# --- each code once


def test_a_counter_is_spent_once_and_takes_all_below_with_it(path: Path) -> None:
    row = keep_alice(path)
    with Registry.open(path) as registry:
        assert registry.record_use(row, STEP)
        assert not registry.record_use(row, STEP)
        assert not registry.record_use(row, STEP - 1)
        assert registry.record_use(row, STEP + 1)
    with Registry.open(path) as registry:
        assert registry.find("alice").last_used == STEP + 1


def test_counters_up_to_the_last(path: Path) -> None:
    with Registry.open(path) as registry:
        row = registry.keep(BOB, "DE63", 2)
        assert registry.find("bob").account.counter == 2**64 - 2
        assert registry.record_use(row, 0)
        assert registry.record_use(row, 9)
        assert registry.record_use(row, 10)
        assert registry.record_use(row, 2**63)
        assert registry.record_use(row, 2**64 - 1)
        assert not registry.record_use(row, 2**63)
        assert registry.find("bob").last_used == 2**64 - 1


def test_drift_is_remembered_with_the_use(path: Path) -> None:
    row = keep_alice(path)
    with Registry.open(path) as registry:
        registry.record_use(row, STEP, drift=-1)
        assert registry.find("alice").drift == -1
        registry.record_use(row, STEP + 1)
        assert registry.find("alice").drift == -1
        assert not registry.record_use(row, STEP, drift=5)
        assert registry.find("alice").drift == -1


def test_a_forgotten_row_accepts_nothing(path: Path) -> None:
    row = keep_alice(path)
    with Registry.open(path) as registry:
        registry.forget(row)
        assert not registry.record_use(row, STEP)


def test_of_two_racing_connections_exactly_one_spends_each_counter(path: Path) -> None:
    row = keep_alice(path)
    counters = range(STEP, STEP + 25)
    start = threading.Barrier(2)

    def spend() -> list[int]:
        with Registry.open(path) as registry:
            start.wait()
            return [counter for counter in counters if registry.record_use(row, counter)]

    with ThreadPoolExecutor(2) as pool:
        one, other = (racer.result() for racer in [pool.submit(spend), pool.submit(spend)])
    assert sorted(one + other) == list(counters)


def test_two_open_connections_agree(path: Path) -> None:
    row = keep_alice(path)
    with Registry.open(path) as one, Registry.open(path) as other:
        assert [one.record_use(row, STEP), other.record_use(row, STEP)] == [True, False]
        assert [other.record_use(row, STEP + 1), one.record_use(row, STEP + 1)] == [True, False]


def test_a_busy_file_is_told_apart_from_a_damaged_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = keep_alice(path)
    monkeypatch.setattr("ticktap.files.sqlite_file._BUSY_SECONDS", 0)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("begin immediate")
        with Registry.open(path) as registry, pytest.raises(RegistryError, match="locked"):
            registry.record_use(row, STEP)
        writer.execute("rollback")
    with Registry.open(path) as registry:
        assert registry.record_use(row, STEP)


def test_a_failed_keep_leaves_the_old_copy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep_alice(path)

    def interrupted(*_: object) -> bytes:
        raise KeyboardInterrupt

    with Registry.open(path) as registry:
        monkeypatch.setattr("ticktap.registry.stored_accounts.encrypt", interrupted)
        with pytest.raises(KeyboardInterrupt):
            registry.keep(replace(ALICE, name="new"), "DE63", 1)
        assert [kept.account for kept in registry.all()] == [ALICE]


# --- where


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        ("linux", {"TICKTAP_HOME": "/t", "XDG_DATA_HOME": "/x"}, "/t"),
        ("linux", {"XDG_DATA_HOME": "/x"}, "/x/ticktap"),
        ("linux", {"XDG_DATA_HOME": "relative"}, "~/.local/share/ticktap"),
        ("linux", {}, "~/.local/share/ticktap"),
        ("darwin", {"XDG_DATA_HOME": "/x"}, "~/Library/Application Support/ticktap"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/ticktap"),
        ("win32", {}, "~/AppData/Local/ticktap"),
    ],
)
def test_data_dir(platform: str, environ: dict[str, str], expected: str) -> None:
    assert data_dir(platform, environ) == Path(expected).expanduser()


def test_the_usual_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TICKTAP_HOME", str(tmp_path / "here"))
    with Registry.open() as registry:
        registry.keep(ALICE, "DE63", 1)
    assert (tmp_path / "here" / "registry.db").exists() and (tmp_path / "here" / "registry.key").exists()

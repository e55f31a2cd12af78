"""A registry that is gone: a sign-in says so, and makes no new one in its place."""

import sqlite3
from contextlib import closing

import pytest

from ticktap.registry import Actor, Registry

PAM = {"PAM_USER": "ann", "PAM_TYPE": "auth", "PAM_RHOST": "192.0.2.7"}
WAYS = {"--pam": (["--pam"], PAM), "--user": (["--user", "ann"], {})}


@pytest.fixture
def files(ticktap):
    """The paths of a registry and of its key, which are both there."""
    home = ticktap.home / "kept"
    with Registry.open(home / "registry.db", actor=Actor("admin", "desk")) as registry:
        registry.users.add("ann")
    return home / "registry.db", home / "registry.key"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("left", ["nothing", "an empty file", "empty tables", "only the key"])
def test_a_sign_in_makes_no_registry(ticktap, files, way, left):
    database, key = files
    options, environment = WAYS[way]
    if left == "empty tables":
        with closing(sqlite3.connect(database)) as connection, connection:
            connection.execute("pragma foreign_keys = off")
            for table in ("audit_log", "users", "decoys", "key_check"):
                connection.execute(f"delete from {table}")
    else:
        database.unlink()
    if left == "an empty file":
        database.touch()
    if left != "only the key":
        key.unlink()
    before = sorted(file.name for file in database.parent.iterdir())
    for _ in range(2):  # a second time, too
        done = ticktap("verify", *options, stdin="000000", **environment)
        assert done.code == 5
        assert "no registry" in done.err or "nothing in the registry" in done.err
        assert "Not accepted" not in done.out + done.err
    after = sorted(file.name for file in database.parent.iterdir() if "-wal" not in file.name)
    assert [name for name in after if "-shm" not in name] == before


def test_a_missing_key_is_not_replaced(ticktap, files):
    database, key = files
    away = key.rename(key.with_name("away"))
    done = ticktap("verify", "--pam", stdin="000000", **PAM)
    assert done.code != 7 and "missing" in done.err and not key.exists()
    away.rename(key)
    assert ticktap("verify", "--pam", stdin="000000", **PAM).code == 7
    assert database.exists()

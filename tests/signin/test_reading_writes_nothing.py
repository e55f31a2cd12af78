"""A read transaction writes nothing, and only opening a registry creates or migrates it."""

import threading

import pytest

from ticktap.files.key_file import KeyFileError
from ticktap.registry import RegistryError


@pytest.mark.parametrize(
    "statement",
    [
        "update users set settings = '{}'",
        "update users set disabled = 1",
        "delete from accounts",
        "create table other (id integer)",
    ],
)
def test_a_read_transaction_refuses_to_write(desk, statement):
    desk.add()
    with pytest.raises(RegistryError), desk.registry.engine.reading() as run:
        run(statement)
    assert desk.verify(desk.code()).ok


def test_a_read_transaction_with_keys_creates_none(desk):
    desk.add()
    away = desk.key.rename(desk.key.with_name("away"))
    with pytest.raises(KeyFileError), desk.registry.reading():
        pass
    assert not desk.key.exists()
    away.rename(desk.key)
    with desk.registry.reading() as tx:
        assert tx.run("select count(*) from accounts").fetchone()[0] == 1


def test_a_later_connection_migrates_nothing(desk):
    """A thread that comes to a registry whose version has changed refuses it, and leaves it alone."""
    desk.add()
    sqlite = not str(desk.where).startswith("postgres")
    older = "pragma user_version = 0" if sqlite else "update ticktap_version set version = 0"
    version = "pragma user_version" if sqlite else "select version from ticktap_version"
    with desk.registry.engine.writing() as run:
        run(older)
    errors = []

    def come():
        try:
            desk.registry.users.all()
        except RegistryError as error:
            errors.append(error)

    thread = threading.Thread(target=come)
    thread.start()
    thread.join()
    assert [error.message.partition(" was ")[2] for error in errors] == ["replaced while in use"]
    with desk.registry.engine.writing() as run:
        assert run(version).fetchone()[0] == 0

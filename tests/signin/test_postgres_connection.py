"""The way to a PostgreSQL server: whom it trusts, and how little a sign-in server may do there."""

import re
import socket
import threading
from pathlib import Path

import psycopg
import pytest

from signin.desk import ACCOUNT, COUNTED, NOW, STEP
from ticktap.errors import BadInput, NotFound
from ticktap.otp.code_check import code_at
from ticktap.registry import Registry, RegistryError, postgres
from ticktap.verifier.sign_in import SignIn

DOCUMENT = Path(__file__).parents[2] / "docs" / "signing-in.md"
SSL_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # PostgreSQL's documentation, 55.7


@pytest.mark.parametrize(
    ("address", "environ", "added"),
    [
        ("postgresql://a@db.example/t", {}, "sslmode=verify-full sslrootcert=system"),
        ("postgresql://a@192.0.2.7/t", {}, "sslmode=verify-full sslrootcert=system"),
        ("postgresql://a@db.example/t?sslrootcert=/ca.pem", {}, "sslmode=verify-full"),
        ("postgresql://a@db.example/t", {"PGSSLROOTCERT": "/ca.pem"}, "sslmode=verify-full"),
        ("postgresql:///t?service=x", {}, "sslmode=verify-full sslrootcert=system"),
        ("postgresql:///t", {"PGHOST": "db.example"}, "sslmode=verify-full sslrootcert=system"),
        ("postgresql://a@localhost,db.example/t", {}, "sslmode=verify-full sslrootcert=system"),
        ("postgresql://a@db.example/t?hostaddr=127.0.0.1", {}, None),
        ("postgresql://a@db.example/t?sslmode=disable", {}, None),
        ("postgresql://a@db.example/t", {"PGSSLMODE": "require"}, None),
        ("postgresql:///t", {}, None),
        ("postgresql://a@/t?host=/run/postgresql", {}, None),
        ("postgresql://a@localhost/t", {}, None),
        ("postgresql://a@127.0.0.1/t", {}, None),
        ("postgresql://a@[::1]/t", {}, None),
    ],
)
def test_another_computer_must_show_a_certificate(tmp_path, address, environ, added):
    secured, verified = postgres.secured(address, environ, tmp_path)
    assert verified == (added is not None)
    assert secured == address if added is None else added in secured.replace("sslrootcert=/ca.pem ", "")


def test_libpqs_own_file_of_authorities_is_used(tmp_path):
    (tmp_path / ".postgresql").mkdir()
    (tmp_path / ".postgresql" / "root.crt").touch()
    secured, _ = postgres.secured("postgresql://a@db.example/t", {}, tmp_path)
    assert "sslmode=verify-full" in secured and "sslrootcert" not in secured


def test_what_is_no_address(tmp_path):
    with pytest.raises(BadInput) as caught:
        postgres.secured("postgresql://a:hunter2@db.example/t?colour=red", {}, tmp_path)
    assert "hunter2" not in str(caught.value) + caught.value.remedy


def test_a_server_without_a_certificate_gets_no_name_and_no_password(monkeypatch, tmp_path):
    """Somebody between the two answers that there is no TLS: the client says nothing more."""
    monkeypatch.setattr(postgres, "_is_here", lambda _: False)
    heard = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            connection, _ = server.accept()
            with connection:
                heard.append(connection.recv(1000))
                connection.sendall(b"N")
                heard.append(connection.recv(1000))

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        port = server.getsockname()[1]
        with pytest.raises(RegistryError) as caught:
            Registry.open(f"postgresql://ann@127.0.0.1:{port}/t", tmp_path / "key")
        thread.join(30)
    assert heard == [SSL_REQUEST, b""]
    assert "sslrootcert" in caught.value.remedy


@pytest.fixture
def server_address(postgres):
    return postgres.address()


def statements():
    """The documented statements for the role of a sign-in server."""
    (block,) = re.findall(r"```sql\n(create role .*?)```", DOCUMENT.read_text(), re.DOTALL)
    return [" ".join(each.split()) for each in block.split(";") if each.strip()]


def as_role(address):
    return address.replace("//ticktap@", "//ticktap_signin@")


@pytest.fixture
def role(server_address):
    """The role, with the rights that the documents give it, and a registry of the owner's."""
    schema = server_address.rpartition("%3D")[2]

    def give(key):
        with Registry.open(server_address, key, time=lambda: NOW) as owner:
            owner.users.add("ann")
            owner.keep(ACCOUNT, "A1", 1, "ann")
            owner.keep(COUNTED, "A1", 2, "ann")
            codes = owner.factors.new_backup_codes("ann")
        with psycopg.connect(server_address, autocommit=True) as connection:
            for statement in statements():
                connection.execute(statement.replace("schema public", f"schema {schema}"))
        return as_role(server_address), codes

    yield give
    with psycopg.connect(server_address, autocommit=True) as connection:
        connection.execute("drop owned by ticktap_signin")
        connection.execute("drop role ticktap_signin")


def test_a_sign_in_server_needs_only_the_documented_rights(role, server_address, tmp_path):
    address, codes = role(tmp_path / "key")
    now = [NOW]
    with Registry.open(address, tmp_path / "key", time=lambda: now[0], create=False) as registry:
        sign_in = SignIn(registry)

        def reasons(*attempts):
            found = []
            for name, code in attempts:
                now[0] += STEP
                found.append(sign_in.verify(name, code() if callable(code) else code).reason)
            return found

        assert reasons(
            ("ann", lambda: code_at(ACCOUNT, now[0] // STEP)),
            ("ann", lambda: code_at(ACCOUNT, now[0] // STEP + 1)),  # the drift is recorded
            ("ann", code_at(COUNTED, 30)),
            ("ann", code_at(COUNTED, 31)),
            ("ann", codes[0]),
            ("ann", "000000"),
            ("nobody", "000000"),
            ("nobody", "000000"),
        ) == ["ok", "ok", "resync", "ok", "ok", "no-match", "unknown-user", "unknown-user"]
    with Registry.open(server_address, tmp_path / "key") as owner:
        assert owner.audit.check().faults == []


@pytest.mark.parametrize(
    "statement",
    [
        "insert into users (kind) values ('person')",
        "update users set name = 'x'",
        "update users set disabled = null",
        "update users set networks = ''",
        "update users set settings = ''",
        "delete from users",
        "insert into accounts (token) values ('x')",
        "update accounts set user_id = 1",
        "delete from accounts",
        "insert into factors (kind) values ('x')",
        "update factors set user_id = 1",
        "delete from factors",
        "delete from used_counters",
        "delete from audit_log",
        "update audit_log set at = 0",
        "update key_check set value = ''",
        "update tokens set holder = null",
        "drop table users",
        "create table other (id integer)",
    ],
)
def test_a_sign_in_server_may_do_nothing_else(role, tmp_path, statement):
    address, _ = role(tmp_path / "key")
    with (
        psycopg.connect(address, autocommit=True) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)


def test_an_empty_database_is_not_made_a_registry_by_a_sign_in(server_address, tmp_path):
    for _ in range(2):
        with pytest.raises(NotFound, match="no registry"):
            Registry.open(server_address, tmp_path / "key", create=False)
    assert not (tmp_path / "key").exists()
    with psycopg.connect(server_address) as connection:
        assert connection.execute("select to_regclass('ticktap_version')").fetchone() == (None,)

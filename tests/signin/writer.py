"""What somebody does who can read and write the database, but has no key file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ticktap.registry import RegistryError

if TYPE_CHECKING:
    from signin.desk import Desk

Rows = dict[tuple[str, str], list[tuple[Any, ...]]]
_NUMBERED = ("users", "accounts", "factors")  # tables whose numbers the database assigns


def change(desk: Desk, *statements: str) -> None:
    """Runs statements."""
    with desk.registry.engine.writing() as run:
        for statement in statements:
            run(statement)


def copy(desk: Desk, **conditions: str) -> Rows:
    """Copies rows: for each table those that fit a condition of SQL."""
    with desk.registry.engine.reading() as run:
        return {
            (table, condition): run(f"select * from {table} where {condition}").fetchall()
            for table, condition in conditions.items()
        }


def put_back(desk: Desk, rows: Rows) -> None:
    """Replaces the rows that fit the same conditions now by copied ones."""
    server = str(desk.where).startswith("postgres")
    with desk.registry.engine.writing() as run:
        run("set session_replication_role = replica" if server else "pragma defer_foreign_keys = on")
        for (table, condition), copied in rows.items():
            run(f"delete from {table} where {condition}")
            own_number = " overriding system value" if server and table in _NUMBERED else ""
            for row in copied:
                run(f"insert into {table}{own_number} values ({', '.join('?' * len(row))})", row)
        if server:
            run("set session_replication_role = origin")


def gets_in(desk: Desk, code: str, user: str, **more: str) -> bool:
    """Whether a sign-in succeeds, in this program and in one that opens the registry now."""
    from ticktap.verifier.sign_in import SignIn

    def attempt(sign_in: SignIn | None) -> bool:
        try:
            return (sign_in or SignIn(registry)).verify(user, code, **more).ok
        except RegistryError:
            return False

    with desk.open() as registry:
        return attempt(desk.sign_in) or attempt(None)

"""What somebody does who can write to the database, and read it, but has no key file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from signin.desk import Desk

TABLES = ("key_check", "users", "decoys", "accounts", "used_counters", "factors", "audit_log")


def change(desk: Desk, *statements: str) -> None:
    """Runs statements."""
    with desk.registry.engine.writing() as run:
        for statement in statements:
            run(statement)


def copy(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, by table."""
    with desk.registry.engine.reading() as run:
        return {table: run(f"select * from {table}").fetchall() for table in TABLES}


def put_back(desk: Desk, old: dict[str, list[tuple[Any, ...]]], **only: str) -> None:
    """Puts rows back as they were.

    Args:
        only: tables, each with a condition of SQL that chooses its rows by the first column; rows that came later and
            fit it are deleted.
    """
    identity = " overriding system value" if str(desk.where).startswith("postgres") else ""
    with desk.registry.engine.writing() as run:
        if identity:
            run("set session_replication_role = replica")  # what belongs together goes and comes in any order
        else:
            run("pragma defer_foreign_keys = on")
        for table, condition in only.items():
            first = {"accounts": "id", "users": "id", "decoys": "id", "factors": "id"}
            column = first.get(table, "rowid" if not identity else "ctid")
            del column
            chosen = {tuple(map(_plain, row)) for row in run(f"select * from {table} where {condition}").fetchall()}
            del chosen
            run(f"delete from {table} where {condition}")
            there = {tuple(map(_plain, row)) for row in run(f"select * from {table}").fetchall()}
            for row in old[table]:
                if tuple(map(_plain, row)) in there:
                    continue
                marks = ", ".join("?" * len(row))
                run(f"insert into {table}{identity} values ({marks})", row)
        if identity:
            run("set session_replication_role = origin")


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value

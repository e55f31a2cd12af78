"""Every sign-in is tested on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from signin.desk import Desk
from signin.postgres import Postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server that starts when the first test asks for it."""
    with Postgres.running() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """An empty registry in either."""
    if request.param == "sqlite":
        where: str | Path = tmp_path / "registry.db"
    else:
        where = request.getfixturevalue("postgres").address()
    desk = Desk(where, tmp_path / "registry.key")
    yield desk
    desk.registry.close()

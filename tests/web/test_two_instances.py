"""Two instances on one registry in PostgreSQL: a person may reach either with each request."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from signin.postgres import Postgres
from ticktap.web.config import Config
from web.conftest import PASSWORD, Desk
from web.visitor import Visitor


@pytest.fixture
def desks(tmp_path: Path, config: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Desk, Desk]]:
    monkeypatch.setenv("TICKTAP_HOME", str(tmp_path / "home"))
    with Postgres.running() as server:
        where = server.address()
        one, other = Desk(tmp_path, config, where), Desk(tmp_path, config, where)
        yield one, other
        one.close()
        other.close()
        gc.collect()  # closes the connections of the threads that have ended, which psycopg warns of


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_session_goes_on_and_ends_at_both(desks: tuple[Desk, Desk]) -> None:
    one, other = desks
    one.user("ann")
    one.user("me", "admin")
    here = one.visitor().name_and_password("ann", PASSWORD)
    there = moved(here, other)
    there.get("/sign-in/code").code(one.code("ann"))
    assert there.path == "/security"
    here = moved(there, one).get("/security/backup-codes")
    here.post("/security/backup-codes")
    there = moved(here, other).get("/security/backup-codes/new")
    assert "They are shown only once" in there.text
    admin = one.signed_in("me")
    admin.post("/admin/users/ann/disable")
    assert "cannot sign in" in admin.text
    assert there.get("/security").path == "/sign-in"
    assert one.registry.audit.check().faults == []


def moved(visitor: Visitor, desk: Desk) -> Visitor:
    """The same browser, whose next request reaches another instance."""
    found = desk.visitor()
    found.client.cookies.update(visitor.client.cookies)
    return found

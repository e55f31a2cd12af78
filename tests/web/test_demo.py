"""The whole way with a token: the simulated one of `serve --demo` is set up and pressed on the pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from ticktap.web.app import build
from ticktap.web.config import Config
from ticktap.web.demo import Demo, running
from ticktap.web.site import Site
from web.conftest import URL
from web.visitor import Visitor


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> Iterator[Demo]:
    monkeypatch.setenv("TICKTAP_HOME", str(tmp_path))
    with running("ticktap") as demo:
        yield demo


def test_ben_sets_up_the_token_and_signs_in_with_presses(demo: Demo) -> None:
    people = {person.name: person for person in demo.people}
    assert [(person.name, person.role) for person in demo.people] == [
        ("admin", "admin"), ("helpdesk", "help-desk"), ("ann", "user"), ("ben", "user"),
    ]  # fmt: skip
    site = Site.of(demo.registry, Config(public_url=URL, demo=True), demo.token)
    with TestClient(build(site), base_url=URL, client=("127.0.0.1", 50000)) as client:
        visitor = Visitor(client)

        def press() -> str:
            client.headers["accept"] = "application/json"
            typed = visitor.send("/demo/press").json()["typed"]
            del client.headers["accept"]
            return str(typed)

        ben = people["ben"]
        visitor.name_and_password("ben", ben.password)
        assert press() == "", "the token has no account of ben's"
        visitor.code(ben.code)
        assert visitor.path == "/security"
        visitor.get("/security/set-up").post("/security/set-up", {"name": "Key ring"})
        visitor.post("/demo/enrol")
        assert "is stored on the simulated token" in visitor.text
        visitor.post("/security/set-up/scan", {"code": press()})
        assert "“Key ring” is set up" in visitor.text
        assert "The token typed: " in visitor.post("/demo/press").text, "without a script"
        visitor.get("/").post("/sign-out")
        ann = people["ann"]
        visitor.name_and_password("ann", ann.password)
        visitor.code(press())
        assert visitor.path == "/security" and "Demo token" in visitor.text

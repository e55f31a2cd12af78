"""What `save()` returns and `VirtualToken(state=...)` takes: nothing else is taken."""

import json

import pytest

from ticktap.errors import BadInput


@pytest.fixture
def kept(run):
    token = run("import microcontroller\nmicrocontroller.nvm[0:2] = b'ab'\n")
    return json.loads(token.save())


def test_there_and_back(run, kept):
    again = run(plugged=False, state=json.dumps(kept).encode(), unix=kept["unix"])
    assert json.loads(again.save()) == kept


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"nvm": "00"},
        {"nvm": "zz"},
        {"uid": "0011"},
        {"unix": "now"},
        {"boot_out": 1},
        {"rtc": None},
        {"rtc": {}},
        {"files": None},
        {"files": {"a": 1}},
        {"files": {"a": "?"}},
        {"version": None, "rtc": None, "format": None},
    ],
)
def test_another_thing(run, kept, change):
    with pytest.raises(BadInput, match="not the state"):
        run(state=json.dumps({**kept, **change}).encode())


@pytest.mark.parametrize("state", [b"", b"[]", b"\xff", b"{}", b"null"])
def test_no_json_of_ours(run, state):
    with pytest.raises(BadInput, match="not the state"):
        run(state=state)


def test_a_newer_version(run, kept):
    with pytest.raises(BadInput, match="version 3"):
        run(state=json.dumps({**kept, "version": 3}).encode())


@pytest.mark.parametrize(
    ("arguments", "complaint"), [({"serial": b"short"}, "8 bytes"), ({"board": "abacus"}, "abacus")]
)
def test_other_arguments_are_checked_too(run, arguments, complaint):
    with pytest.raises(BadInput, match=complaint):
        run(**arguments)


def test_an_older_state_had_no_files(run, kept):
    del kept["files"]
    again = run(plugged=False, state=json.dumps({**kept, "version": 1}).encode())
    assert again.nvm.data[:2] == b"ab"
    assert again.drive.files["boot_out.txt"].decode() == kept["boot_out"]


def test_files_that_cannot_be_on_this_drive(run, kept):
    files = {"code.py/inner.txt": "eA=="}
    with pytest.raises(BadInput, match="do not fit this drive"):
        run(state=json.dumps({**kept, "files": files}).encode())

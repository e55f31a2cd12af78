"""Over real pseudo-terminals: a token that comes back, one that does not, one that is starting."""

import os

import pytest

from cli.command import Command
from cli.served import ServedToken


class ResetToken(ServedToken):
    """Loses its port instead of carrying `cut` out, once. With `back` it is at another terminal at once."""

    def __init__(self, link):
        self.link, self.cut, self.back = link, "", True
        super().__init__()
        self._point()

    def answer(self, line):
        if self.cut and f'"{self.cut}"'.encode() in line.replace(b"\\", b""):
            self.cut = ""
            self._reset()
            return None
        return super().answer(line)

    def _reset(self):
        old = self._master
        self.open_terminal()
        if self.back:
            self._point()
        else:
            self.link.unlink()
        os.close(old)

    def _point(self):
        new = self.link.with_suffix(".new")
        new.symlink_to(self.path)
        new.replace(self.link)


class StartingToken(ServedToken):
    """Does not answer the first question, as a token that is starting."""

    def __init__(self):
        self.heard = 0
        super().__init__()

    def answer(self, line):
        self.heard += 1
        return super().answer(line) if self.heard > 1 else None


@pytest.fixture
def reset(tmp_path):
    """A token that can lose its port."""
    served = ResetToken(tmp_path / "port")
    yield served
    served.close()


@pytest.fixture
def command(tmp_path, reset):
    return Command(tmp_path, str(reset.link))


def test_a_command_that_only_looks_goes_on_after_a_reset(reset, command):
    reset.cut = "status"
    done = command("info", "--json")
    assert (done.code, done.data["status"]["accounts"]) == (0, 0)
    assert "The USB connection was interrupted. The request is repeated." in done.err


def test_a_command_that_changes_something_says_what_is_not_known(reset, command):
    reset.cut = "session.allow"
    done = command("token", "rename", "shelf", "--json")
    error = done.document["error"]
    assert (done.code, error["kind"]) == (1, "token")
    assert "is back, but it is not known whether it carried out session.allow" in error["message"]
    assert "ticktap info" in error["remedy"]
    assert reset.hello["name"] == "desk"


def test_a_token_that_does_not_come_back_is_gone(reset, command):
    reset.cut, reset.back = "status", False
    done = command("info")
    assert done.code == 1
    assert f"The token at {reset.link} is gone." in done.err
    assert "Plug it in" in done.err


def test_a_command_given_right_after_plugging_in_waits_for_the_start(tmp_path):
    """The terminal is new, so the token may be starting."""
    token = StartingToken()
    try:
        done = Command(tmp_path, token.path)("info")
    finally:
        token.close()
    assert done.code == 0
    assert done.err == "The token is starting.\n"

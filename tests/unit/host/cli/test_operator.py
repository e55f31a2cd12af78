"""Who did it: the numbers that the system gives, and the name that anybody can claim."""

import os
import pwd

import pytest

from ticktap.cli.framework import operator

ROOT = pwd.getpwuid(0).pw_name
OTHER = next(each for each in pwd.getpwall() if each.pw_uid != 0)


@pytest.mark.parametrize("variable", ["LOGNAME", "USER", "SUDO_USER"])
def test_a_name_from_the_environment_is_a_claim(variable):
    actor = operator.actor_of({variable: "ceo"}, 0, None, "desk")
    assert (actor.who, actor.origin) == (ROOT, "desk")
    assert actor.detail == {"uid": 0, "claimed": "ceo"}


def test_the_login_is_who_did_it_even_through_sudo():
    actor = operator.actor_of({"SUDO_USER": OTHER.pw_name, "LOGNAME": "root"}, 0, OTHER.pw_uid, "desk")
    assert actor.who == OTHER.pw_name
    assert actor.detail == {"uid": 0, "login_uid": OTHER.pw_uid}


def test_a_number_without_a_name():
    assert operator.actor_of({}, 4_000_000, None, "desk").who == "4000000"


def test_a_claim_that_is_not_utf_8():
    actor = operator.actor_of({"LOGNAME": "a\udcff"}, 0, None, "desk")
    assert actor.detail["claimed"] == "a\\udcff"


def test_this_process(monkeypatch):
    monkeypatch.setenv("LOGNAME", "ceo")
    monkeypatch.delenv("SUDO_USER", raising=False)
    actor = operator.operator()
    assert actor.who != "ceo" and actor.detail["claimed"] == "ceo"
    assert actor.detail["uid"] == os.getuid()


@pytest.mark.parametrize(
    ("text", "number"), [("1000\n", 1000), ("0", 0), ("4294967295", None), ("", None), (None, None)]
)
def test_the_login_uid(monkeypatch, tmp_path, text, number):
    file = tmp_path / "loginuid"
    if text is not None:
        file.write_text(text)
    monkeypatch.setattr(operator, "_LOGIN_UID", file)
    assert operator._login_uid() == number

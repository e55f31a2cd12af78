"""Tokens that a box refuses: used or not fit; told with a remedy, left untouched, and nobody has to press."""

import pytest

from support.provisioning_fakes import MASTER, Rig, new_token, provision
from ticktap.device import owner_key
from ticktap.device.known_tokens import KnownTokens, NotTheToken
from ticktap.errors import NotVerified, Refused
from ticktap.otp.account import Account


@pytest.fixture
def rig(tmp_path):
    return Rig(tmp_path)


def refused(rig, token, words):
    before = dict(token.accounts), token.owner, token.hello["name"]
    with pytest.raises(Refused, match=words) as failure:
        provision(rig, token)
    assert failure.value.remedy
    assert (dict(token.accounts), token.owner, token.hello["name"]) == before
    assert not [each for each in rig.operator.said if each[0] in ("waits", "press")], "no press was asked for"
    return failure.value


def with_account(token):
    token.do_account_add(**Account("Old", "somebody", b"12345678901234567890").to_params())
    token.hang_up()
    return token


def test_a_token_with_an_account_is_refused(rig):
    assert "token reset" in refused(rig, with_account(new_token()), "it has 1 account").remedy


def test_a_token_with_a_pin_is_refused(rig):
    token = new_token()
    token.pin_key = bytes(64)
    refused(rig, token, "it has a PIN")


def test_a_token_of_another_owner_is_refused(rig):
    token = new_token()
    token.owner = bytes(32)
    assert "--owner" in refused(rig, token, "has another owner").remedy


def test_a_token_of_ours_that_nobody_began_is_refused(rig):
    token = new_token()
    token.owner = bytes(owner_key.token_key(MASTER, token.hello["serial"], token.salt))
    assert "token reset" in refused(rig, token, "is yours, but was not begun on this computer").remedy


def test_a_finished_token_is_refused_by_name(rig):
    token = new_token()
    provision(rig, token)
    rig.operator.said.clear()
    refused(rig, token, "it is A-001, for alice")


def test_a_token_that_was_begun_with_another_manifest_is_refused(rig):
    token = new_token()
    token.finger = "wrong"
    with pytest.raises(NotVerified):
        provision(rig, token, "user,account\nzoe,Example:zoe")
    rig.operator.said.clear()
    refused(rig, token, "was begun for zoe")


def test_an_empty_token_that_the_registry_has_as_somebodys_is_refused(rig):
    token = new_token()
    provision(rig, token)
    token.do_store_reset(30)
    rig.operator.said.clear()
    with pytest.raises(NotTheToken):
        provision(rig, token)
    KnownTokens().forget(token.hello["serial"])  # the user knows that it was erased
    refused(rig, token, "to alice, but it is empty")
    rig.registry.tokens.mark_lost(token.hello["serial"])
    assert provision(rig, token).label == "A-002"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda token: token.hello.update(mode="maintenance"), "maintenance"),
        (lambda token: setattr(token, "clock_state", "absent"), "clock cannot be used"),
        (lambda token: setattr(token, "clock_state", "other"), "clock cannot be used"),
    ],
)
def test_a_token_that_is_not_right_is_refused(rig, change, words):
    token = new_token()
    change(token)
    refused(rig, token, words)


def test_a_token_more_than_there_are_rows_is_refused(rig):
    for serial in "123":
        provision(rig, new_token(serial))
    rig.operator.said.clear()
    refused(rig, new_token("4"), "no row of the manifest is left")


def test_a_pin_without_a_store_file_is_refused_before_anything_is_done(rig):
    token = new_token()
    status = token.do_status
    token.do_status = lambda: (
        status() | {"store": status()["store"] | {"file": False, "file_reason": "missing"}}
    )
    with pytest.raises(Refused, match="store file"):
        provision(rig, token, "user,account,pin\nalice,E:alice,random")
    assert (token.owner, rig.entries()) == (None, [])

"""A row on a token: its steps, and every interruption of them."""

import base64
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from itertools import count, pairwise, product

import pytest

from support.fake_access import Fault
from support.provisioning_fakes import MASTER, Rig, new_token, provision
from ticktap.clock import history
from ticktap.device import owner_key
from ticktap.errors import NotVerified, TicktapError
from ticktap.provisioning import progress
from ticktap.provisioning.job import new_pin


class Cut(BaseException):
    """The power of the computer fails."""


@pytest.fixture(autouse=True)
def quick_disk(monkeypatch):
    """What is written outlives this process, which is enough here, and not a power cut."""
    for module in (progress, history):
        monkeypatch.setattr(module, "_KIND", replace(module._KIND, pragmas=("synchronous = off",)))


@pytest.fixture
def rig(tmp_path):
    return Rig(tmp_path)


def agree(rig, token, label):
    """Registry, journal and token tell the same, and each of it once."""
    serial = token.hello["serial"]
    (kept,) = rig.registry.all(serial)
    record = rig.registry.records[serial]
    (entry,) = [each for each in rig.entries() if each.label == label]
    assert (entry.serial, entry.step, entry.number) == (serial, "done", kept.token_id)
    assert (record.label, record.holder, token.hello["name"]) == (label, kept.user, label)
    assert token.owner == owner_key.token_key(MASTER, serial, token.salt)
    assert list(token.accounts) == token.order == [kept.token_id]
    on_token = token.accounts[kept.token_id]
    assert base64.b64decode(on_token["secret"]) == kept.account.secret
    assert (on_token["issuer"], on_token["name"]) == (kept.account.issuer, kept.account.name)
    assert token.clock_state == "ok"
    return kept


def test_a_token_from_its_bag_to_its_user(rig):
    token = new_token()
    row = provision(rig, token)
    assert row.label == "A-001"
    kept = agree(rig, token, "A-001")
    assert len(kept.account.secret) == 20
    assert kept.user == "alice"
    assert [each[0] for each in rig.operator.said if each[0] != "reached"] == [
        "waits", "chosen", "press", "press",
    ]  # fmt: skip
    assert abs(token.clock_error) < 0.005


@pytest.mark.parametrize(("hash", "size"), [("SHA1", 20), ("SHA256", 32), ("SHA512", 64)])
def test_a_secret_is_as_long_as_its_hash_and_no_two_are_alike(rig, hash, size):
    text = f"user,account\nalice,otpauth://totp/Example:alice?algorithm={hash}\nbob,otpauth://totp/Example:bob?algorithm={hash}"
    found = [agree(rig, token, provision(rig, token, text).label) for token in map(new_token, "12")]
    assert [len(each.account.secret) for each in found] == [size, size]
    assert found[0].account.secret != found[1].account.secret


def test_a_counter_is_in_step_with_the_registry(rig):
    token = new_token()
    provision(rig, token, "user,account\nalice,otpauth://hotp/Example:alice")
    kept = agree(rig, token, "alice")
    assert rig.registry.uses == [(kept.row, 0)]
    assert token.accounts[1]["counter"] == 1


def test_a_pin_that_is_made_is_shown_once_and_unlocks(rig):
    from ticktap.device import pin

    token = new_token()
    provision(rig, token, "user,account,pin\nalice,Example:alice,random")
    ((_, _, shown),) = rig.operator.delivered
    kdf = pin.KdfParams(base64.b64decode(token.kdf["salt"]))
    assert pin.key(shown, kdf) == token.pin_key
    assert shown not in str(rig.operator.said)


def test_a_pin_that_the_person_chose_is_not_shown(rig):
    from ticktap.device import pin

    token = new_token()
    provision(rig, token, "user,account,pin\nalice,Example:alice,ask")
    assert [each[2] for each in rig.operator.delivered] == [None]
    assert pin.key(rig.operator.pin, pin.KdfParams(base64.b64decode(token.kdf["salt"]))) == token.pin_key


def test_a_pin_that_is_too_short_is_found_before_anything_is_done(rig):
    token, rig.operator.pin = new_token(), "12"
    with pytest.raises(TicktapError, match="fewer than"):
        provision(rig, token, "user,account,pin\nalice,Example:alice,ask")
    assert (token.owner, rig.entries()) == (None, [])


def test_pins_differ_and_have_no_letters_that_look_alike():
    made = {new_pin() for _ in range(200)}
    assert len(made) == 200
    assert not set("".join(made)) & set("0O1lIi")


def test_policy_goes_to_a_new_user_and_an_old_one_stays_as_it_is(rig):
    text = "user,account,label,networks\nalice,E:alice,1,10.0.0.0/8\nalice,E:alice,2,192.0.2.0/24"
    for serial in "12":
        provision(rig, new_token(serial), text)
    assert rig.registry.people["alice"].networks == ("10.0.0.0/8",)
    assert [each[2] for each in rig.operator.said if each[0] == "note"] == [
        "alice exists already: networks are not changed"
    ]
    assert {each.user for each in rig.registry.all()} == {"alice"}


def test_nobody_is_near_for_a_while(rig):
    """A press that does not come is asked for again, and nothing happens twice."""
    token = new_token()
    press, tries = token.press, count()

    def late():
        if next(tries) % 3:
            raise Fault(5, None)
        press()

    token.press = late
    provision(rig, token)
    agree(rig, token, "A-001")


def test_a_token_whose_code_is_wrong_is_not_recorded(rig):
    token = new_token()
    token.finger = "wrong"
    with pytest.raises(NotVerified):
        provision(rig, token)
    assert (rig.registry.kept, rig.registry.people, token.accounts) == ({}, {}, {})
    assert [each.step for each in rig.entries()] == ["claimed"]


# --- interruptions


def around_all(token, rig, around):
    """Has every call to the token, word at the desk and change of the registry done in `around(name)`."""
    carry = token.carry_out

    def carry_out(name, params, owner=False):
        with nullcontext() if name == "session.call" else around(name):
            return carry(name, params, owner)

    token.carry_out, rig.operator.around, rig.registry.around = carry_out, around, around


def points(text, folder):
    """The names of all these, in their order; only the first of the many looks at a clock has one."""
    seen = []

    def around(name):
        seen.append(name)
        return nullcontext()

    rig, token = Rig(folder), new_token()
    around_all(token, rig, around)
    provision(rig, token, text)
    return ["" if each == before == "clock.get" else each for before, each in pairwise(["", *seen])]


def interrupted(folder, text, number, after):
    """A rig and a token whose computer failed at one point, just before that was done or just after."""
    rig, token, left = Rig(folder), new_token(), count()

    @contextmanager
    def around(name):
        here = next(left) == number
        if here and not after:
            raise Cut
        yield
        if here:
            raise Cut

    around_all(token, rig, around)
    with pytest.raises(Cut):
        provision(rig, token, text)
    del token.carry_out
    rig.registry.around = nullcontext
    token.replug()
    return rig, token


def later(rig):
    """The same folder and registry, another day."""
    return Rig(rig.folder, rig.registry)


PLAIN = "user,account,label\nalice,Example:alice,A-001\n"
COUNTED = "user,account,label\nalice,otpauth://hotp/Example:alice,A-001\n"
LOCKED = "user,account,label,pin\nalice,Example:alice,A-001,random\n"


def fake_key(text):
    return (text.encode() * 64)[:64]


@pytest.fixture
def quick_pins(monkeypatch):
    """Argon2id takes a third of a second, and these tests set a PIN a hundred times."""
    from ticktap.device import pin

    monkeypatch.setattr(pin, "key", lambda text, kdf: fake_key(text))


@pytest.mark.parametrize("text", [PLAIN, COUNTED, LOCKED], ids=["plain", "counter", "pin"])
def test_any_interruption_is_followed_by_one_whole_token(tmp_path, text, quick_pins, monkeypatch):
    resumed = set()
    names = points(text, tmp_path / "whole")
    last = names.index("deliver")
    for number, after in product((n for n, name in enumerate(names) if name), (False, True)):
        monkeypatch.setenv("TICKTAP_HOME", str(tmp_path / f"home {number} {after}"))  # it knows no token yet
        first, token = interrupted(tmp_path / f"{number} {after}", text, number, after)
        steps = [each.step for each in first.entries()]
        resumed.update(steps or [None])
        if steps == ["done"]:
            assert number > last
            agree(first, token, "A-001")
            continue
        rig = later(first)
        assert provision(rig, token, text).label == "A-001"
        kept = agree(rig, token, "A-001")
        assert list(rig.registry.people) == ["alice"]
        if text == LOCKED:
            ((_, _, shown),) = rig.operator.delivered
            assert fake_key(shown) == token.pin_key, "the PIN that is shown last is the PIN"
        if text == COUNTED:
            assert rig.registry.uses[-1] == (kept.row, token.accounts[kept.token_id]["counter"] - 1)
    assert resumed == {None, "begun", "claimed", "proved", "recorded", "done"} | (
        {"locked"} if text == LOCKED else set()
    ), "every step was interrupted"


def recorded(rig, token):
    """Cut off when all but the papers was done."""

    def around(name):
        if name == "deliver":
            raise Cut
        return nullcontext()

    rig.operator.around = around
    with pytest.raises(Cut):
        provision(rig, token)
    rig.operator.around = nullcontext


def test_an_interrupted_row_waits_for_its_token_and_others_go_on(rig):
    first = new_token("1")
    recorded(rig, first)
    assert provision(rig, new_token("2")).label == "A-002"
    assert provision(rig, first).label == "A-001"
    agree(rig, first, "A-001")


def test_a_recorded_row_is_proved_and_not_made_again(rig):
    token = new_token()
    recorded(rig, token)
    secret = token.accounts[1]["secret"]
    token.calls.clear()
    provision(rig, token)
    assert token.accounts[1]["secret"] == secret
    assert not {"account.add", "store.reset", "token.claim"} & {name for name, _ in token.calls}
    assert rig.operator.delivered[0][1].secret == base64.b64decode(secret)


def test_a_recorded_row_of_another_secret_is_made_anew(rig):
    token = new_token()
    recorded(rig, token)
    token.accounts[1]["secret"] = base64.b64encode(b"another secret......").decode()
    provision(rig, token)
    agree(rig, token, "A-001")


# --- secrets


def test_the_journal_and_what_is_said_hold_no_secret(rig, tmp_path):
    token = new_token()
    provision(rig, token, "user,account,pin\nalice,Example:alice,random")
    secret = base64.b64decode(token.accounts[1]["secret"])
    pin = rig.operator.delivered[0][2]
    forms = [secret, base64.b64encode(secret), base64.b32encode(secret), secret.hex().encode(), pin.encode()]
    forms += [bytes(MASTER), token.owner, token.pin_key]
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir()) + str(rig.operator.said).encode()
    assert b"A-001" not in written  # the label is the user's name here
    assert b"alice" in written
    assert not [form for form in forms if form in written]

"""doctor: every state a token can tell of becomes a check with a remedy."""

import pytest

from support.fake_port import FakePort, FakeToken
from ticktap.clock import host_sync_status, sync
from ticktap.device import token_choice, transport
from ticktap.device.client import Client
from ticktap.device.owner_key import KeyLocation, token_key
from ticktap.device.token_choice import Token
from ticktap.device.transport import Candidate
from ticktap.diagnostics import doctor
from ticktap.errors import NoToken, TokenError


@pytest.fixture
def token(monkeypatch):
    """The only token there is, on a computer with a synchronised clock."""
    served = FakeToken()
    status = served.do_status()
    served.do_status = lambda: status | {"clock": served.do_clock_get()}
    served.status = status
    monkeypatch.setattr(
        host_sync_status, "read_status", lambda: host_sync_status.HostSyncStatus("chrony", True)
    )
    monkeypatch.setattr(
        token_choice,
        "list_devices",
        lambda choice: [(Candidate("/dev/x", product="ticktap"), served.do_hello())],
    )
    monkeypatch.setattr(
        token_choice,
        "open_token",
        lambda choice: Token(Client(FakePort(served)), served.do_hello(), "/dev/x"),
    )
    return served


def look(token, name):
    """The checks of that name."""
    found = [check for check in doctor.checks(host=token.time) if check.name == name]
    assert all(check.remedy for check in found if check.ok is False)
    return found


def test_a_good_set_up_has_nothing_bad(token):
    token.do_account_add(name="alice", secret="")
    assert [check for check in doctor.checks(host=token.time) if check.ok is False] == []


@pytest.mark.parametrize("state", ["absent", "bus", "stopped", "early"])
def test_the_clocks_states(token, state):
    token.clock_state = state
    (check,) = look(token, "token clock")
    assert check.ok is False
    assert state in check.detail


@pytest.mark.parametrize(("error", "ok"), [(0.3, True), (-0.9, True), (1.2, False), (-30.0, False)])
def test_how_far_the_clock_is_off(token, error, ok):
    token.clock_error = error
    (check,) = look(token, "token clock")
    assert check.ok is ok
    assert f"{error:+.1f}" in check.detail
    assert ("clock sync" in check.remedy) is not ok


def test_a_clock_that_cannot_be_measured_ends_the_checks_with_its_reason(token):
    token.unix = lambda: 1800000000
    assert doctor.checks(host=token.time)[-1].detail == "the token's clock has stopped"


@pytest.mark.parametrize(
    ("store", "ok", "words"),
    [
        ({"state": "blank", "used": 0}, True, "blank"),
        ({"state": "foreign"}, False, "token reset"),
        ({"state": "newer"}, False, "Update"),
        ({"state": "no-key"}, False, "token reset"),
        ({"used": 4000}, False, "token compact"),
        ({"damaged": 2}, False, "2 damaged"),
        ({"state": "strange"}, False, "Update"),
    ],
)
def test_the_stores_states(token, store, ok, words):
    token.status["store"] |= store
    (check,) = look(token, "store")
    assert check.ok is ok
    assert words in check.detail + check.remedy


@pytest.mark.parametrize(
    ("last", "ok"),
    [
        ("none", True),
        ("typed", True),
        ("waiting", None),
        ("no-account", False),
        ("clock", False),
        ("no-host", False),
        ("host-stopped", False),
        ("store", False),
        ("new-word", None),
    ],
)
def test_what_became_of_the_last_press(token, last, ok):
    token.status["last"] = last
    assert [check.ok for check in look(token, "last press")] == [ok]


@pytest.mark.parametrize(("num_lock", "ok"), [(True, True), (False, True), (None, None)])
def test_num_lock(token, num_lock, ok):
    token.status["host"]["num_lock"] = num_lock
    assert [check.ok for check in look(token, "num lock")] == [ok]


def test_a_host_that_takes_no_keys(token):
    token.status["host"]["connected"] = False
    assert [check.ok for check in look(token, "keyboard")] == [False]


@pytest.mark.parametrize(
    ("digits", "ok", "words"),
    [("row", None, "number row, for layout fr"), ("keypad", True, "keypad"), ("switch", True, "Num Lock")],
)
def test_it_says_on_which_keys_digits_are_typed(token, digits, ok, words):
    token.settings |= {"layout": "fr"}
    token.status["host"]["digits"] = digits
    (check,) = look(token, "typing")
    assert (check.ok, "--typing" in check.remedy) == (ok, digits == "row")
    assert words in check.detail


def test_faults_are_reported(token):
    token.status |= {"faults": 2, "fault": "MemoryError"}
    (check,) = look(token, "faults")
    assert "2 errors" in check.detail
    assert "MemoryError" in check.detail


@pytest.mark.parametrize(
    ("form", "place", "said"),
    [
        ("compiled", "fob/hw/main.py:400", " at fob."),
        ("compiled", "elsewhere.py:7", " at elsewhere.py line 7"),
        ("source", "lib/fob/store/token_store.py:77", " at lib/fob/store/token_store.py line 77"),
        ("source", "", "KeyError'"),
    ],
)
def test_a_fault_is_told_with_its_place_in_the_source(token, form, place, said):
    token.status |= {"faults": 1, "fault": "KeyError", "fault_at": place, "form": form}
    (check,) = look(token, "faults")
    assert said in check.detail


def test_other_versions_are_noted(token):
    token.hello["firmware"] = "0.2.0"
    assert [check.ok for check in look(token, "firmware")] == [None]


def test_maintenance_mode_is_told(token):
    token.hello["mode"] = "maintenance"
    assert [check.ok for check in look(token, "mode")] == [False]


def test_an_impossible_host_clock(token):
    token.time.now = sync.RELEASED - 10.0
    assert [check.ok for check in look(token, "host clock")] == [False]


@pytest.mark.parametrize(("synchronised", "ok"), [(True, True), (False, None), (None, None)])
def test_the_keeper_of_the_host_clock(token, monkeypatch, synchronised, ok):
    monkeypatch.setattr(
        host_sync_status, "read_status", lambda: host_sync_status.HostSyncStatus("ntpd", synchronised)
    )
    (check,) = look(token, "host clock")
    assert check.ok is ok
    assert "ntpd" in check.detail


def test_no_token(token, monkeypatch):
    def none(choice):
        raise NoToken("no token found", "Plug one in.")

    monkeypatch.setattr(token_choice, "open_token", none)
    assert [(check.ok, check.remedy) for check in look(token, "token")] == [(False, "Plug one in.")]


def test_a_token_that_goes_away_meanwhile(token):
    def gone():
        raise TokenError("gone", "Plug it in.")

    token.do_settings_get = gone
    assert (doctor.checks(host=token.time)[-1].name, doctor.checks(host=token.time)[-1].ok) == (
        "token",
        False,
    )


def test_no_permission_is_told(token, monkeypatch, tmp_path):
    closed = tmp_path / "port"
    closed.touch()
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: False)
    candidate = Candidate(str(closed), product="ticktap", why_rejected="no permission")
    monkeypatch.setattr(token_choice, "list_devices", lambda choice: [(candidate, None)])
    (check,) = look(token, "permission")
    assert check.remedy == transport.permission_remedy(str(closed))


def test_a_computer_without_ports(token, monkeypatch):
    monkeypatch.setattr(token_choice, "list_devices", lambda choice: [])
    (check,) = look(token, "port")
    assert "no serial port" in check.detail


@pytest.mark.parametrize(
    ("pin", "ok", "words"),
    [
        ({}, None, "none: anyone who reads"),
        ({"set": True, "tries": 8}, True, "unlocked; tries left: 8"),
        ({"set": True, "locked": True, "tries": None}, True, "locked; no limit of tries"),
        ({"set": True, "locked": True, "tries": 3}, False, "tries left: 3"),
        ({"set": True, "locked": True, "tries": 5, "replug": True}, False, "must be replugged"),
    ],
)
def test_the_pin(token, pin, ok, words):
    token.status["pin"] |= pin
    (check,) = look(token, "pin")
    assert check.ok is ok
    assert words in check.detail
    assert "pin.unlock" not in [name for name, _ in token.calls], "it tries none"


def test_a_token_without_an_owner_is_told(token):
    (check,) = look(token, "owner")
    assert check.ok is None
    assert "ticktap token claim" in check.remedy


def test_an_owner_whose_key_is_not_here(token, tmp_path, monkeypatch):
    monkeypatch.setenv("TICKTAP_HOME", str(tmp_path))
    token.owner = bytes(32)
    (check,) = look(token, "owner")
    assert check.ok is None
    assert "not here" in check.detail
    assert look(token, "typing")[0].detail == "not shown without the owner key"
    assert list(tmp_path.iterdir()) == []


def test_an_owner_with_the_key(token, tmp_path, monkeypatch):
    monkeypatch.setenv("TICKTAP_HOME", str(tmp_path))
    token.owner = bytes(token_key(KeyLocation().create(), token.hello["serial"], token.salt))
    assert look(token, "owner")[0].ok is True
    assert "number row" in look(token, "typing")[0].detail


@pytest.mark.parametrize(
    ("reason", "what", "remedy"),
    [
        ("missing", "has no store file", "firmware install"),
        ("wrong-size", "does not have the size", "delete the file"),
        ("fragmented", "is fragmented", "rewrites the store file"),
        ("read-only", "the computer uses the drive", "without holding its button"),
        ("worn", "does not retain", "another token"),
        ("of later firmware", "cannot be used", "Update ticktap"),
    ],
)
def test_why_the_store_file_is_not_used_is_told(token, reason, what, remedy):
    assert look(token, "store file") == []
    token.status["store"].update(file=False, file_reason=reason)
    (check,) = look(token, "store file")
    assert check.ok is False
    assert what in check.detail and remedy in check.remedy


def test_a_locked_press_is_told(token):
    token.status["last"] = "locked"
    (check,) = look(token, "last press")
    assert "'ticktap unlock'" in check.remedy

"""Enrolling: the token's code is checked here, and what cannot be proved is taken back."""

import pytest

from support.fake_port import FakePort, Fault
from ticktap.device.client import Client
from ticktap.enrolment import prove
from ticktap.errors import ClockUntrusted, NotVerified, Refused, TokenError
from ticktap.otp.account import Account

SECRET = b"12345678901234567890"
ACCOUNTS = [
    Account("Example", "alice", SECRET),
    Account("Example", "long", SECRET, algorithm="SHA512", digits=10, period=45),
    Account("Example", "hotp", SECRET, type="hotp", counter=7),
    Account("Steam", "gamer", SECRET, type="steam"),
]


@pytest.fixture
def port():
    return FakePort()


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.name)
def test_a_right_code_proves_the_account(port, account):
    asked = []
    number, proof = prove.enrol(Client(port), account, lambda: asked.append(1))
    assert asked == [1]
    assert [name for name, _ in port.token.calls] == ["account.add"], "one call, one press"
    assert number in port.token.accounts
    assert (proof.counter, proof.unix is None) == ((7, True) if account.type == "hotp" else (None, False))


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.name)
def test_a_wrong_code_takes_it_back(port, account):
    port.token.finger = "wrong"
    with pytest.raises(NotVerified) as failure:
        prove.enrol(Client(port), account, lambda: None)
    assert port.token.accounts == {}
    assert failure.value.remedy.startswith("The account was removed")


def test_a_right_code_at_another_counter_is_no_proof(port):
    account = ACCOUNTS[2]
    reply = {"code": prove.code_check.code_at(account, 7), "counter": 8}
    with pytest.raises(NotVerified):
        prove.prove(account, reply)


def test_nothing_is_written_when_nobody_presses(port):
    port.token.finger = "none"
    with pytest.raises(Refused):
        prove.enrol(Client(port), ACCOUNTS[0], lambda: None)
    assert port.token.last_id == 0


def test_what_cannot_be_known_is_told(port):
    port.write = lambda data: None
    with pytest.raises(TokenError, match="did not answer") as failure:
        prove.enrol(Client(port), ACCOUNTS[0], lambda: None)
    assert "may be on the token already" in failure.value.remedy


@pytest.mark.parametrize("pressed", [True, False], ids=["pressed", "not pressed"])
def test_an_interruption_leaves_no_account(port, pressed):
    """Ctrl-C while the answer is on its way, and before there is one."""
    read, left = port.read_line, []

    def interrupt(timeout):
        port.read_line = read
        if not pressed:
            left.extend(port.answers)
            port.answers.clear()
            port.token.accounts.clear()
            port.token.order.clear()
        raise KeyboardInterrupt

    port.read_line = interrupt
    with pytest.raises(KeyboardInterrupt):
        prove.enrol(Client(port), ACCOUNTS[0], lambda: None)
    assert port.token.accounts == {}
    expected = ["account.add", "press.cancel"] + (["session.call", "account.remove"] if pressed else [])
    assert [name for name, _ in port.token.calls] == expected


def test_an_account_that_stays_is_named_in_the_remedy(port):
    def fail(**params):
        raise Fault(-32603, "OSError")

    port.token.finger, port.token.do_account_remove = "wrong", fail
    with pytest.raises(NotVerified) as failure:
        prove.enrol(Client(port), ACCOUNTS[0], lambda: None)
    assert "still on the token: 'ticktap account remove 1'" in failure.value.remedy


@pytest.mark.parametrize("account", ACCOUNTS, ids=lambda account: account.name)
def test_only_counters_do_without_a_clock(port, account):
    port.token.clock_state = "early"
    if account.type == "hotp":
        prove.require_clock(Client(port), account)
        return
    with pytest.raises(ClockUntrusted, match="early"):
        prove.require_clock(Client(port), account)

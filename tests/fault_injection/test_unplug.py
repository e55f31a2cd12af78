"""The cable pulled in the middle of commands, two hosts on one port, late replies: in short."""

import json
from random import Random

import pytest

from fault_injection import unplug
from support import two_hosts
from support.unpluggable_desk import Desk
from ticktap.device.client import Client
from ticktap.device.transport import SerialPort
from ticktap.errors import NoToken
from ticktap.simulator.real_time import RealTimeToken

STRIDE = 53
ADD, SET = 3, 3  # numbers of the requests account.add and settings.set in their commands


@pytest.fixture(scope="module")
def desk():
    with Desk() as desk:
        yield desk


@pytest.fixture(scope="module")
def campaign(desk):
    return unplug.Campaign(desk)


@pytest.mark.parametrize("command", unplug.COMMANDS)
def test_a_cable_pulled_leaves_nothing_half_made(campaign, command):
    trials = list(campaign.trials(command, STRIDE))
    assert len(trials) >= 3
    assert [trial for trial in trials if trial.kind not in ("before", "after")] == []


def test_settings_change_all_or_none(campaign):
    """At each quarter of a millisecond of the request that changes three of them."""
    trials = list(campaign.trials("settings set", after=SET))
    assert {trial.kind for trial in trials} == {"before", "after"}


def test_an_enrolment_that_was_cut_is_explained_when_it_is_repeated(campaign):
    """The answer to account.add never came: the account is there, whole, and the next try says so."""
    for trial in campaign.trials("account add", after=ADD):
        if unplug.left_behind(trial) == "hinted":
            break
    else:
        pytest.fail("no cut came between the account and its number")
    campaign.desk.replug()
    repeated = campaign.desk.again(*unplug.COMMANDS["account add"])
    assert repeated.code == 6
    assert "is already on the token (number 4)" in repeated.err


@pytest.fixture(scope="module")
def shared():
    with Desk() as desk:
        two_hosts.prepare(desk)
        yield desk


def test_the_system_keeps_two_careful_programs_apart():
    with RealTimeToken.start(rtc_set=True) as live:
        path = live.wait_for_port()
        with Client(SerialPort(path)) as first:
            with pytest.raises(NoToken, match="in use by another program") as caught:
                SerialPort(path)
            assert caught.value.remedy
            assert first.hello()["product"] == "ticktap"


@pytest.mark.parametrize("second", two_hosts.CALLS)
@pytest.mark.parametrize("first", ["add", "settings"])
def test_two_hosts_mixed(shared, first, second):
    two_hosts.mixed(shared, first, second, at=Random(first + second).randrange(90), chance=Random(second))


@pytest.mark.parametrize("second", two_hosts.WAITING_CALLS)
def test_a_second_host_while_one_waits_for_a_press(shared, second):
    refused = second in ("code", "type", "compact", "remove")
    cancelled = second == "cancel"
    assert two_hosts.while_waiting(shared, second) == (not refused, not cancelled)


@pytest.mark.parametrize("seed", range(3))
def test_replies_of_earlier_programs_are_not_believed(shared, seed):
    assert two_hosts.stale(shared, seed) > 10


def test_a_torn_reply_is_no_reply():
    reply = json.dumps({"jsonrpc": "2.0", "id": 1, "result": {"a": 1}}).encode() + b"\n"
    *torn, whole = two_hosts.torn_replies(reply)
    assert whole
    assert not any(torn)

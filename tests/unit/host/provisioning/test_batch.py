"""A box: several tokens side by side, unplugged and plugged in, until every row is finished."""

import json
import threading

import pytest

from support.provisioning_bench import Bench
from support.provisioning_fakes import new_token, rows
from ticktap.errors import NotFound, PortUnavailable, Refused
from ticktap.provisioning.plan import finished, plan, release

LATER = 20  # seconds in which the next token is plugged in


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    made.registry.close()


def test_three_at_once(bench):
    tokens = [new_token(serial) for serial in ("1", "2", "3")]
    bench.plug(*tokens)
    assert bench.run().all_done()
    planned = plan(rows(), bench.rig.entries(), bench.registry)
    done = finished(planned, bench.registry)
    assert [each.label for each in done] == ["A-001", "A-002", "A-003"]
    assert {each.serial for each in done} == {"1", "2", "3"}
    for token in tokens:
        (mine,) = [each for each in done if each.serial == token.hello["serial"]]
        assert token.hello["name"] == mine.label
        assert [each["name"] for each in token.accounts.values()] == [mine.account.name]
    assert not bench.registry.audit.check().faults
    assert {each.holder for each in bench.registry.tokens.all()} == {"alice", "bob", "carol"}


def test_the_press_decides_which_is_whose(bench):
    """Three wait; they are pressed in another order than they were plugged in."""
    tokens = {serial: new_token(serial) for serial in ("1", "2", "3")}
    bench.everybody = False
    waiting = set()
    order = ["3", "1", "2"]

    def on(what, *about):
        if what == "waits":
            waiting.add(about[0])
        if len(waiting) == 3 and what in ("waits", "unplug") and order:
            bench.pressing.add(order.pop(0))

    bench.plug(*tokens.values())
    assert bench.run(on=on).all_done()
    assert bench.said("chosen") == [("3", "A-001"), ("1", "A-002"), ("2", "A-003")]


def test_they_come_one_after_the_other(bench):
    """The next is plugged in when the one before is finished and was unplugged."""
    tokens = [new_token(serial) for serial in ("1", "2", "3")]
    left = tokens[1:]

    def on(what, *about):
        if what == "unplug" and left:
            (done,) = bench.plugged.values()
            bench.unplug(done)
            bench.plug(left.pop(0))

    bench.plug(tokens[0])
    assert bench.run(on=on, unplugging=True, patience=LATER).all_done()
    assert [serial for serial, _ in bench.said("unplug")] == ["1", "2", "3"]


def test_the_last_one_is_told_of_too(bench):
    bench.plug(new_token("1"))
    assert bench.run("user,account\nalice,E:alice\n", unplugging=True).all_done()
    assert bench.said("unplug") == [("1", "alice")]


def test_one_flashes_at_a_time(bench):
    """Of two that are finished the second is told of when the first is unplugged."""
    tokens = {serial: new_token(serial) for serial in ("1", "2")}
    flashing = []

    def on(what, *about):
        if what == "unplug":
            flashing.append(about[0])
            assert len(flashing) == 1
        if what == "reached" and about[1] == "done" and len(bench.said("reached")) > 0:
            both = [each for each in bench.said("reached") if each[1] == "done"]
            if len(both) == 2 and flashing:
                bench.unplug(tokens[flashing.pop()])

    bench.plug(*tokens.values())
    assert bench.run(
        "user,account\nalice,E:alice\nbob,E:bob\n", on=on, unplugging=True, patience=LATER
    ).all_done()


def test_a_cable_that_is_pulled_in_the_middle(bench):
    """The row goes on with the same token when it comes back, and another token gets the next row."""
    first, second = new_token("1"), new_token("2")
    pulled = []

    def on(what, *about):
        if what == "reached" and about == ("1", "claimed") and not pulled:
            pulled.append(1)
            bench.unplug(first)
            bench.plug(second)
        if what == "unplug" and about[0] == "2":
            bench.plug(first)

    bench.plug(first)
    pool = bench.run("user,account\nalice,E:alice\nbob,E:bob\n", on=on, patience=LATER)
    assert pool.all_done()
    assert {each.label: each.serial for each in bench.rig.entries()} == {"alice": "1", "bob": "2"}
    assert [each.where for each in bench.box.rejected] == ["1"]
    assert "is gone" in bench.box.rejected[0].reason
    assert list(first.accounts) == [1]


@pytest.mark.parametrize("moment", ["waits", "chosen", "press", "reached"])
def test_an_interruption_ends_all_work_and_the_next_run_goes_on(bench, moment):
    """Ctrl-C while one token waits for its first press and others are in the middle."""
    tokens = [new_token(serial) for serial in ("1", "2", "3")]
    bench.plug(*tokens)
    waiting = new_token("4")
    bench.everybody, bench.pressing = False, {"1", "2", "3"}

    def on(what, *about):
        if what == moment:
            bench.box.stop.set()

    bench.plug(waiting)
    before = threading.active_count()
    pool = bench.run(on=on)
    assert not pool.all_done()
    assert threading.active_count() == before
    assert all(port.closed for port in bench.open)
    bench.rig.operator = type(bench.rig.operator)()
    bench.unplug(waiting)
    bench.everybody = True
    assert bench.run().all_done()
    assert len(bench.registry.all()) == 3
    for token in tokens:
        assert len(token.accounts) == 1
    assert (waiting.accounts, waiting.owner) == ({}, None)


def test_a_request_that_waits_is_taken_back(bench):
    bench.everybody = False
    bench.plug(token := new_token("1"))
    bench.run(on=lambda what, *about: bench.box.stop.set())
    assert "press.cancel" in [name for name, _ in token.calls]
    assert token.owner is None


def test_used_tokens_are_refused_beside_the_others(bench):
    used, good = new_token("1"), new_token("2")
    used.owner = bytes(32)
    bench.plug(used, good)
    pool = bench.run()
    assert {row.label for row in pool.free()} == {"A-002", "A-003"}
    assert [(each.where, each.label) for each in bench.box.rejected] == [("1", None)]
    assert "has another owner" in bench.box.rejected[0].reason
    assert bench.box.rejected[0].remedy


def test_a_row_that_another_ticktap_began_meanwhile_is_left_to_it(bench):
    bench.everybody = False

    def on(what, *about):
        if what == "waits":
            with bench.shop() as shop:
                shop.progress.begin("A-001", "alice", "Example:alice@example.com", "elsewhere")
            bench.everybody = True

    bench.plug(new_token("1"))
    pool = bench.run(on=on)
    assert bench.said("chosen") == [("1", "A-002")]
    assert [each.serial for each in pool.waiting()] == ["elsewhere"]


def test_a_port_that_cannot_be_opened_is_told(bench):
    def refuse(path):
        raise PortUnavailable("no permission to open it", "Join the group.", "denied")

    bench.connect = refuse
    bench.plug(new_token("1"))
    bench.run()
    assert bench.said("refused") == [("/dev/1", "no permission to open it")]


def test_a_console_beside_the_port_of_a_token_is_passed_over(bench):
    """Where the system does not name the ports of a device; a port of a token that never answers is told."""
    bench.consoles = [("/dev/console", "1")]
    bench.plug(new_token("1"))
    assert bench.run("user,account\nalice,E:alice\n").all_done()
    assert bench.said("refused") == []
    bench.consoles = [("/dev/other", "2")]
    bench.unplug(bench.plugged["/dev/1"])
    bench.run(patience=2)
    ((where, words),) = bench.said("refused")
    assert where == "/dev/other"
    assert "did not answer" in words


def test_a_token_too_many(bench):
    tokens = [new_token(serial) for serial in ("1", "2", "3", "4")]
    bench.plug(*tokens)
    assert bench.run().all_done()
    assert sum(token.owner is None for token in tokens) == 1
    assert len(bench.registry.tokens.all()) == 3


def test_what_is_left_is_told(bench):
    broken = new_token("1")
    broken.finger = "wrong"
    bench.plug(broken)
    bench.run()
    assert bench.said("left")[-1] == (["A-002", "A-003"], ["A-001"])


def test_a_row_whose_token_does_not_come_back_is_freed(bench):
    broken = new_token("1")
    broken.finger = "wrong"
    bench.plug(broken)
    bench.run()
    with bench.shop() as shop:
        assert release("A-001", shop.progress, bench.registry).serial == "1"
        with pytest.raises(NotFound):
            release("A-001", shop.progress, bench.registry)
    bench.unplug(broken)
    bench.plug(new_token("2"), new_token("3"), new_token("4"))
    assert bench.run().all_done()
    with bench.shop() as shop, pytest.raises(Refused):
        release("A-001", shop.progress, bench.registry)


def test_a_label_of_another_user_is_refused(bench):
    bench.plug(new_token("1"))
    bench.run("user,account,label\nalice,E:alice,A-001\n")
    entries = bench.rig.entries()
    with pytest.raises(Refused, match="was begun for alice"):
        plan(rows("user,account,label\nbob,E:bob,A-001\n"), entries, bench.registry)
    with pytest.raises(Refused, match="a token of alice in the registry"):
        plan(rows("user,account,label\nbob,E:bob,A-001\n"), [], bench.registry)
    bench.registry.tokens.mark_lost("1")
    (planned,) = plan(rows("user,account,label\nalice,E:alice,A-001\n"), entries, bench.registry)
    assert planned.state == "gone"
    assert finished([planned], bench.registry) == []


def test_an_error_that_nobody_foresaw_ends_the_run(bench):
    def on(what, *about):
        if what == "chosen":
            raise ZeroDivisionError

    bench.plug(new_token("1"))
    with pytest.raises(ZeroDivisionError):
        bench.run(on=on)


def test_what_two_tokens_answer_does_not_mix(bench):
    """Every reply that a client saw was to a call of its own token."""
    tokens = [new_token(serial) for serial in ("1", "2", "3")]
    bench.plug(*tokens)
    bench.run()
    for token in tokens:
        claims = [params for name, params in token.calls if name == "token.claim"]
        assert len(claims) == 1
    assert (
        len({json.dumps(params) for token in tokens for name, params in token.calls if name == "account.add"})
        == 3
    )


def test_a_port_that_does_not_answer_yet_is_asked_again(bench):
    token = new_token("1")
    bench.plug(token)
    tries = []
    connect = bench.connect

    def slow(path):
        port = connect(path)
        write = port.write

        def starting(data):
            tries.append(data)
            if len(tries) > 2:
                write(data)

        port.write = starting
        return port

    bench.connect = slow
    pool = bench.run("user,account\nalice,E:alice\n")
    assert pool.all_done()
    assert not bench.box.rejected


def test_clients_are_closed(bench):
    bench.plug(new_token("1"))
    bench.run("user,account\nalice,E:alice\n")
    assert bench.open
    assert all(port.closed for port in bench.open)

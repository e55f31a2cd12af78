"""A box of virtual tokens, with the unchanged firmware, from their bags to sign-ins at the registry."""

import pytest

from support.provisioning_table import Table, typed
from ticktap.clock.history import ClockHistory
from ticktap.errors import Refused
from ticktap.provisioning.inventory import items
from ticktap.verifier.sign_in import SignIn

MANIFEST = """user,account,label,pin
alice,Example:alice,A-001,random
bob,otpauth://hotp/Example:bob?digits=8,A-002,none
carol,otpauth://totp/Example:carol?algorithm=SHA512,A-003,none
"""
SERIALS = (b"number 1", b"number 2", b"number 3")


@pytest.fixture
def table(tmp_path, make_virtual_token, drive):
    def make(*serials):
        tokens = [
            make_virtual_token(drive=drive, serial=serial, rtc_set=False, store_file=True)
            for serial in serials
        ]
        made.append(Table(tmp_path, tokens))
        return made[-1]

    made = []
    yield make
    for each in made:
        each.registry.close()


def test_three_at_once_sign_in_with_what_they_type(table):
    box = table(*SERIALS)
    assert box.run(MANIFEST).queue.all_done()
    done = box.finished(MANIFEST)
    assert done.keys() == {"A-001", "A-002", "A-003"}
    for label, each in done.items():
        token = box.tokens[each.serial]
        assert abs(token.rtc.unix - token.unix) < 0.01
        if label == "A-001":
            token.unplug()
            token.plug()
            assert typed(token) == "", "it wants its PIN after it was unplugged"
            continue
        code = typed(token)
        box.registry.time = lambda token=token: token.unix
        assert SignIn(box.registry).verify(each.user, code).ok
        assert not SignIn(box.registry).verify(each.user, code).ok, "once"
    with ClockHistory.open(box.rig.folder / "clocks.db") as history:
        found = items(box.registry.tokens.all(), history, box.now())
    assert [(each.label, each.holder, each.clock) for each in found] == [
        ("A-001", "alice", "ok"), ("A-002", "bob", "ok"), ("A-003", "carol", "ok"),
    ]  # fmt: skip
    assert not box.registry.audit.check().faults


ONE = "user,account,label,pin\nalice,Example:alice,A-001,{pin}\n"
MOMENTS = [
    *(
        ("press", "become its owner"),
        ("reached", "claimed"),
        ("press", "set its PIN"),
        ("reached", "PIN set"),
    ),
    *(("press", "to add"), ("reached", "account proved"), ("reached", "in the registry")),
]


@pytest.mark.parametrize("pin", ["none", "random"])
def test_a_cable_that_is_pulled_at_any_moment(table, pin):
    """Each time it is plugged in again the token goes on, or begins anew; it is whole in the end."""
    box = table(SERIALS[0])
    (token,) = box.tokens.values()
    left = [each for each in MOMENTS if pin == "random" or "PIN" not in each[1]]

    def cut(what, *about):
        if left and what == left[0][0] and left[0][1] in about[-1]:
            left.pop(0)
            token.unplug()
            raise Refused("the cable is pulled")

    box.operator.cut = cut
    text = ONE.format(pin=pin)
    for _ in range(len(MOMENTS) + 1):
        if not token.plugged:
            token.plug()
            token.advance(1000)
        if box.run(text).queue.all_done():
            break
    assert not left
    (done,) = box.finished(text).values()
    assert box.registry.users.find("alice").id == box.registry.all()[0].user_id
    assert len(box.registry.all()) == len(box.registry.tokens.all()) == 1
    if pin == "none":
        box.registry.time = lambda: token.unix
        assert SignIn(box.registry).verify("alice", typed(token)).ok
    else:
        assert len(box.operator.delivered[-1][2]) == 11
    assert token.error is None
    assert done.serial == token.serial

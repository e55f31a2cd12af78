"""A whole database put back as it was: only what was written down elsewhere reveals it."""

import json

import pytest

from signin.desk import ACCOUNT
from signin.test_syslog_events import Collector
from signin.writer import copy, put_back
from ticktap.registry import Registry, RegistryError

EVERYTHING = dict.fromkeys(
    ("audit_log", "factors", "accounts", "tokens", "used_counters", "users", "decoys", "key_check"), "1 = 1"
)


def anchors_in(file):
    documents = [json.loads(line) for line in file.read_text().splitlines()]
    return [{chain: tuple(end) for chain, end in each["chains"].items()} for each in documents]


@pytest.fixture
def anchored(desk, tmp_path):
    """The registry, opened with a file of anchors."""
    file = tmp_path / "anchors"
    with Registry.open(desk.where, desk.key, time=lambda: desk.now, anchors=file) as registry:
        yield registry, file


def test_each_change_adds_an_anchor_that_reveals_what_is_put_back_later(desk, anchored):
    registry, file = anchored
    desk.add()
    registry.users.add("bob")
    old = copy(desk, **EVERYTHING)
    registry.users.disable("ann")
    found = anchors_in(file)
    assert len(found) == 2 and file.stat().st_mode & 0o777 == 0o600
    assert registry.audit.check(found).faults == []
    put_back(desk, old)
    assert registry.audit.check().faults == []  # as it was, and genuine
    (fault,) = registry.audit.check(found).faults
    assert fault.startswith("the registry itself: it differs from its earlier state with")


def test_sign_ins_are_anchored_on_request(desk, anchored):
    registry, file = anchored
    desk.add()
    old = copy(desk, **EVERYTHING)
    assert desk.verify(desk.code()).ok
    registry.audit.record_ends()
    put_back(desk, old)
    assert registry.audit.check().faults == []
    assert registry.audit.check(anchors_in(file)).faults


def test_a_user_put_back_after_the_ends_were_recorded_is_found_without_an_anchor(desk):
    desk.add()
    number = desk.registry.users.find("ann").id
    mine = f"user_id = {number}"
    old = copy(desk, users=f"id = {number}", accounts=mine, audit_log=mine, used_counters="1 = 1")
    code = desk.code()
    assert desk.verify(code).ok
    desk.registry.audit.record_ends()
    put_back(desk, old)
    assert any(fault.startswith("ann: it differs from") for fault in desk.registry.audit.check().faults)


def test_a_registry_emptied_and_filled_again_is_found(desk, anchored):
    registry, file = anchored
    desk.add()
    registry.users.add("bob")
    with registry.engine.writing() as run:
        for table in EVERYTHING:
            run(f"delete from {table}")
    registry.users.add("ann")
    assert registry.audit.check().faults == []
    assert registry.audit.check(anchors_in(file)[:1]).faults


def test_nothing_new_records_nothing(desk):
    desk.add()
    first = desk.registry.audit.record_ends()
    assert desk.registry.audit.record_ends() == first


def test_a_change_whose_anchor_cannot_be_written_says_so(desk, tmp_path):
    with Registry.open(desk.where, desk.key, anchors=tmp_path) as registry:
        with pytest.raises(RegistryError, match="the change was made"):
            registry.users.add("bob")
        assert registry.users.find("bob")


def test_the_syslog_receiver_gets_anchors_too(desk):
    desk.registry.syslog = Collector()
    desk.add(account=ACCOUNT)
    (registry_end,) = desk.registry.audit.record_ends().values()
    anchors = [detail for _, what, detail in desk.registry.syslog.events if what == "anchor"]
    assert len(anchors) == 3 and anchors[-1] == {"entries": registry_end[0], "mac": registry_end[1]}

"""What the store knows in RAM is what is on flash: after anything, and when memory runs out in between."""

from random import Random

import pytest

from fob.store.locations import AccountOrder, Locations
from fob.store.record_store import Unusable
from fob.store.replayed_state import ReplayedState
from fob.store.stored_records import UNREAD
from unit.firmware.store.test_store_cuts import account, filled, opened, state

STEPS = 500


def index_of(store):
    """All that the replayed state has, but for what only a start can know."""
    return {name: value for name, value in vars(store.records.replayed).items() if name != "removed"}


def do_something(store, chance):
    ids = list(store.order)
    id = chance.choice(ids)
    kind = chance.randrange(12)
    if kind < 3 and len(ids) < 60:
        store.add(account(chance.randrange(99), chance.choice(("totp", "hotp")), chance.randrange(9)))
    elif kind < 5:
        store.rename(id, "I" * chance.randrange(1, 60), f"name {chance.random()}")
    elif kind == 5:
        store.move(id, chance.randrange(len(ids)))
    elif kind == 6:
        store.set_default(id)
    elif kind == 7 and len(ids) > 10:
        store.remove(id)
    elif kind == 8:
        store.change_settings({"min_remaining_s": chance.randrange(9)})
    elif kind == 9:
        store.set_name(f"name {chance.random()}")
    else:
        counting = [each for each in ids if store.account(each).type == "hotp"]
        for _ in range(chance.randrange(40)):
            store.use_counter(chance.choice(counting))


@pytest.mark.parametrize("seed", range(4))
def test_the_replayed_state_is_what_a_start_makes_of_the_flash(seed):
    """Records that move to a segment are only told to the replayed state; a start reads all of them."""
    chance = Random(seed)
    flash, store = filled(12, sectors=30)
    checkpoints = 0
    for _ in range(STEPS):
        epoch = store.records.log.epoch
        do_something(store, chance)
        if store.records.log.epoch != epoch:
            checkpoints += 1
            again = opened(flash)
            assert index_of(again) == index_of(store)
            assert state(again) == state(store)
            assert again.records.usage() == store.records.usage()
            assert again.records.next_id == store.records.next_id
    assert checkpoints > 10


@pytest.fixture
def short(monkeypatch):
    """Makes the replayed state run out of memory when it takes in one more record."""

    def fail(method):
        def no_memory(*arguments):
            raise MemoryError

        monkeypatch.setattr(ReplayedState, method, no_memory)

    return fail


@pytest.mark.parametrize("method", ["replay", "relocate"])
def test_out_of_memory_loses_nothing(short, monkeypatch, method):
    """Until everything has been read anew it takes no change: a new generation would leave things out."""
    flash, store = filled(12, sectors=30)
    names = [store.account(id).name for id in store.order]
    short(method)
    with pytest.raises(MemoryError):
        while True:
            names.append(f"more {len(names)}")
            store.add(account(0) if method == "replay" else named(names[-1]))
    if method == "replay":
        names[-1] = account(0).name
    assert store.state == UNREAD
    for change in (lambda: store.remove(1), store.compact, lambda: store.set_name("x")):
        with pytest.raises(Unusable):
            change()
    monkeypatch.undo()
    store.recover()
    for each in (store, opened(flash)):
        found = [each.account(id).name for id in each.order]
        assert found == names if method == "replay" else found == names[: len(found)]
        assert len(found) >= len(names) - 1  # the one that failed may be there
    store.remove(1)
    store.compact()
    assert [store.account(id).name for id in store.order] == found[1:]


def named(name):
    out = account(1)
    out.name = name
    return out


def test_a_start_that_runs_out_of_memory_changes_nothing(short, monkeypatch):
    flash, store = filled(12, sectors=30)
    store.compact()
    before = flash.everything
    short("replay")
    with pytest.raises(MemoryError):
        store.records.load()
    assert store.state == UNREAD
    with pytest.raises(MemoryError):
        store.recover()
    assert flash.everything == before
    monkeypatch.undo()
    store.recover()
    assert len(store.order) == 12


def test_places():
    places, plain, chance = Locations(), {}, Random(1)
    for _ in range(3000):
        id = chance.randrange(1, 400)
        if chance.random() < 0.6:
            places[id] = plain[id] = chance.randrange(1 << 28)
        else:
            places.pop(id)
            plain.pop(id, None)
        assert len(places) == len(plain)
    for id in range(400):
        assert (id in places, places.get(id)) == (id in plain, plain.get(id))
    with pytest.raises(KeyError):
        places[1000]
    assert places.get(1000, 7) == 7


def test_order():
    order, plain, chance = AccountOrder(), [], Random(2)
    for step in range(3000):
        act = chance.random()
        if act < 0.5 or len(plain) < 5:
            order.append(step)
            plain.append(step)
        elif act < 0.7:
            at = chance.randrange(len(plain) + 9)
            order.insert(at, step)
            plain.insert(at, step)
        elif act < 0.8:
            id = chance.choice(plain)
            order.remove(id)
            plain.remove(id)
        else:
            at = chance.randrange(len(plain))
            assert order[at] == plain[at]
        assert (len(order), bool(order)) == (len(plain), bool(plain))
    assert order == plain
    assert list(order) == plain
    for id in plain:
        order.remove(id)
    assert order == []
    for wrong in (lambda: order[0], lambda: order.remove(1)):
        with pytest.raises((IndexError, ValueError)):
            wrong()

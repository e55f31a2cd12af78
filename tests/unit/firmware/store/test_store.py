"""Accounts, order, settings and counters: the same after a fresh start, and after every power cut."""

from contextlib import suppress

import pytest

from fob.otp.account import Account
from fob.store import record_types
from fob.store.log import StoreFull
from fob.store.record_store import Unusable
from fob.store.token_store import Damaged, TokenStore
from support.aes import make_keystore
from support.fake_nvm import FakeNvm, PowerCut


def account(name="alice", type="totp", issuer="Example", counter=0, secret=b"12345678901234567890"):
    return Account(0, issuer, name, type, "SHA1", 6, 0 if type == "hotp" else 30, counter, "none", secret)


def state(store):
    accounts = []
    for id in store.order:
        each = store.account(id)
        accounts.append(
            (id, each.issuer, each.name, each.type, each.counter, each.suffix, bytes(each.secret))
        )
    return store.name, store.default, tuple(accounts), tuple(sorted(store.settings.items()))


def filled(nvm=None):
    store = TokenStore(nvm or FakeNvm(), None, make_keystore())
    for name in ("alice", "bob", "carol"):
        store.add(account(name))
    store.add(account("dave", type="hotp", counter=7))
    return store


CHANGES = {
    "add": lambda s: s.add(account("eve")),
    "add hotp": lambda s: s.add(account("eve", type="hotp", counter=2**64 - 9)),
    "rename": lambda s: s.rename(2, "Exämple", "bob@example.com"),
    "suffix": lambda s: s.set_suffix(1, "enter"),
    "move first": lambda s: s.move(3, 0),
    "move past the end": lambda s: s.move(1, 99),
    "default": lambda s: s.set_default(3),
    "remove": lambda s: s.remove(2),
    "remove the default": lambda s: s.remove(1),
    "name": lambda s: s.set_name("desk"),
    "setting": lambda s: s.change_settings({"min_remaining_s": 5}),
    "press": lambda s: s.use_counter(4),
    "second press": lambda s: s.use_counter(4),
}


def test_every_change_is_there_after_a_restart():
    nvm = FakeNvm()
    store = filled(nvm)
    for change in CHANGES.values():
        before = state(store)
        change(store)
        assert state(store) != before
        assert state(TokenStore(nvm, None, make_keystore())) == state(store)
    assert nvm.erases == 0


@pytest.mark.parametrize("name", CHANGES)
def test_a_cut_anywhere_leaves_the_state_before_or_after(name):
    base = FakeNvm()
    store = filled(base)
    if name == "second press":
        store.use_counter(4)
    before = state(store)
    CHANGES[name](store)
    after = state(store)
    start = bytes(_prepared(name).bytes)
    for bytes_left in range(400):
        nvm = FakeNvm(start, bytes_left=bytes_left)
        try:
            CHANGES[name](TokenStore(nvm, None, make_keystore()))
            finished = True
        except PowerCut:
            finished = False
        nvm.bytes_left = None
        found = state(TokenStore(nvm, None, make_keystore()))
        assert found == after if finished else found in (before, after), bytes_left
        if finished:
            return
    raise AssertionError("the change never finished")


def _prepared(name):
    nvm = FakeNvm()
    store = filled(nvm)
    if name == "second press":
        store.use_counter(4)
    return nvm


def test_hotp_counters_go_up_by_one_and_are_never_used_twice():
    nvm = FakeNvm()
    filled(nvm)
    used = [TokenStore(nvm, None, make_keystore()).use_counter(4) for _ in range(80)]
    assert used == list(range(7, 87))


def test_a_cut_press_never_gives_a_counter_again():
    nvm = FakeNvm()
    filled(nvm)
    used = []
    for round in range(70):
        nvm.bytes_left = round % 5
        with suppress(PowerCut):
            used.append(TokenStore(nvm, None, make_keystore()).use_counter(4))
        nvm.bytes_left = None
        used.append(TokenStore(nvm, None, make_keystore()).use_counter(4))
    assert len(set(used)) == len(used)
    assert used == sorted(used)


def test_the_last_counter_is_not_used_and_a_compaction_still_works():
    store = TokenStore(FakeNvm(erasable=True), None, make_keystore())
    id = store.add(account(type="hotp", counter=2**64 - 3))
    assert [store.use_counter(id), store.use_counter(id)] == [2**64 - 3, 2**64 - 2]
    with pytest.raises(StoreFull):
        store.use_counter(id)
    store.compact()
    assert store.account(id).counter == 2**64 - 1
    with pytest.raises(StoreFull):
        store.use_counter(id)


def test_forty_usual_accounts_fit_and_more():
    nvm = FakeNvm()
    store = TokenStore(nvm, None, make_keystore())
    count = 0
    with pytest.raises(StoreFull):
        while True:
            store.add(account(f"person{count:02}@example.com", issuer="Some Service"))
            count += 1
    assert count >= 40
    again = TokenStore(nvm, None, make_keystore())
    assert len(again) == count
    assert again.account(count).name == f"person{count - 1:02}@example.com"


def test_a_full_store_still_removes_moves_and_counts():
    nvm = FakeNvm()
    store = filled(nvm)
    with pytest.raises(StoreFull):
        while True:
            store.add(account())
    store.set_default(2)
    store.move(3, 0)
    store.remove(1)
    assert [store.use_counter(4) for _ in range(5)] == [7, 8, 9, 10, 11]
    assert state(TokenStore(nvm, None, make_keystore())) == state(store)


def test_compaction_keeps_the_state_and_gives_room():
    nvm = FakeNvm(erasable=True)
    store = filled(nvm)
    for change in CHANGES.values():
        change(store)
    before, free = state(store), store.records.free
    store.compact()
    assert state(store) == before
    assert store.records.free > free
    assert store.records.usage()["used"] - store.records.usage()["live"] < 30
    assert state(TokenStore(nvm, None, make_keystore())) == before
    assert nvm.erases == 1


def test_ids_are_not_used_twice_even_after_a_compaction():
    store = filled(FakeNvm(erasable=True))
    store.remove(4)
    store.compact()
    assert store.add(account("new")) == 5


def test_reset_forgets_everything_and_foreign_bytes_need_it():
    nvm = FakeNvm(b"\x00" * 4096, erasable=True)
    store = TokenStore(nvm, None, make_keystore())
    assert store.state == "foreign"
    with pytest.raises(Unusable):
        store.add(account())
    store.reset()
    assert store.add(account()) == 1
    store.reset()
    assert state(TokenStore(nvm, None, make_keystore())) == state(
        TokenStore(FakeNvm(), None, make_keystore())
    )
    assert b"alice" not in bytes(nvm.bytes)


def test_settings_are_changed_together_or_not_at_all():
    store = TokenStore(FakeNvm(), None, make_keystore())
    with pytest.raises(ValueError):
        store.change_settings({"min_remaining_s": 9, "long_press_ms": 1})
    with pytest.raises(KeyError):
        store.change_settings({"min_remaining_s": 9, "colour": 1})
    assert store.settings["min_remaining_s"] == 2


def record(store, id):
    """The bytes of an account as they lie in the log."""
    return store.records.body(store.records.replayed.accounts[id])


def test_nothing_of_an_account_is_readable_in_the_log():
    nvm = FakeNvm()
    filled(nvm).rename(2, "Readable", "nobody")
    for word in (b"alice", b"bob", b"Example", b"Readable", b"12345678901234567890"):
        assert word not in bytes(nvm.bytes)


def test_a_record_of_another_account_is_damaged():
    """Records cannot be exchanged: the number is encrypted with what it is for."""
    nvm = FakeNvm()
    store = filled(nvm)
    other = store.records.body(store.records.replayed.accounts[2])[2:]
    store._append(record_types.ACCOUNT, b"\x01\x00" + other)
    for each in (store, TokenStore(nvm, None, make_keystore())):
        with pytest.raises(Damaged):
            each.account(1)
        assert each.account(2).name == "bob"


def test_a_damaged_account_takes_nothing_else_with_it():
    nvm = FakeNvm()
    store = filled(nvm)
    nvm.bytes[bytes(nvm.bytes).index(record(store, 2)) + 30] ^= 4
    store = TokenStore(nvm, None, make_keystore())
    assert [store.account(id).name for id in store.order] == ["alice", "carol", "dave"]
    assert store.records.usage()["damaged"] == 1
    assert store.add(account("eve")) == 5


def test_accounts_of_every_kind_come_back():
    store = TokenStore(FakeNvm(), None, make_keystore())
    for type in ("totp", "hotp", "steam"):
        for algorithm in ("SHA1", "SHA256", "SHA512"):
            counter = 5 if type == "hotp" else 0
            given = Account(0, "Ünï", "名前", type, algorithm, 10, 3600, counter, "tab", bytes(128))
            found = store.account(store.add(given))
            assert vars(found) == vars(given)

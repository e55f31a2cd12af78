"""The source form has little heap: before it runs out, no account is added any more."""

from types import SimpleNamespace

import pytest

from fob.rpc import account, errors


class Store:
    def __init__(self, count):
        self.count = count

    def __len__(self):
        return self.count

    def add(self, added):
        self.count += 1
        return self.count


def token_with(count, form, heap):
    return SimpleNamespace(
        store=Store(count),
        system=SimpleNamespace(form=form, free_heap=lambda: heap),
        access=SimpleNamespace(note_added=lambda id: None),
    )


@pytest.mark.parametrize(("form", "heap"), [("source", 13_000), ("compiled", 100)])
def test_accounts_are_added(form, heap):
    assert account._add(token_with(15, form, heap), None) == 16


def test_the_source_form_refuses_an_account_for_which_the_heap_is_too_small():
    token = token_with(15, "source", 12_999)
    with pytest.raises(errors.RpcError) as refused:
        account._add(token, None)
    assert refused.value.as_object() == {"code": 2, "message": "The store is full.", "data": {"free": 0}}
    assert len(token.store) == 15


def test_the_heap_is_measured_once_in_16_accounts():
    assert account._add(token_with(14, "source", 100), None) == 15

"""Fixtures: a desk with one token, and a maker of others."""

import pytest
from virtual_desk import Desk

from ticktap.drive import find_drive


@pytest.fixture(scope="session")
def drive():
    """The built drive, looked for once."""
    return find_drive()


@pytest.fixture
def make_desk(make_virtual_token, drive):
    """A maker of desks; arguments are those of make_virtual_token."""
    return lambda **arguments: Desk(make_virtual_token(drive=drive, **arguments))


@pytest.fixture
def desk(make_desk):
    """A token with no accounts, ready, its port open."""
    return make_desk()


@pytest.fixture
def alice(desk):
    """The same with one usual TOTP account."""
    desk.add()
    return desk

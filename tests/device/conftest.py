"""Fixtures: a desk with one token, and a maker of others."""

import os

import pytest

from support.joined_drive import joined_drive
from support.virtual_desk import Desk
from ticktap.drive.build import find_drive


@pytest.fixture(scope="session")
def drive(tmp_path_factory):
    """The built drive, looked for once. With JOINED=1 in the environment its modules are joined as on the
    chip, but not compiled: the simulator can run that.
    """
    if os.environ.get("JOINED"):
        return joined_drive(find_drive(), tmp_path_factory.mktemp("joined"))
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

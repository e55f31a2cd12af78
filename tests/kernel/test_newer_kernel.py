"""The newer kernel of Debian 12: the same, as far as its drivers may differ."""

from __future__ import annotations

import pytest

from kernel.conftest import Machine
from kernel.enrol import CODES, add, connected, typed
from kernel.test_descriptors import complaints


@pytest.fixture(scope="module")
def newer() -> Machine:
    machine = Machine("6.12")
    yield machine
    machine.close()


@pytest.mark.parametrize("num", [False, True], ids=["num-off", "num-on"])
def test_a_code_is_typed(newer, blank_flash, num):
    token = newer.token(blank_flash)
    token.set_locks(num_lock=num)
    token.plug()
    client = connected(token)
    add(client, type="hotp")
    assert typed(token) == CODES[0]
    assert token.locks[0] is num
    assert not complaints(newer.guest)
    client.port.close()
    token.unplug()
    token.close()

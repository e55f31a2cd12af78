"""A desk for the verifiers: tokens of ticktap's own pytest fixtures, at the machine's time."""

import time

import pytest

from interop.desk import Desk


@pytest.fixture
def desk(make_virtual_token, make_virtual_client):
    def plug():
        token = make_virtual_token(unix=time.time())
        return token, make_virtual_client(token)

    return Desk(plug)

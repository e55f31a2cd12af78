"""A desk for the verifiers: the token of ticktap's own pytest fixtures, at the machine's time."""

import time

import pytest

from interop.desk import Desk


@pytest.fixture
def desk(make_virtual_token, make_virtual_client):
    token = make_virtual_token(unix=time.time())
    return Desk(token, make_virtual_client(token))

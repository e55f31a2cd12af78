"""pytest fixtures: a simulated token for tests (docs/simulator.md).

The simulator is imported when a test uses a fixture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from ticktap.simulator import VirtualToken
    from ticktap.testing.virtual_client import VirtualClient

__all__ = ["make_virtual_client", "make_virtual_token", "virtual_client", "virtual_token"]

READY_MS = 1_000.0
FINGER_MS = 1_200.0  # the token shows for a second what the press is for; earlier presses do not count


@pytest.fixture
def make_virtual_token() -> Iterator[Callable[..., VirtualToken]]:
    """A factory: `make_virtual_token(**arguments of VirtualToken)` gives a plugged token that is ready.

    With `plugged=False` it is left unplugged. All tokens are closed after the test.
    """
    from ticktap.simulator import VirtualToken

    made: list[VirtualToken] = []

    def make(*, plugged: bool = True, **arguments: Any) -> VirtualToken:
        token = VirtualToken(**arguments)
        made.append(token)
        if plugged:
            token.plug()
            token.advance(READY_MS)
        return token

    yield make
    for token in made:
        token.close()


@pytest.fixture
def virtual_token(make_virtual_token: Callable[..., VirtualToken]) -> VirtualToken:
    """A token with the built firmware: plugged in, its clock right, no accounts, ready for a press."""
    return make_virtual_token()


@pytest.fixture
def make_virtual_client() -> Iterator[Callable[[VirtualToken], VirtualClient]]:
    """A factory: `make_virtual_client(token)` gives a client of it on which changes are permitted.

    A token without an owner asks for a press before it is changed; the factory has it pressed. All clients
    are closed after the test.
    """
    from ticktap.testing.virtual_client import VirtualClient

    made: list[VirtualClient] = []

    def make(token: VirtualToken) -> VirtualClient:
        client = VirtualClient(token.open())
        made.append(client)
        client.permit = partial(_permit, token, client)
        if client.status()["access"]["changes"] != "owner":
            client.permit()
        return client

    yield make
    for client in made:
        client.close()


def _permit(token: VirtualToken, client: VirtualClient) -> None:
    token.press_later(FINGER_MS)
    client.allow_changes()


@pytest.fixture
def virtual_client(
    virtual_token: VirtualToken, make_virtual_client: Callable[..., VirtualClient]
) -> VirtualClient:
    """A client of `virtual_token` on which changes are permitted until it is closed."""
    return make_virtual_client(virtual_token)

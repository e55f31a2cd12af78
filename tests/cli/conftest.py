"""Fixtures of the command-line tests."""

from contextlib import ExitStack

import pytest

from cli.command import Command
from cli.provision_batch import Batch
from cli.served import ServedToken


@pytest.fixture
def token():
    """A token that speaks the protocol, at a pseudo-terminal."""
    served = ServedToken()
    yield served
    served.close()


@pytest.fixture
def ticktap(tmp_path, token):
    """The command, with that token chosen by TICKTAP_DEVICE."""
    return Command(tmp_path, token.path)


@pytest.fixture
def box(tmp_path):
    """Tokens to provision, and the manifest."""
    with ExitStack() as stack:
        yield Batch(tmp_path, stack)

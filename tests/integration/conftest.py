"""Fixtures for verifiers that are installed on the system."""

import pytest

from integration.pam_oath import PamOath
from signin.postgres import Postgres


@pytest.fixture
def postgres():
    """A database server of the test's own."""
    with Postgres.running() as server:
        yield server


@pytest.fixture
def pam_oath(tmp_path_factory):
    """pam_oath(secret, digits=6, period=30, window=5): a fresh PamOath; period=None for HOTP."""

    def make(secret: bytes, **options) -> PamOath:
        return PamOath(tmp_path_factory.mktemp("pam"), secret, **options)

    return make

"""An OATH CSV has no column for the hash: privacyIDEA takes it from the length of the key, and so do we."""

import pytest

from formats.servers import oath_csv
from ticktap.formats import oath_csv as formats_oath_csv
from ticktap.formats import registry
from ticktap.otp.account import Account

HASHES = {16: "SHA1", 20: "SHA1", 32: "SHA256", 33: "SHA1", 64: "SHA512"}
UNKNOWN = {28: "SHA224", 48: "SHA384"}


def account(size, algorithm="SHA1"):
    return Account("", "alice", bytes(range(size)), algorithm=algorithm)


@pytest.mark.parametrize(("size", "algorithm"), HASHES.items())
def test_the_length_of_the_key_is_its_hash(size, algorithm):
    assert registry.read(oath_csv([account(size)]))[1].accounts == [account(size, algorithm)]


@pytest.mark.parametrize(("size", "algorithm"), UNKNOWN.items())
def test_a_hash_that_the_token_does_not_know(size, algorithm):
    (refusal,) = registry.read(oath_csv([account(size)]))[1].refused
    assert algorithm in refusal.reason


@pytest.mark.parametrize(("size", "algorithm"), HASHES.items())
def test_what_would_be_taken_for_another_hash_is_not_written(size, algorithm):
    for other in ("SHA1", "SHA256", "SHA512"):
        assert (formats_oath_csv.unfit(account(size, other)) == "") is (other == algorithm)


@pytest.mark.parametrize("size", UNKNOWN)
def test_a_key_that_stands_for_an_unknown_hash_is_not_written(size):
    assert "PSKC" in formats_oath_csv.unfit(account(size))

"""--also: the same accounts on several tokens, each proved, on all or on none."""

import pytest

from cli.command import HOTP_URI, URI, Command
from cli.served import ServedToken
from formats import writers
from formats.people import ALICE, EVERYONE


@pytest.fixture
def other():
    """A second token."""
    served = ServedToken(serial="4F5E6D7C8B9A0123", name="spare")
    yield served
    served.close()


@pytest.fixture
def ticktap(tmp_path, token):
    """The command, with the first token chosen."""
    return Command(tmp_path, token.path)


def labels(token):
    return [token.accounts[number]["name"] for number in token.order]


def test_an_account_goes_onto_both_and_each_proves_it(ticktap, token, other):
    done = ticktap("account", "add", "--also", other.path, stdin=URI)
    assert done.code == 0, done.err
    assert "Press the button on the token desk to add Example:alice" in done.err
    assert "Press the button on the token spare to add Example:alice" in done.err
    assert f"On the token {other.hello['serial']} it has number 1." in done.out
    assert token.accounts == other.accounts
    for each in (token, other):
        assert [params.get("prove") for name, params in each.calls if name == "account.add"] == [True]


@pytest.mark.parametrize("finger", ["none", "wrong"])
def test_it_is_on_neither_when_the_second_fails(ticktap, token, other, finger):
    other.finger = finger
    done = ticktap("account", "add", "--also", other.path, stdin=URI)
    assert done.code == (6 if finger == "none" else 7)
    assert token.order == other.order == []
    assert "removed from the token" in done.err


def test_a_counter_is_in_step_afterwards(ticktap, token, other):
    assert ticktap("account", "add", "--also", other.path, stdin=HOTP_URI).code == 0
    assert token.accounts[1]["counter"] == other.accounts[1]["counter"] == 4


def test_an_import_goes_onto_both_and_one_account_is_proved(ticktap, token, other, tmp_path):
    path = tmp_path / "export"
    path.write_bytes(writers.aegis(EVERYONE))
    done = ticktap("account", "import", "--also", other.path, "--json", str(path))
    assert done.code == 0, done.err
    assert labels(token) == labels(other) == [each.name for each in EVERYONE]
    assert len(done.data["proved"]) == 1
    for each in (token, other):
        assert [name for name, _ in each.calls].count("code.get") == 1


def test_a_twin_with_another_secret_is_found_out(ticktap, token, other, tmp_path):
    path = tmp_path / "export"
    path.write_bytes(writers.aegis([ALICE]))
    other.finger = "wrong"
    done = ticktap("account", "import", "--also", other.path, str(path))
    assert done.code == 7
    assert "has another secret than this one" in done.err


def test_what_one_has_already_is_added_to_the_other_only(ticktap, token, other, tmp_path):
    path = tmp_path / "export"
    path.write_bytes(writers.aegis(EVERYONE))
    token.do_account_add(**ALICE.to_params())
    token.hang_up()
    done = ticktap("account", "import", "--also", other.path, "--same-name", "skip", str(path))
    assert done.code == 0, done.err
    assert labels(token) == labels(other) == [each.name for each in EVERYONE]


def test_the_same_token_twice_is_refused(ticktap, token):
    done = ticktap("account", "add", "--also", token.path, stdin=URI)
    assert done.code != 0
    assert token.order == []

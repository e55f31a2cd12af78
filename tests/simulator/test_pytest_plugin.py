"""The fixtures for other people's tests, on the built firmware."""

import threading

from ticktap.client import Client

pytest_plugins = ["pytester"]


def test_the_fixture_is_a_token_that_is_ready(virtual_token):
    with Client(virtual_token.open()) as client:
        assert client.hello()["serial"] == virtual_token.serial
        assert client.status()["clock"]["state"] == "ok"
    assert virtual_token.typed == ""


def test_it_types(virtual_token):
    with Client(virtual_token.open()) as client:
        client.call("account.add", {"name": "me", "secret": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="})
    virtual_token.press()
    assert virtual_token.advance_until(lambda: len(virtual_token.typed) == 6, 5_000)
    assert virtual_token.typed.isdigit()


def test_several_tokens_at_once(make_virtual_token):
    tokens = [make_virtual_token(serial=bytes([n] * 8)) for n in range(3)]
    assert {token.open().name for token in tokens} == {
        f"virtual:{bytes([n] * 8).hex().upper()}" for n in range(3)
    }


def test_another_suite_finds_the_fixtures_and_no_thread_stays(pytester):
    pytester.makepyfile(
        "def test_one(virtual_token):\n    assert virtual_token.plugged\n"
        "def test_two(make_virtual_token):\n    assert not make_virtual_token(plugged=False).plugged\n"
    )
    pytester.runpytest_inprocess("-q").assert_outcomes(passed=2)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("firmware")]


def test_a_suite_that_does_not_use_them_does_not_load_them(pytester):
    pytester.makepyfile(
        "import sys\ndef test_one():\n"
        "    assert not [name for name in sys.modules if name.startswith('ticktap.simulator')]\n"
    )
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)

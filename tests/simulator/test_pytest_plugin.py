"""The fixtures for other people's tests, on the built firmware."""

import threading
from importlib.resources import files

import pytest

from ticktap.device.client import Client
from ticktap.errors import BadInput, Refused
from ticktap.otp.account import Account

pytest_plugins = ["pytester"]


def test_the_fixture_is_a_token_that_is_ready(virtual_token):
    with Client(virtual_token.open()) as client:
        assert client.hello()["serial"] == virtual_token.serial
        assert client.status()["clock"]["state"] == "ok"
    assert virtual_token.typed == ""


def test_it_types(virtual_token, virtual_client):
    virtual_client.add({"name": "me", "secret": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="})
    virtual_token.press()
    assert virtual_token.advance_until(lambda: len(virtual_token.typed) == 6, 5_000)
    assert virtual_token.typed.isdigit()


def test_a_client_of_ones_own_meets_a_token_that_asks_for_a_press(virtual_token):
    with Client(virtual_token.open()) as client:
        with pytest.raises(Refused, match="press"):
            client.rename_token("mine")
        virtual_token.press_later(1_200)
        client.allow_changes()
        client.rename_token("mine")


def test_clients_are_closed_and_the_press_is_no_code(make_virtual_token, make_virtual_client):
    token = make_virtual_token()
    client = make_virtual_client(token)
    client.rename_token("mine")
    client.close()
    assert make_virtual_client(token).hello()["name"] == "mine"
    assert not any(any(report.data) for report in token.reports)


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
    others = threading.enumerate()  # this process may have tokens of other tests
    pytester.runpytest_inprocess("-q").assert_outcomes(passed=2)
    new = [thread for thread in threading.enumerate() if thread not in others]
    assert not [thread for thread in new if thread.name.startswith("firmware")]


def test_a_suite_that_does_not_use_them_does_not_load_them(pytester):
    pytester.makepyfile(
        "import sys\ndef test_one():\n"
        "    assert not [name for name in sys.modules if name.startswith('ticktap.simulator')]\n"
    )
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)


BASE32 = "GEZD GNBV gy3t qojq GEZDGNBVGY3TQOJQ"  # RFC 4226's secret, as a site shows one


def test_an_account_is_added_by_its_uri_or_by_its_base32_secret(virtual_token, virtual_client):
    secret = BASE32.replace(" ", "")
    virtual_client.add_uri(f"otpauth://totp/Site:ann?secret={secret}&issuer=Site&digits=8")
    virtual_client.add_secret(BASE32, issuer="Site", digits=8)
    virtual_client.add(Account("Site", "carol", b"12345678901234567890", digits=8))
    listed = virtual_client.accounts()
    assert [(each["issuer"], each["name"], each["digits"]) for each in listed] == [
        ("Site", "ann", 8),
        ("Site", "test", 8),
        ("Site", "carol", 8),
    ]
    codes = set()
    for each in listed:
        virtual_token.press_later(1200)
        codes.add(virtual_client.code(each["id"])["code"])
    assert len(codes) == 1, "the same secret each time"


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "not str"),
        ({"name": "x", "secret": b"12345678901234567890"}, "bytes, not base64"),
        ({"name": "x", "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"}, "looks like base32"),
        ({"name": "x"}, "no secret"),
        ({"name": "x" * 65, "secret": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA="}, "value of name"),
    ],
)
def test_what_cannot_be_added_is_an_error_that_says_how(virtual_client, given, words):
    with pytest.raises(BadInput, match=words) as failure:
        virtual_client.add(given)
    assert failure.value.remedy


def test_the_package_says_that_it_has_types():
    assert files("ticktap").joinpath("py.typed").is_file()

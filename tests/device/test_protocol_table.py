"""The firmware's table of methods, the host's, and docs/protocol.md are the same."""

from __future__ import annotations

import pytest

from fob.rpc import framing
from support import firmware_protocol, protocol_document
from ticktap.device import (
    account_methods,
    jsonrpc,
    owner_key,
    pin,
    protocol,
    settings_table,
    timeouts,
    wire_log,
)
from ticktap.otp import account

METHODS = sorted(firmware_protocol.METHODS)


def test_the_host_has_every_method():
    """A new method needs its entry in METHODS of host/ticktap/device/protocol.py."""
    assert sorted(protocol.METHODS) == METHODS


@pytest.mark.parametrize("method", METHODS)
def test_the_host_has_its_level(method):
    assert protocol.METHODS[method].level.value == firmware_protocol.level(method)


@pytest.mark.parametrize("method", METHODS)
def test_the_page_has_its_level_and_its_parameters(method):
    """docs/protocol.md, "Parameters": a row for each parameter; one row with "-" for a method without any."""
    level = firmware_protocol.level(method)
    expected = [
        (f"`{method}`", level, f"`{name}`" if " " not in name else name, values, default)
        for name, (values, default) in firmware_protocol.parameters(method).items()
    ]
    expected = expected or [(f"`{method}`", level, "-", "-", "-")]
    rows = [tuple(row) for row in protocol_document.rows("Parameters") if row[0] == f"`{method}`"]
    assert rows == expected, "\n".join("| " + " | ".join(row) + " |" for row in expected)


def test_the_page_has_no_other_methods():
    assert {row[0].strip("`") for row in protocol_document.rows("Parameters")} == set(METHODS)


def test_the_log_shows_the_names_of_all_parameters():
    names = {name for method in METHODS for name in firmware_protocol.METHODS[method][1] or ()}
    assert names - wire_log.NAMES == set()


def test_the_host_has_every_error_with_its_name_and_a_text():
    assert {each.name: each.value for each in protocol.ErrorCode} == firmware_protocol.ERRORS
    assert set(jsonrpc._ERRORS) == set(protocol.ErrorCode)


def test_the_page_has_every_error_with_its_name_and_whether_it_has_data():
    with_data = firmware_protocol.errors_with_data()
    expected = {
        str(code): (name.lower().replace("_", "-"), name in with_data)
        for name, code in firmware_protocol.ERRORS.items()
    }
    rows = protocol_document.rows("Errors")
    assert {code: (name, data != "-") for code, name, data, _ in rows} == expected


def test_the_host_uses_data_of_those_errors_only_that_have_it():
    used = {code.name for code, (_, message, _) in jsonrpc._ERRORS.items() if "{data}" in message}
    assert used <= firmware_protocol.errors_with_data()


# --- limits that the host checks before it asks a token


def limit(method: str, name: str) -> tuple[str, dict]:
    return firmware_protocol.limits(firmware_protocol.METHODS[method][1][name][0])


def test_the_lengths_of_texts_and_keys():
    assert limit("token.rename", "name") == ("text", {"high": protocol.TOKEN_NAME_BYTES})
    assert (
        limit("account.add", "name")
        == limit("account.add", "issuer")
        == ("text", {"high": account.TEXT_BYTES})
    )
    assert limit("token.claim", "key")[1] == dict.fromkeys(("low", "high"), owner_key.KEY_BYTES)
    assert limit("pin.unlock", "key")[1] == dict.fromkeys(("low", "high"), pin.KEY_BYTES)
    assert limit("session.open", "nonce")[1] == dict.fromkeys(("low", "high"), protocol.NONCE_BYTES)
    assert protocol.LINE_LIMIT == framing.MAX_LINE


@pytest.mark.parametrize(
    "method", [name for name in METHODS if "timeout" in (firmware_protocol.METHODS[name][1] or ())]
)
def test_the_time_for_a_press(method):
    check, default = firmware_protocol.METHODS[method][1]["timeout"]
    assert firmware_protocol.limits(check)[1] == dict(zip(("low", "high"), protocol.TIMEOUTS, strict=True))
    assert default == timeouts.PRESS


def test_what_a_token_omits_from_an_account_are_the_defaults_of_account_add():
    taken = firmware_protocol.METHODS["account.add"][1]
    defaults = {name: taken[name][1] for name in account_methods.DEFAULTS if name != "default"}
    assert defaults["digits"] == 0, "then the type decides"
    assert {**defaults, "digits": 6, "default": False} == account_methods.DEFAULTS


@pytest.mark.parametrize(("name", "digits"), [("digits", 5), ("digits", 10), ("period", 1), ("period", 3600)])
def test_the_host_takes_an_account_with_the_extreme_values(name, digits):
    account.Account("", "a", bytes(10), **{name: digits})
    assert digits in limit("account.add", name)[1].values()


def test_every_setting_is_in_the_host_s_table():
    from fob.store.settings import TABLE

    assert list(settings_table.SETTINGS) == [name for _, name, _, _ in TABLE]

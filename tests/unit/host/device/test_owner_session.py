"""The owner's session: both sides prove, calls are sealed, and nothing of it tells the key."""

import base64
import hmac
import json

import pytest

from support.fake_port import FakePort
from ticktap.device import jsonrpc, owner_session, protocol
from ticktap.device.client import Client
from ticktap.device.owner_key import token_key
from ticktap.errors import NotOwner, Refused, TokenError
from ticktap.otp.account import Account

KEY = bytes(range(32))
SERIAL = "DE6312"


@pytest.fixture
def port():
    made = FakePort()
    made.token.owner = token_key(KEY, SERIAL, made.token.salt)
    return made


@pytest.fixture
def client(port):
    return Client(port)


@pytest.fixture
def owner(client):
    client.prove_owner(KEY, SERIAL)
    return client


def test_without_the_owners_proof_nothing_is_listed_or_changed(client):
    for call in (client.accounts, client.settings, lambda: client.rename_token("x"), client.compact):
        with pytest.raises(NotOwner):
            call()
    with pytest.raises(Refused):
        client.allow_changes()


def test_the_owner_does_everything(owner, port):
    params = Account("Example", "alice", b"12345678901234567890").to_params()
    number = owner.add(params)
    owner.rename(number, "Firm", "ann")
    owner.set_suffix(number, "tab")
    owner.move(number, 1)
    owner.default(number)
    assert owner.accounts()[0]["name"] == "ann"
    assert owner.set_settings({"inter_key_ms": 4})["inter_key_ms"] == owner.settings()["inter_key_ms"] == 4
    owner.rename_token("shelf")
    owner.allow_clock()
    owner.compact()
    assert owner.add_proved(params)["id"] == 2
    owner.remove(number)
    owner.release()
    assert port.token.owner is None
    assert owner.session is None


def test_only_what_needs_the_owner_is_sealed(owner, port):
    port.token.calls.clear()
    owner.status()
    owner.clock()
    owner.accounts()
    assert [name for name, _ in port.token.calls] == ["status", "clock.get", "session.call", "account.list"]


@pytest.mark.parametrize(("key", "serial"), [(bytes(32), SERIAL), (KEY, "DE9999")])
def test_another_key_or_another_token_is_refused(client, key, serial):
    with pytest.raises(NotOwner):
        client.prove_owner(key, serial)
    assert client.session is None


def test_a_token_that_takes_every_proof_and_has_no_key_is_found_out(client, port):
    port.token.do_session_prove = lambda mac: {"mac": base64.b64encode(bytes(32)).decode()}
    with pytest.raises(TokenError, match="could not prove") as failure:
        client.prove_owner(KEY, SERIAL)
    assert failure.value.remedy
    assert client.session is None


def test_the_hosts_own_proof_does_not_pass_for_the_tokens(client, port):
    port.token.do_session_prove = lambda mac: {"mac": mac}
    with pytest.raises(TokenError, match="could not prove"):
        client.prove_owner(KEY, SERIAL)


@pytest.mark.parametrize("nonce", [None, 5, "", "AAAA", "!" * 24, base64.b64encode(bytes(15)).decode()])
def test_a_nonce_of_the_wrong_form_is_an_error(client, port, nonce):
    port.token.do_session_open = lambda **_: {"nonce": nonce, "salt": owner_session.encoded(bytes(16))}
    with pytest.raises(TokenError, match="wrong form"):
        client.prove_owner(KEY, SERIAL)


def test_nonces_are_new_each_time(client, port):
    for _ in range(2):
        client.prove_owner(KEY, SERIAL)
    sent = [params["nonce"] for name, params in port.token.calls if name == "session.open"]
    assert len(set(sent)) == 2


def test_the_proof_is_the_text_of_the_protocol():
    """HMAC over the words, the serial number and both nonces, by the standard library alone."""
    asked, key = [], bytes(token_key(KEY, SERIAL, b"T" * 16))

    def call(method, params):
        asked.append(params)
        if method == "session.open":
            return {name: base64.b64encode(b"T" * 16).decode() for name in ("nonce", "salt")}
        ours = base64.b64decode(asked[0]["nonce"])
        about = SERIAL.encode() + b"T" * 16 + ours
        assert base64.b64decode(params["mac"]) == hmac.digest(key, b"ticktap host" + about, "sha256")
        return {"mac": base64.b64encode(hmac.digest(key, b"ticktap token" + about, "sha256")).decode()}

    made = owner_session.open_session(call, KEY, SERIAL)
    assert len(asked) == 2
    assert made.wrap("hello", {})["seq"] == 1


@pytest.mark.parametrize(
    ("length", "expected"),
    [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ],
)
def test_aes_cmac_of_rfc_4493(length, expected):
    """The four examples of section 4."""
    message = bytes.fromhex(
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
        "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
    )
    key = bytes.fromhex("2b7e151628aed2a6abf7158809cf4f3c")
    assert owner_session._cmac(key, message[:length]).hex() == expected


def sealed_lines(port):
    return [line for line in port.written if b"session.call" in line]


def test_a_replayed_line_does_nothing(owner, port):
    owner.set_settings({"inter_key_ms": 4})
    owner.set_settings({"inter_key_ms": 5})
    for line in sealed_lines(port):
        assert json.loads(port.token.answer(line))["error"]["code"] == 11
    assert port.token.settings["inter_key_ms"] == 5


def test_reordered_and_changed_lines_do_nothing(owner, port):
    first = jsonrpc.request(1, "session.call", owner.session.wrap("token.rename", {"name": "one"}))
    second = jsonrpc.request(2, "session.call", owner.session.wrap("token.rename", {"name": "two"}))
    changed = first.replace(b"one", b"six")
    codes = [json.loads(port.token.answer(line)).get("error", {}).get("code") for line in (second, changed)]
    assert codes == [11, 11]
    assert port.token.hello["name"] == "desk"
    assert "result" in json.loads(port.token.answer(first))
    assert "result" in json.loads(port.token.answer(second))


def test_closing_the_port_ends_it(owner, port):
    owner.close()
    with pytest.raises(NotOwner):
        owner.accounts()


LONG = [
    Account(
        *('"' * 64, "\\" * 64, bytes(range(128))),
        type="hotp",
        algorithm="SHA512",
        digits=10,
        counter=2**64 - 1,
        suffix="enter",
    ),
    Account("é" * 32, "\U0001f511" * 16, bytes(128), algorithm="SHA512", digits=10, period=3600),
]


@pytest.mark.parametrize("account", LONG, ids=["quotes", "beyond ASCII"])
def test_the_longest_account_fits_a_line(owner, account):
    params = {**account.to_params(), "prove": True, "timeout": 300}
    owner.session._used = 2**32 - 2
    sealed = owner.session.wrap("account.add", params)
    assert len(jsonrpc.request(2**24, "session.call", sealed)) <= protocol.LINE_LIMIT
    assert len(sealed["call"].encode()) <= 1024, "what the token takes as a call"


def test_nothing_of_a_session_shows_a_key(owner):
    params = Account("Example", "alice", b"12345678901234567890").to_params()
    sealed = owner.session.wrap("account.add", params)
    shown = f"{owner.session!r} {vars(owner.session)!r} {sealed!r} {owner_session.Hidden(KEY)}"
    assert params["secret"] not in shown
    assert repr(bytes(owner.session._key))[2:-1] not in shown
    assert "\\x01" not in shown

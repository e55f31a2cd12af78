"""Bad, oversized, partial and binary input: an error or silence, and the token goes on."""

import base64
import json

import pytest

from support.virtual_desk import CHANGES, SECRET, Desk
from ticktap.simulator import VirtualToken

BASE64 = base64.b64encode(SECRET).decode()
HELLO = {"jsonrpc": "2.0", "id": 99, "method": "hello"}


@pytest.fixture(scope="module")
def alice(drive):
    """One token for every table of refusals here: none of them may leave a trace."""
    with VirtualToken(drive) as token:
        token.advance(1000)
        desk = Desk(token)
        desk.add()
        yield desk


@pytest.fixture
def desk(alice):
    return alice


def error_of(desk, request):
    desk.raw(request)
    reply = desk.reply()
    assert set(reply) == {"jsonrpc", "id", "error"}
    assert set(reply["error"]) <= {"code", "message", "data"}
    return reply["id"], reply["error"]["code"], reply["error"].get("data")


def refusal_of(desk, method, params):
    """The error of a request with the id 5. Changes are sent in a session that a press has allowed."""
    if method in CHANGES:
        allow_changes(desk)
        method, params = "session.call", desk.session.seal(method, **params)
    return error_of(desk, {"jsonrpc": "2.0", "id": 5, "method": method, "params": params})


def allow_changes(desk):
    """Presses again if the session has ended."""
    if desk.status()["access"]["changes"] == "press":
        desk.pressed("session.allow")


def goes_on(desk):
    desk.raw(HELLO)
    assert desk.reply()["id"] == 99
    assert desk.status()["faults"] == 0


@pytest.mark.parametrize(
    "line",
    [
        b"hello",
        b'{"jsonrpc":"2.0","id":1,"params":{"method":"hello"',
        b'"text"',
        b"17",
        b"null",
        b"\xff\xfe\x00",
        b'{"id":1,"method":"\xc3"}',
        b"\x00" * 40,
        b"[" * 1000,
        b'{"a":' * 200,
        b"AT+GMI\r",
    ],
)
def test_no_json_object(desk, line):
    desk.port.write(line + b"\n")
    reply = desk.reply()
    assert (reply["id"], reply["error"]["code"]) == (None, -32700)
    goes_on(desk)


def test_an_object_that_is_not_closed_is_read_as_if_it_were(desk):
    """CircuitPython's reader takes it; see tests/conformance/scenarios/lines.py."""
    desk.port.write(b"{\n")
    assert desk.reply()["error"]["code"] == -32600
    desk.port.write(b'{"jsonrpc":"2.0","id":1,"method":"hello"\n')
    assert desk.reply()["result"]["product"] == "ticktap"


@pytest.mark.parametrize(
    ("request_", "id"),
    [
        ([], None),
        ([HELLO], None),
        ({}, None),
        ({"id": 5}, 5),
        ({"jsonrpc": "1.0", "id": 5, "method": "hello"}, 5),
        ({"jsonrpc": 2.0, "id": 5, "method": "hello"}, 5),
        ({"jsonrpc": "2.0", "id": 5}, 5),
        ({"jsonrpc": "2.0", "id": 5, "method": 7}, 5),
        ({"jsonrpc": "2.0", "id": 5, "method": ["hello"]}, 5),
        ({"jsonrpc": "2.0", "id": 5, "method": "hello", "params": []}, 5),
        ({"jsonrpc": "2.0", "id": 5, "method": "hello", "params": None}, 5),
        ({**HELLO, "id": 1.5}, None),
        ({**HELLO, "id": True}, None),
        ({**HELLO, "id": []}, None),
        ({**HELLO, "id": {}}, None),
        ({**HELLO, "id": "x" * 65}, None),
        ({**HELLO, "id": 2**63}, None),
        ({**HELLO, "id": 10**900}, None),
    ],
)
def test_no_request(desk, request_, id):
    assert error_of(desk, request_) == (id, -32600, None)
    goes_on(desk)


@pytest.mark.parametrize(
    "method", ["", "hello ", "Hello", "account", "account.secret", "secret.get", "x" * 900]
)
def test_no_such_method(desk, method):
    id, code, data = error_of(desk, {"jsonrpc": "2.0", "id": 5, "method": method})
    assert (id, code) == (5, -32601)
    assert data == method[:40]


ADD = {"name": "alice", "secret": BASE64}


def zeros(size):
    return base64.b64encode(bytes(size)).decode()


CALL = {"seq": 1, "call": "{}", "mac": zeros(16)}
PIN = {"key": zeros(64), "salt": zeros(16), "memory": 65536, "passes": 3, "lanes": 4}


@pytest.mark.parametrize(
    ("method", "params", "wrong"),
    [
        ("hello", {"x": 1}, "x"),
        ("account.list", {"start": -1}, "start"),
        ("account.list", {"start": 65536}, "start"),
        ("account.list", {"start": "0"}, "start"),
        ("account.list", {"start": False}, "start"),
        ("account.list", {"start": 1.0}, "start"),
        ("account.add", {"secret": BASE64}, "name"),
        ("account.add", {"name": "alice"}, "secret"),
        ("account.add", {**ADD, "colour": "red"}, "colour"),
        ("account.add", {**ADD, "name": "x" * 65}, "name"),
        ("account.add", {**ADD, "name": "é" * 33}, "name"),
        ("account.add", {**ADD, "name": "a\nb"}, "name"),
        ("account.add", {**ADD, "name": "a\x7fb"}, "name"),
        ("account.add", {**ADD, "name": None}, "name"),
        ("account.add", {**ADD, "issuer": "x" * 65}, "issuer"),
        ("account.add", {**ADD, "issuer": 7}, "issuer"),
        ("account.add", {**ADD, "type": "TOTP"}, "type"),
        ("account.add", {**ADD, "algorithm": "MD5"}, "algorithm"),
        ("account.add", {**ADD, "algorithm": "sha1"}, "algorithm"),
        ("account.add", {**ADD, "digits": 4}, "digits"),
        ("account.add", {**ADD, "digits": 11}, "digits"),
        ("account.add", {**ADD, "digits": "6"}, "digits"),
        ("account.add", {**ADD, "digits": 6.0}, "digits"),
        ("account.add", {**ADD, "digits": True}, "digits"),
        ("account.add", {**ADD, "period": 0}, "period"),
        ("account.add", {**ADD, "period": 3601}, "period"),
        ("account.add", {**ADD, "counter": 1}, "counter"),
        ("account.add", {**ADD, "type": "hotp", "counter": -1}, "counter"),
        ("account.add", {**ADD, "type": "hotp", "counter": 2**64}, "counter"),
        ("account.add", {**ADD, "type": "steam", "digits": 6}, "digits"),
        ("account.add", {**ADD, "type": "steam", "algorithm": "SHA256"}, "algorithm"),
        ("account.add", {**ADD, "suffix": "\n"}, "suffix"),
        ("account.add", {**ADD, "secret": ""}, "secret"),
        ("account.add", {**ADD, "secret": base64.b64encode(bytes(9)).decode()}, "secret"),
        ("account.add", {**ADD, "secret": base64.b64encode(bytes(129)).decode()}, "secret"),
        ("account.add", {**ADD, "secret": BASE64[:-1]}, "secret"),
        ("account.add", {**ADD, "secret": BASE64[:12] + "!" + BASE64[12:]}, "secret"),
        ("account.add", {**ADD, "secret": BASE64[:12] + " " + BASE64[12:]}, "secret"),
        ("account.add", {**ADD, "secret": "-_" * 10}, "secret"),
        ("account.add", {**ADD, "secret": "é" * 20}, "secret"),
        ("account.add", {**ADD, "secret": 12345678901234567890}, "secret"),
        ("account.rename", {"id": 1, "name": "x"}, "issuer"),
        ("account.rename", {"id": 0, "issuer": "", "name": "x"}, "id"),
        ("account.rename", {"id": 65536, "issuer": "", "name": "x"}, "id"),
        ("account.set", {"id": 1}, "suffix"),
        ("account.set", {"id": 1, "suffix": "space"}, "suffix"),
        ("account.move", {"id": 1, "position": 0}, "position"),
        ("account.default", {}, "id"),
        ("account.remove", {"id": "1"}, "id"),
        ("code.get", {"id": 1, "timeout": 0}, "timeout"),
        ("code.get", {"id": 1, "timeout": 301}, "timeout"),
        ("code.type", {"timeout": 5}, "id"),
        ("press.cancel", {"id": 1}, "id"),
        ("settings.get", {"name": "inter_key_ms"}, "name"),
        ("settings.set", {"speed": 1}, "speed"),
        ("settings.set", {"inter_key_ms": 201}, "inter_key_ms"),
        ("settings.set", {"inter_key_ms": -1}, "inter_key_ms"),
        ("settings.set", {"inter_key_ms": True}, "inter_key_ms"),
        ("settings.set", {"inter_key_ms": "0"}, "inter_key_ms"),
        ("settings.set", {"layout": "xx"}, "layout"),
        ("settings.set", {"layout": []}, "layout"),
        ("settings.set", {"layout": None}, "layout"),
        ("token.rename", {"name": "x" * 33}, "name"),
        ("token.rename", {"name": "a\tb"}, "name"),
        ("token.rename", {}, "name"),
        ("store.reset", {"timeout": "30"}, "timeout"),
        ("store.compact", {"now": True}, "now"),
        ("clock.set", {}, "unix"),
        ("clock.allow", {"timeout": 0}, "timeout"),
        ("account.add", {**ADD, "prove": 1}, "prove"),
        ("account.add", {**ADD, "prove": None}, "prove"),
        ("account.remove", {"id": 1, "timeout": 301}, "timeout"),
        ("settings.set", {"max_pin_failures": 1}, "max_pin_failures"),
        ("settings.set", {"max_pin_failures": 2}, "max_pin_failures"),
        ("settings.set", {"max_pin_failures": 21}, "max_pin_failures"),
        ("settings.set", {"max_pin_failures": False}, "max_pin_failures"),
        ("token.claim", {}, "key"),
        ("token.claim", {"key": zeros(31)}, "key"),
        ("token.claim", {"key": zeros(33)}, "key"),
        ("token.release", {"key": zeros(32)}, "key"),
        ("token.claim", {"key": zeros(32)}, "salt"),
        ("token.claim", {"key": zeros(32), "salt": zeros(15)}, "salt"),
        ("session.allow", {}, "key"),
        ("session.allow", {"key": None}, "key"),
        ("session.allow", {"key": zeros(31)}, "key"),
        ("session.allow", {"key": zeros(33)}, "key"),
        ("session.allow", {"key": zeros(32), "timeout": 1.5}, "timeout"),
        ("clock.allow", {"key": zeros(16)}, "key"),
        ("account.add", {**ADD, "prove": True, "key": zeros(31)}, "key"),
        ("session.open", {"nonce": zeros(15)}, "nonce"),
        ("session.open", {}, "nonce"),
        ("session.prove", {"mac": zeros(16)}, "mac"),
        ("session.call", {**CALL, "seq": 0}, "seq"),
        ("session.call", {**CALL, "seq": 2**32}, "seq"),
        ("session.call", {**CALL, "seq": "1"}, "seq"),
        ("session.call", {**CALL, "call": "x" * 1025}, "call"),
        ("session.call", {**CALL, "call": {"method": "hello"}}, "call"),
        ("session.call", {**CALL, "mac": zeros(32)}, "mac"),
        ("session.close", {"now": True}, "now"),
        ("pin.info", {"id": 1}, "id"),
        ("pin.unlock", {"key": zeros(32)}, "key"),
        ("pin.unlock", {"pin": "1234"}, "pin"),
        ("pin.set", {**PIN, "key": zeros(63)}, "key"),
        ("pin.set", {**PIN, "salt": zeros(15)}, "salt"),
        ("pin.set", {**PIN, "memory": 7}, "memory"),
        ("pin.set", {**PIN, "memory": 2**32}, "memory"),
        ("pin.set", {**PIN, "passes": 0}, "passes"),
        ("pin.set", {**PIN, "passes": 256}, "passes"),
        ("pin.set", {**PIN, "lanes": 0}, "lanes"),
        ("pin.set", {**PIN, "old": zeros(16)}, "old"),
        ("pin.remove", {"old": None}, "old"),
        ("pin.keys", {}, "digits"),
        ("pin.keys", {"digits": "123"}, "digits"),
        ("pin.keys", {"digits": "1230"}, "digits"),
    ],
)
def test_wrong_parameters(alice, method, params, wrong):
    assert refusal_of(alice, method, params) == (5, -32602, wrong)
    goes_on(alice)


def test_settings_are_changed_all_or_none(desk):
    settings = {"inter_key_ms": 7, "min_remaining_s": 99}
    assert refusal_of(desk, "settings.set", settings) == (5, -32602, "min_remaining_s")
    assert desk.call("settings.get")["inter_key_ms"] == 0


def test_lone_surrogates(desk):
    for request in (
        b'{"jsonrpc":"2.0","id":"\\ud800","method":"hello"}',
        b'{"jsonrpc":"2.0","id":5,"method":"token.rename","params":{"name":"\\udfff"}}',
    ):
        desk.port.write(request + b"\n")
        assert desk.reply()["error"]["code"] in (-32600, -32602)
    goes_on(desk)


@pytest.mark.parametrize(
    ("request_line", "code"),
    [
        (b'{"jsonrpc":"2.0","id":5,"method":"hello","params":{"a\\ud800":1}}', -32602),
        (b'{"jsonrpc":"2.0","id":5,"method":"a\\ud800"}', -32601),
    ],
)
def test_names_that_have_no_utf8(desk, request_line, code):
    desk.port.write(request_line + b"\n")
    error = desk.reply()["error"]
    assert (error["code"], error["data"]) == (code, "a?")
    goes_on(desk)


def test_a_setting_that_has_no_utf8(desk):
    allow_changes(desk)
    call = desk.session.seal_text('{"method":"settings.set","params":{"a\\udfff":1}}')
    request = {"jsonrpc": "2.0", "id": 5, "method": "session.call", "params": call}
    assert error_of(desk, request) == (5, -32602, "a?")
    goes_on(desk)


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("account.rename", {"issuer": "", "name": "x"}),
        ("account.set", {"suffix": "none"}),
        ("account.move", {"position": 1}),
        ("account.default", {}),
        ("account.remove", {}),
        ("code.get", {}),
        ("code.type", {}),
    ],
)
def test_no_such_account(alice, method, more):
    assert refusal_of(alice, method, {"id": 2, **more}) == (5, 1, 2)


def padded(size):
    line = json.dumps(HELLO).encode()
    return line + b" " * (size - len(line))


def test_the_longest_line(desk):
    desk.port.write(padded(1536) + b"\n")
    assert desk.reply()["id"] == 99


@pytest.mark.parametrize("size", [1537, 1536 + 256, 5000, 20_000])
def test_a_line_too_long_is_dropped_to_its_end(desk, size):
    desk.port.write(padded(size))
    desk.token.advance(200)
    desk.port.write(json.dumps(HELLO).encode() + b"\n")  # still the same line
    reply = desk.reply()
    assert (reply["id"], reply["error"]["code"]) == (None, -32001)
    goes_on(desk)
    assert desk.reply(0.2) is None


def test_input_that_comes_in_pieces(desk):
    line = json.dumps(HELLO).encode() + b"\n"
    for i in range(len(line)):
        assert desk.line(0) == b""
        desk.port.write(line[i : i + 1])
        desk.token.advance(7)
    assert desk.reply()["id"] == 99


def test_many_requests_at_once(desk):
    desk.port.write(b"".join(json.dumps({**HELLO, "id": n}).encode() + b"\n" for n in range(40)))
    assert [desk.reply()["id"] for _ in range(40)] == list(range(40))


def test_empty_lines_and_carriage_returns(desk):
    desk.port.write(b"\n\r\n\n" + json.dumps(HELLO).encode() + b"\r\n")
    assert desk.reply()["id"] == 99
    assert desk.reply(0.2) is None


def test_half_a_line_is_forgotten_when_the_port_is_closed(desk):
    for pause in (0, 50):
        desk.port.write(b'{"jsonrpc":"2.0","id":1,"method":"token.re')
        desk.token.advance(pause)
        desk.port.close()
        desk.token.advance(50)
        desk.connect()
        goes_on(desk)


def test_every_byte(desk):
    desk.port.write(bytes(range(256)) * 8 + b"\n")
    codes = []
    while (reply := desk.reply(0.3)) is not None:
        codes.append(reply["error"]["code"])
    assert set(codes) <= {-32700, -32001}
    goes_on(desk)


def test_a_host_that_does_not_read_does_not_hang_the_token(alice):
    channel = alice.token.chip.usb.data
    channel.reading = False
    alice.port.write(b"x\n" * 400)
    alice.token.advance(15_000)
    assert alice.token.chip.reset_reason == "POWER_ON"
    alice.to_second(5)  # not so late in its time step that the token waits for the next
    assert alice.click() == alice.code()
    channel.reading = True
    while alice.line(0.3):
        pass
    alice.raw(HELLO)
    assert alice.line().startswith(b'{"jsonrpc"')  # half a reply, ended
    assert alice.reply()["id"] == 99
    goes_on(alice)

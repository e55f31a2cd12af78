"""Lines that are wrong, odd or broken: what two JSON readers may take differently."""

from __future__ import annotations

from conformance.desk import Desk

STATUS = b'{"jsonrpc":"2.0","id":1,"method":"press.cancel"%s}'
ODD = (
    b"", b"\r", b"   ", b"null", b"17", b'"x"', b"[]", b"[{}]", b"{}", b"{", b"}", b"[" * 60, b'{"a":' * 60,
    b"\xff\xfe", b"\0\0", b"hello", b'{"jsonrpc":"2.0","id":1}', b'{"jsonrpc":2.0,"id":1,"method":"hello"}',
    b'{"jsonrpc":"2.0","id":1.5,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":true,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":9223372036854775807,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":9223372036854775808,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":-9223372036854775808,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":"' + b"x" * 64 + b'","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":"' + b"x" * 65 + b'","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":"\xc3\xa9","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":"\\u00e9","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":"a\\"b\\\\c","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":"\\ud83d\\ude00","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":1,"method":"nothing"}',
    b'{"jsonrpc":"2.0","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":null,"method":"press.cancel"}',
    b' {"jsonrpc" : "2.0" , "id" : 1 , "method" : "press.cancel" } ',
    b'\t{"jsonrpc":"2.0","id":1,"method":"press.cancel"}\r',
    STATUS % b',"params":null', STATUS % b',"params":[]', STATUS % b',"params":{}',
    STATUS % b',"params":{"x":1}',
    STATUS % b',"method":"hello"', STATUS % b" x", STATUS % b"" + b"x", STATUS % b"" + b"{}",
)  # fmt: skip

# Not JSON, but a lenient reader makes something of it.
LENIENT = (
    b'{"jsonrpc" "2.0" "id" 1 "method" "press.cancel"}',
    b'{"jsonrpc":"2.0",,"id":1,"method":"press.cancel"}',
    b'{,"jsonrpc":"2.0","id":1,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":1,"method":"press.cancel",}',
    b'{"jsonrpc":"2.0","id":+1,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":01,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":1.,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":1e2,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":0x1,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":NaN,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":Infinity,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":True,"method":"press.cancel"}',
    b"{'jsonrpc':'2.0','id':1,'method':'press.cancel'}",
    b'{"jsonrpc":"2.0","id":"\\x41","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":"\\q","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":"a\tb","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":"\\u12","method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":"\\ud800","method":"press.cancel"}',
    b'{1:2,"jsonrpc":"2.0","id":1,"method":"press.cancel"}',
    b'{"jsonrpc":"2.0","id":1,"method":"press.cancel"',
    b'{"jsonrpc":"2.0","id":1,"method":"press.cancel"]',
    b'{"jsonrpc":"2.0","id":1,"method":"press.cancel","params":{]}',
)


def odd(desk: Desk) -> None:
    for line in ODD:
        desk.note(repr(line), desk.line(line, 0.3))
    _goes_on(desk)


def lenient(desk: Desk) -> None:
    for line in LENIENT:
        desk.note(repr(line), desk.line(line, 0.3))
    _goes_on(desk)


def long_and_in_pieces(desk: Desk) -> None:
    request = STATUS % b""
    for size in (1023, 1024, 1025, 1500, 5000):
        desk.note(f"{size} bytes", desk.line(request.ljust(size), 1))
        desk.port.write(b"\n")
    for byte in request:
        desk.port.write(bytes([byte]))
        desk.token.advance(2)
    desk.note("byte by byte", desk.line(b""))
    desk.port.write(request[:20])
    desk.token.advance(50)
    desk.port.close()
    desk.token.advance(50)
    desk.connect()
    desk.note("a line that was cut by closing", desk.line(request))


def wrong_parameters(desk: Desk) -> None:
    desk.add()
    for method, params in (
        ("account.add", {"secret": "MTIzNDU2Nzg5MA=="}),
        ("account.add", {"name": "x"}),
        ("account.add", {"name": "x", "secret": "short"}),
        ("account.add", {"name": "x", "secret": "!!!!"}),
        ("account.add", {"name": "x", "secret": "MTIzNDU2Nzg5MA=="}),
        ("account.add", {"name": "x", "secret": "MTIzNDU2Nzg5MA"}),
        ("account.add", {"name": "x" * 65, "secret": "MTIzNDU2Nzg5MA=="}),
        ("account.add", {"name": "\x07", "secret": "MTIzNDU2Nzg5MA=="}),
        ("account.add", {"name": "y", "secret": "MTIzNDU2Nzg5MA==", "digits": 11}),
        ("account.add", {"name": "y", "secret": "MTIzNDU2Nzg5MA==", "digits": 6.0}),
        ("account.add", {"name": "y", "secret": "MTIzNDU2Nzg5MA==", "type": "hotp", "counter": 2**64 - 1}),
        ("account.add", {"name": "y", "secret": "MTIzNDU2Nzg5MA==", "type": "hotp", "counter": 2**64}),
        ("account.move", {"id": 1, "position": 0}),
        ("account.set", {"id": 1, "suffix": "space"}),
        ("settings.set", {"inter_key_ms": True}),
        ("settings.set", {"long_press_ms": 299}),
        ("settings.set", {"nothing": 1}),
        ("clock.set", {"unix": 5}),
        ("clock.set", {"unix": 4102444800}),
        ("code.get", {"id": 1, "timeout": 0}),
        ("token.rename", {"name": "x" * 33}),
    ):
        desk.note(f"{method} {params}", desk.ask(method, **params))
    desk.note("accounts", desk.client.accounts())
    _goes_on(desk)


def _goes_on(desk: Desk) -> None:
    status = desk.ask("status")["result"]
    assert status["faults"] == 0
    desk.note("status", status)

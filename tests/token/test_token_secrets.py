"""Secrets go in and never come out, and a code leaves only after a press."""

import base64
import json

import pytest

MARKED = bytes(range(0x81, 0x95))  # 20 bytes found nowhere else
ENCODINGS = {
    "raw": MARKED,
    "reversed": MARKED[::-1],
    "hex": MARKED.hex().encode(),
    "HEX": MARKED.hex().upper().encode(),
    "base32": base64.b32encode(MARKED),
    "base64": base64.b64encode(MARKED)[:-4],
    "base64url": base64.urlsafe_b64encode(MARKED)[:-4],
    "json": json.dumps(MARKED.decode("latin-1")).encode()[1:-1],
    "utf8": MARKED.decode("latin-1").encode(),
    "list": ", ".join(map(str, MARKED)).encode(),
    "repr": repr(MARKED).encode()[2:-1],
}
IDS = [{}, {"id": 1}, {"id": 2}]
EVERY_METHOD = [
    *("hello", "status", "token.rename", "token.identify", "clock.get", "clock.set"),
    *("account.add", "account.list", "account.rename", "account.set", "account.move", "account.default"),
    *("account.remove", "code.get", "code.type", "press.cancel", "settings.get", "settings.set"),
    *("store.compact", "store.reset"),
]
GUESSES = [
    {},
    {"id": 1},
    {"id": 1, "timeout": 1},
    {"id": 1, "issuer": "I", "name": "n"},
    {"id": 1, "position": 1},
    {"id": 1, "suffix": "tab"},
    {"name": "n", "secret": base64.b64encode(MARKED).decode()},
    {"name": "n", "secret": base64.b64encode(MARKED).decode() + "!"},
    {"name": "n" * 65, "secret": base64.b64encode(MARKED).decode()},
    {"name": "n", "secret": base64.b64encode(MARKED).decode(), "digits": 99},
    {"secret": base64.b64encode(MARKED).decode()},
    {"start": 0},
    {"unix": 1800000100},
    {"pace": 0},
]


def found(output):
    return [name for name, encoded in ENCODINGS.items() if encoded in output or encoded[:12] in output]


def test_the_search_finds_what_it_looks_for():
    for name, encoded in ENCODINGS.items():
        assert name in found(b"<<" + encoded + b">>")


@pytest.mark.parametrize("kind", ["totp", "hotp", "steam"])
def test_no_reply_holds_a_secret(desk, kind):
    desk.add("marked", MARKED, type=kind)
    desk.add("marked again", MARKED, type=kind)
    for method in EVERY_METHOD:
        for guess in GUESSES:
            desk.send(method, **guess)
            desk.token.press()
            desk.token.advance(150)
    desk.port.write(
        b'{"jsonrpc":"2.0","id":1,"method":"account.add","params":{"secret":"' + ENCODINGS["base64"] + b"\n"
    )
    desk.token.advance(1500)
    while desk.line(0):
        pass
    assert len(desk.replies) > len(EVERY_METHOD) * len(GUESSES) / 2
    assert found(b"\n".join(desk.replies)) == []
    assert found(desk.token.console.encode()) == []
    assert found(b"".join(report.data for report in desk.token.reports)) == []
    assert not [name for name, content in desk.token.drive.files.items() if found(content)]


def test_no_code_without_a_press(desk):
    desk.add(type="hotp")
    for method in EVERY_METHOD:
        for params in IDS:
            if method != "account.remove":
                desk.send(method, **params)
                desk.token.advance(30)
    desk.token.advance(31_000)
    while desk.line(0):
        pass
    replies = [json.loads(line) for line in desk.replies]
    assert not [
        reply for reply in replies if "code" in reply.get("result", {}) or "typed" in reply.get("result", {})
    ]
    assert desk.token.typed == ""
    assert desk.call("account.list")["accounts"][0]["counter"] == 0

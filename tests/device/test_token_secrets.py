"""Secrets go in and never come out, and a code leaves only after a press."""

import base64
import json

import pytest

from support.protocol_document import methods
from support.virtual_desk import SHOWN_MS

MARKED = bytes(range(0x81, 0x95))  # 20 bytes found nowhere else
MARKED_KEY = bytes(range(0xA1, 0xC1))  # of an owner, and twice it of a PIN


def encodings(marked):
    return {
        "raw": marked,
        "reversed": marked[::-1],
        "hex": marked.hex().encode(),
        "HEX": marked.hex().upper().encode(),
        "base32": base64.b32encode(marked),
        "base64": base64.b64encode(marked)[:-4],
        "base64url": base64.urlsafe_b64encode(marked)[:-4],
        "json": json.dumps(marked.decode("latin-1")).encode()[1:-1],
        "utf8": marked.decode("latin-1").encode(),
        "list": ", ".join(map(str, marked)).encode(),
        "repr": repr(marked).encode()[2:-1],
    }


ENCODINGS = encodings(MARKED) | {"key " + name: each for name, each in encodings(MARKED_KEY).items()}
IDS = [{}, {"id": 1}, {"id": 2}]
ENDINGS = ["account.remove", "token.claim", "token.release", "store.reset"]
EVERY_METHOD = sorted(methods(), key=lambda method: (method in ENDINGS, method))
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
    {"inter_key_ms": 0},
    {"name": "n", "secret": base64.b64encode(MARKED).decode(), "prove": True, "timeout": 1},
    {"key": base64.b64encode(MARKED_KEY).decode(), "timeout": 1},
    {"key": base64.b64encode(MARKED_KEY * 2).decode()},
    {
        **{
            "key": base64.b64encode(MARKED_KEY * 2).decode(),
            "old": base64.b64encode(MARKED_KEY * 2).decode(),
        },
        **{"salt": base64.b64encode(bytes(16)).decode(), "memory": 8, "passes": 1, "lanes": 1, "timeout": 1},
    },
    {"old": base64.b64encode(MARKED_KEY * 2).decode(), "timeout": 1},
    {"digits": "1234", "timeout": 1},
    {"nonce": base64.b64encode(bytes(16)).decode()},
    {"mac": base64.b64encode(MARKED_KEY).decode()},
    {"seq": 1, "call": '{"method": "hello"}', "mac": base64.b64encode(bytes(16)).decode()},
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
            desk.token.advance(SHOWN_MS)
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
    assert found(desk.token.flash.data) == []  # what it keeps is sealed


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

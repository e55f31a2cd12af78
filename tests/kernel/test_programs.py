"""Other programs at the serial port, and unplugging while ours is running."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from kernel import enrol
from kernel.enrol import CODES
from kernel.port import GuestPort
from kernel.token import KernelToken

NO_TOKEN, DEVICE = 3, 5
HELLO = b'{"jsonrpc":"2.0","id":1,"method":"hello"}\n'
GARBAGE = bytes(range(256)) * 16
FLOOD_LINES = 40
HELLO_S = (3, 6)


@pytest.fixture(scope="module")
def token(new_module_token) -> KernelToken:
    return enrol.with_counted_account(new_module_token())


def answers(token: KernelToken) -> bool:
    """Whether the token still works: it answers hello and types a code."""
    port = token.open()
    try:
        product = hello(port)["product"]
    finally:
        port.close()
    return product == "ticktap" and enrol.typed(token) in CODES


def hello(port: GuestPort) -> dict[str, Any]:
    """The reply to `hello`, which is asked twice, as the client does.

    Replies that an earlier program left unread can cost the first one, or the end of one comes before it.
    """
    for timeout in HELLO_S:
        port.write(HELLO)
        with suppress(TimeoutError):
            return first_result(port, timeout)
    raise TimeoutError("no reply to hello")


def first_result(port: GuestPort, timeout: float) -> dict[str, Any]:
    """The result of the first whole reply."""
    while True:
        with suppress(json.JSONDecodeError):
            return json.loads(port.read_line(timeout))["result"]


def test_an_opener_that_does_not_know_raw_mode(token):
    """The terminal echoes the reply, the token answers the echo, and so on, until the port is closed."""
    port = token.open(raw=False)
    port.write(HELLO)
    token.advance(1500)
    port.close()
    assert answers(token)


def test_garbage(token):
    port = token.open()
    port.write(GARBAGE + b"\n")
    token.advance(500)
    port.close()
    assert answers(token)


def test_a_reader_that_never_reads(token):
    """The token drops replies that are not read, and still types."""
    port = token.open(reading=False)
    for _ in range(FLOOD_LINES):
        port.write_only(HELLO)
    token.advance(2500)
    assert enrol.typed(token) in CODES
    port.close()
    assert answers(token)


def test_a_second_opener_is_told_which_program_has_the_port(token, ticktap):
    """The second of two `ticktap` fails and names the first, whose request continues."""
    token.clear_trace()
    first = ticktap.begin("code")
    token.wait_asked("code.get")
    second = ticktap("account", "list", code=NO_TOKEN)
    assert "in use by ticktap (process" in second.err
    token.press()
    token.wait_for(lambda: not first.running)
    assert first.done().out.strip() in CODES


@pytest.mark.parametrize("phase", ["asked", "pressed", "starting"])
def test_unplugged_while_a_command_waits(token, ticktap, phase):
    """It ends with a clear error, the kernel releases the port, and the token works again."""
    if phase == "starting":
        token.unplug()
        token.plug(wait=False)
        token.wait_for(lambda: token.usb == "attached")
        token.unplug()
    else:
        token.clear_trace()
        program = ticktap.begin("code")
        token.wait_asked("code.get")
        if phase == "pressed":
            token.push()
            token.advance(30)
        token.unplug()
        token.release()
        done = program.done()
        assert done.code not in (0, None) and "token" in done.err, done
    token.plug()
    assert answers(token)

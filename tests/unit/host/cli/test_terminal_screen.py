"""Keys out of the bytes that terminals send."""

import pytest

from ticktap.cli.framework.terminal_screen import keys


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (b"", []),
        (b"\x1b[A\x1b[B\x1bOA\x1bOB", ["up", "down", "up", "down"]),
        (b"kj\r\nq", ["up", "down", "enter", "enter", "leave"]),
        (b"\x1b", ["escape"]),
        (b"\x1b\x1b[A", ["escape", "up"]),
        (b"\x1b[C\x1b[15~\x1b[1;5Aj", ["down"]),  # right, F5 and Ctrl-Up mean nothing
        (b"\x1bqj", ["down"]),  # Alt-q
        (b"\x1b[", []),
        (b"\x04\x03", ["leave", "leave"]),
        ("äx".encode() + b"u", ["unlock"]),
    ],
)
def test_keys(typed, found):
    assert keys(typed) == found

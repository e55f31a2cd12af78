"""The port of a simulated token: a program that was killed must not keep it for itself."""

import fcntl
import os
import struct
import termios

import pytest

from ticktap.simulator.pty_port import PtyPort

TIOCGEXCL = 0x80045440  # Linux, include/uapi/asm-generic/ioctls.h


class Channel:
    """As much of a CdcChannel as a port uses."""

    def __init__(self):
        self.dtr = False
        self.received = bytearray()

    def open(self):
        self.dtr = True

    def close(self):
        self.dtr = False

    def host_write(self, data):
        raise AssertionError("no program has sent anything")


@pytest.mark.parametrize("denied", [False, True], ids=["as root", "as another user"])
def test_exclusive_use_ends_with_the_program(tmp_path, monkeypatch, denied):
    link = tmp_path / "port"
    port = PtyPort(Channel(), link)
    first = os.open(link, os.O_RDWR | os.O_NOCTTY)
    fcntl.ioctl(first, termios.TIOCEXCL)
    port.exchange()
    os.close(first)  # a killed program does not end it
    opened = os.open

    def refused(path, flags, *mode):
        if path == port.path:
            raise OSError("busy")
        return opened(path, flags, *mode)

    with monkeypatch.context() as patched:
        if denied:
            patched.setattr(os, "open", refused)
        port.exchange()
    second = os.open(link, os.O_RDWR | os.O_NOCTTY)
    held = struct.unpack("i", fcntl.ioctl(second, TIOCGEXCL, bytes(4)))[0]
    port.exchange()
    assert (held, port._channel.dtr) == (0, True)
    os.close(second)
    port.close()

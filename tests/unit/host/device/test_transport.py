"""Ports: real pyserial over a pseudo-terminal and a socket, and what is said when a port cannot be had."""

import os
import socket
import types

import pytest

from ticktap.device import transport
from ticktap.device.transport import Candidate, SerialPort, SharedRead
from ticktap.errors import NoToken, PortUnavailable, TokenError


@pytest.fixture
def pty():
    """(what the token holds, the path the host opens)"""
    master, slave = os.openpty()
    os.set_blocking(master, False)
    import tty

    tty.setraw(slave)
    yield master, os.ttyname(slave)
    for end in (master, slave):
        os.close(end)


def test_lines_go_both_ways(pty):
    master, path = pty
    port = SerialPort(path)
    port.write(b"ping\n")
    assert os.read(master, 100) == b"ping\n"
    os.write(master, b"one\r\ntwo\nhal")
    assert port.read_line(1) == b"one"
    assert port.read_line(1) == b"two"
    with pytest.raises(TimeoutError):
        port.read_line(0)
    os.write(master, b"f\n")
    assert port.read_line(1) == b"half"
    port.close()
    port.close()


def test_a_port_is_opened_by_one_program_at_a_time(pty):
    _, path = pty
    port = SerialPort(path)
    with pytest.raises(NoToken, match="in use") as failure:
        SerialPort(path)
    assert "Close that program" in failure.value.remedy
    port.close()
    SerialPort(path).close()


def test_endless_noise_is_no_token(pty):
    master, path = pty
    port = SerialPort(path)
    for _ in range(5):
        os.write(master, b"x" * 1000)
        try:
            port.read_line(0.01)
        except TimeoutError:
            continue
        except TokenError as error:
            assert "not a ticktap" in error.message
            break
    else:
        pytest.fail("five thousand bytes without a newline were taken for a line")
    port.close()


def test_unplugging_is_an_os_error():
    master, slave = os.openpty()
    port = SerialPort(os.ttyname(slave))
    os.close(slave)
    os.close(master)
    with pytest.raises(OSError):
        port.read_line(1)
    with pytest.raises(OSError):
        port.write(b"x")
    port.close()


def test_a_port_that_another_program_reads_is_not_gone(pty, monkeypatch):
    """The system says that bytes are there, and they are gone when they are read."""
    _, path = pty
    port = SerialPort(path)
    monkeypatch.setattr("serial.serialposix.select.select", lambda *lists: (lists[0][:1], [], []))
    with pytest.raises(SharedRead):
        port.read_line(1)
    port.close()


def test_an_error_of_the_terminal_is_an_os_error(pty, monkeypatch):
    """pyserial lets those pass that it meets while it sets its time-out."""
    import termios

    _, path = pty
    port = SerialPort(path)

    def fail(*_):
        raise termios.error(5, "Input/output error")

    monkeypatch.setattr("serial.serialposix.termios.tcgetattr", fail)
    monkeypatch.setattr("serial.serialposix.select.select", fail)
    with pytest.raises(OSError):
        port.read_line(1)
    monkeypatch.undo()
    port.close()


def test_a_port_that_goes_away_while_it_is_opened_cannot_be_opened(pty, monkeypatch):
    import termios

    def fail(*_):
        raise termios.error(5, "Input/output error")

    monkeypatch.setattr("serial.serialposix.termios.tcflush", fail)
    with pytest.raises(PortUnavailable) as failure:
        SerialPort(pty[1])
    assert failure.value.reason == "failed"


def test_a_port_that_takes_nothing_is_a_time_out(pty, monkeypatch):
    import serial

    def full(self, data):
        raise serial.SerialTimeoutException("Write timeout")

    port = SerialPort(pty[1])
    monkeypatch.setattr(serial.Serial, "write", full)
    with pytest.raises(TimeoutError):
        port.write(b"x")
    port.close()


def test_the_program_that_has_a_port_is_named(pty):
    from unit.host.device.test_device_node import opened_by_another

    _, path = pty
    port = SerialPort(path)
    with opened_by_another(path) as other, pytest.raises(NoToken, match=rf"\(process {other.pid}\)"):
        SerialPort(path)
    port.close()


def test_a_url_is_opened_by_pyserial():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = SerialPort(f"socket://127.0.0.1:{server.getsockname()[1]}")
        peer, _ = server.accept()
        peer.sendall(b"hello\n")
        assert port.read_line(5) == b"hello"
        port.write(b"bye\n")
        assert peer.recv(10) == b"bye\n"
        port.close()
        peer.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [("/dev/ticktap-none", "there is no port"), ("nonsense://x", "not a port that pyserial can open")],
)
def test_a_port_that_is_not_there(url, words):
    with pytest.raises(NoToken, match=words) as failure:
        SerialPort(url)
    assert failure.value.exit_code == 3
    assert failure.value.remedy
    assert failure.value.reason in ("absent", "address")


@pytest.mark.parametrize(
    ("number", "words", "remedy"),
    [
        (13, "no permission", "dialout"),
        (1, "no permission", "dialout"),
        (16, "in use", "Close that program"),
        (11, "in use", "Close that program"),
        (5, "cannot be opened", "Unplug"),
    ],
)
def test_why_a_port_cannot_be_opened(monkeypatch, number, words, remedy):
    import serial

    def refuse(self):
        raise serial.SerialException(number, "could not open port")

    monkeypatch.setattr(transport.sys, "platform", "linux")
    monkeypatch.setattr(serial.Serial, "open", refuse)
    with pytest.raises(NoToken, match=words) as failure:
        SerialPort("/dev/ttyACM9")
    assert remedy in failure.value.remedy


def test_permission_remedy_elsewhere_names_no_linux_group():
    import sys

    assert ("dialout" in transport.permission_remedy("/dev/x")) == sys.platform.startswith("linux")


def info(device, **fields):
    usual = {
        "product": None,
        "manufacturer": None,
        "interface": None,
        "serial_number": None,
        "description": "n/a",
    }
    return types.SimpleNamespace(device=device, **usual | fields)


@pytest.mark.parametrize(
    ("port", "why"),
    [
        (info("/dev/ttyACM1", product="ticktap", interface="CircuitPython CDC2 data"), ""),
        (info("/dev/ttyACM1", product="Ticktap"), ""),
        (info("/dev/ttyACM1", manufacturer="ticktap", product="Pico"), ""),
        (info("COM7", description="ticktap (COM7)"), ""),
        (
            info("/dev/ttyACM0", product="ticktap", interface="CircuitPython CDC control"),
            "not the data channel",
        ),
        (info("/dev/ttyACM0", product="Arduino Uno"), "Arduino Uno"),
        (info("/dev/ttyS0"), "no USB device"),
    ],
)
def test_which_ports_may_be_a_token(monkeypatch, port, why):
    from serial.tools import list_ports

    monkeypatch.setattr(list_ports, "comports", lambda: [port])
    (found,) = transport.find()
    assert found.path == port.device
    assert why in found.why_rejected
    assert bool(found.why_rejected) == bool(why)


def test_ports_come_in_the_order_of_their_paths(monkeypatch):
    from serial.tools import list_ports

    monkeypatch.setattr(list_ports, "comports", lambda: [info("/dev/b", product="ticktap"), info("/dev/a")])
    assert transport.find() == [
        Candidate("/dev/a", why_rejected="its product name is not 'ticktap' (no USB device)"),
        Candidate("/dev/b", product="ticktap"),
    ]


@pytest.mark.parametrize(
    ("choice", "address"),
    [
        ("/dev/ttyACM0", True),
        ("./token", True),
        ("socket://host:7", True),
        ("COM3", True),
        ("com12", True),
        ("desk", False),
        ("DE6312", False),
        ("comfort", False),
    ],
)
def test_what_is_an_address(choice, address):
    assert transport.is_address(choice) is address

"""What the system tells of a port's device: its age, and the programs that have it open."""

import os
import subprocess
import sys
import tty
from contextlib import contextmanager
from pathlib import Path

import pytest

from ticktap.device import device_node
from ticktap.device.device_node import Program

OPEN = "import os, sys; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print(flush=True); sys.stdin.read()"


@pytest.fixture
def terminal():
    """The path of a pseudo-terminal."""
    master, slave = os.openpty()
    tty.setraw(slave)
    yield os.ttyname(slave)
    os.close(slave)
    os.close(master)


@contextmanager
def opened_by_another(path):
    """Another process that has `path` open."""
    command = [sys.executable, "-c", OPEN, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline()
        yield process
        process.stdin.close()


def usb_tree(root, duration):
    """As Linux has it: the terminal's device is an interface, which lies in the USB device."""
    interface = root / "devices" / "usb1" / "1-1" / "1-1:1.1"
    power = interface.parent / "power"
    power.mkdir(parents=True)
    (power / "connected_duration").write_text(duration)
    interface.mkdir()
    (interface / "power").mkdir()  # without that file
    terminal = root / "class" / "tty" / "ttyACM0"
    terminal.mkdir(parents=True)
    (terminal / "device").symlink_to(interface)
    return root


@pytest.mark.parametrize(("duration", "age"), [("2512\n", 2.512), ("0\n", 0.0), ("86400000\n", 86400.0)])
def test_a_usb_device_has_its_age_from_the_kernel(tmp_path, duration, age):
    assert device_node.age_s("/dev/ttyACM0", sysfs=usb_tree(tmp_path, duration)) == age


def test_a_link_to_a_port_has_the_age_of_its_device(tmp_path):
    link = tmp_path / "by-id"
    link.symlink_to("/dev/ttyACM0")
    assert device_node.age_s(str(link), sysfs=usb_tree(tmp_path / "sys", "4000\n")) == 4.0


def test_another_port_is_as_old_as_its_node(terminal, tmp_path):
    made = Path(terminal).stat().st_ctime
    assert device_node.age_s(terminal, made + 5, tmp_path) == pytest.approx(5)
    assert device_node.age_s(terminal, made - 5, tmp_path) is None, "the clock was set back"


@pytest.mark.parametrize("address", ["/dev/ticktap-none", "socket://host:1", "COM3"])
def test_the_age_of_what_is_no_node_is_not_known(address, tmp_path):
    assert device_node.age_s(address, sysfs=tmp_path) is None


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_other_systems_tell_no_age(terminal, system, monkeypatch):
    monkeypatch.setattr(sys, "platform", system)
    assert device_node.age_s(terminal) is None


def test_programs_that_have_a_port_open_are_found_by_any_name_of_it(terminal, tmp_path):
    link = tmp_path / "port"
    link.symlink_to(terminal)
    assert device_node.programs(str(link)) == []  # this process has it open too, and does not count
    with opened_by_another(terminal) as process:
        (found,) = device_node.programs(str(link))
        assert found.pid == process.pid
        assert found.name in Path(sys.executable).resolve().name
    assert device_node.programs(terminal) == []


def test_a_process_that_this_user_may_not_look_into_is_passed_over(terminal, tmp_path):
    (tmp_path / "7").mkdir()  # no fd to list
    (tmp_path / "8" / "fd").mkdir(parents=True)
    (tmp_path / "8" / "fd" / "3").symlink_to(tmp_path / "gone")
    (tmp_path / "9" / "fd").mkdir(parents=True)
    (tmp_path / "9" / "fd" / "3").symlink_to(terminal)
    (tmp_path / "self").mkdir()
    assert device_node.programs(terminal, tmp_path) == [Program(9, "a program")]
    (tmp_path / "9" / "comm").write_text("minicom\n")
    assert device_node.programs(terminal, tmp_path) == [Program(9, "minicom")]


@pytest.mark.parametrize("address", ["socket://host:1", "COM3", "/dev/ticktap-none", "/"])
def test_what_is_no_terminal_has_no_programs(address):
    assert device_node.programs(address) == []


def test_a_system_without_proc_tells_no_programs(terminal, tmp_path):
    assert device_node.programs(terminal, tmp_path / "none") == []


def test_many_programs_are_counted():
    some = [Program(number, "cat") for number in range(5)]
    assert device_node.named(some[:1]) == "cat (process 0)"
    assert device_node.named(some).endswith("cat (process 2) and 2 more")
    assert device_node.named([]) == ""

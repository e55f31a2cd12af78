"""The token in real time: pty, control socket, state file. Small firmware; waits end when things happen."""

import json
import os
import socket
import stat
import threading

import pytest
import serial

from ticktap.errors import BadInput, NoToken
from ticktap.simulator.control import ControlServer, send
from ticktap.simulator.real_time import RealTimeToken

BOOT = "import usb_cdc\nusb_cdc.enable(console=True, data=True)\n"
ECHO = """
import board, keypad, microcontroller, time, usb_cdc, usb_hid
keys = keypad.Keys((board.GP15,), value_when_pressed=False)
data = usb_cdc.data
data.timeout = 0
while True:
    if data.in_waiting:
        data.write(data.read(data.in_waiting))
    event = keys.events.get()
    if event:
        microcontroller.nvm[1 - event.pressed] = 1
        usb_hid.devices[0].send_report(bytes((0, 0, 4 * event.pressed, 0, 0, 0, 0, 0)))
    time.sleep(0.001)
"""


@pytest.fixture
def start(make_drive, tmp_path):
    """start() -> (live token, path of its control socket); its port is linked at tmp_path/port."""
    drive = make_drive(ECHO, boot=BOOT)
    running = []

    def begin():
        live = RealTimeToken.start(drive=drive, link=tmp_path / "port", state=tmp_path / "state")
        running.append(live)
        server = ControlServer(live, tmp_path / "control")
        running.append(server)
        return live, tmp_path / "control"

    yield begin
    for part in reversed(running):
        part.close()


def wait_until(live, condition):
    """Real time passes in the token's own pace until `condition(token)`; at most ten simulated seconds."""
    met = threading.Event()

    def look(token, left=2_000):
        if condition(token):
            met.set()
        elif left:
            token.call_later(5, lambda: look(token, left - 1))

    live.do(look)
    assert met.wait(30)


def test_a_serial_program_talks_to_it(start):
    live, _ = start()
    path = live.wait_for_port()
    with serial.Serial(path, timeout=10) as port:
        port.write(b"hello\n" + bytes(range(1, 256)))
        assert port.read(261) == b"hello\n" + bytes(range(1, 256))
        assert live.do(lambda token: token.chip.usb.data.dtr)
    wait_until(live, lambda token: not token.chip.usb.data.dtr)


def test_unplugging_takes_the_port_away_and_plugging_brings_it_back(start):
    live, control = start()
    path = live.wait_for_port()
    with serial.Serial(path, timeout=10) as port:
        send(control, {"do": "unplug"})
        wait_until(live, lambda token: not token.plugged)
        with pytest.raises(serial.SerialException):
            port.read(1)
    assert not os.path.lexists(path)
    send(control, {"do": "plug"})
    with serial.Serial(live.wait_for_port(), timeout=10) as port:
        port.write(b"again")
        assert port.read(5) == b"again"


def test_the_control_commands(start):
    live, control = start()
    live.wait_for_port()
    wait_until(live, lambda token: token.host.reports or token.chip.usb.ready)
    before = send(control, {"do": "status"})
    assert before["plugged"] and before["phase"] == "code" and before["typed"] == ""
    send(control, {"do": "press", "ms": 80})
    wait_until(live, lambda token: len(token.reports) == 2)
    assert send(control, {"do": "typed", "clear": True}) == {"typed": "a"}
    assert send(control, {"do": "typed"}) == {"typed": ""}
    send(control, {"do": "advance", "ms": 60_000})
    assert send(control, {"do": "status"})["clock"] - before["clock"] > 60
    send(control, {"do": "leds", "num_lock": False})
    assert send(control, {"do": "status"})["num_lock"] is False
    send(control, {"do": "quit"})
    assert live.finished.is_set()


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b"not json\n", "expected a JSON object"),
        (b'{"do": "explode"}\n', "expected a JSON object"),
        (b"[]\n", "expected a JSON object"),
        (b'{"do": "press", "button": 9}\n', "there is no button 9"),
        (b'{"do": "press", "colour": 1}\n', "unexpected keyword"),
        (b'{"do": "advance"}\n', "missing 1 required"),
    ],
)
def test_wrong_commands(start, line, complaint):
    _, control = start()
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(control))
        client.sendall(line)
        reply = json.loads(client.makefile().readline())
    assert reply["ok"] is False
    assert complaint in reply["error"]


def test_send_says_what_went_wrong(start, tmp_path):
    live, control = start()
    with pytest.raises(BadInput, match="no button"):
        send(control, {"do": "hold", "button": 2})
    with pytest.raises(NoToken):
        send(tmp_path / "nobody", {"do": "status"})
    with pytest.raises(BadInput, match="another simulated token"):
        ControlServer(live, control)


def test_only_the_owner_may_read_or_control(start, tmp_path):
    live, control = start()
    live.wait_for_port()
    wait_until(live, lambda token: token.chip.phase == "code")
    send(control, {"do": "press"})
    wait_until(live, lambda token: token.nvm.data[:2] == b"\x01\x01")
    live.do(lambda token: None)
    for path in (control, tmp_path / "state"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_state_survives_and_the_clock_has_gone_on(start, tmp_path, make_drive):
    live, control = start()
    live.wait_for_port()
    live.do(lambda token: token.rtc.set(token.unix + 50))
    send(control, {"do": "press"})
    wait_until(live, lambda token: token.nvm.data[:2] == b"\x01\x01")
    live.close()
    with RealTimeToken.start(drive=make_drive(ECHO, boot=BOOT), state=tmp_path / "state") as again:
        assert again.do(lambda token: bytes(token.nvm.data[:3])) == b"\x01\x01\xff"
        assert again.do(lambda token: token.rtc.unix - token.unix) == pytest.approx(50, abs=0.001)


def test_a_state_file_of_something_else(tmp_path, make_drive):
    (tmp_path / "state").write_text("{}")
    with pytest.raises(BadInput, match="not the state"):
        RealTimeToken.start(drive=make_drive(), state=tmp_path / "state")


def test_a_file_where_the_link_should_go(tmp_path, make_drive):
    (tmp_path / "port").write_text("mine")
    with pytest.raises(BadInput, match="not a link"):
        RealTimeToken.start(drive=make_drive(), link=tmp_path / "port")


def test_work_asked_of_a_token_that_has_ended(make_drive):
    live = RealTimeToken.start(drive=make_drive())
    live.close()
    with pytest.raises(RuntimeError, match="has ended"):
        live.do(lambda token: token.ms)

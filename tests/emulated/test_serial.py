"""The data channel in emulated time and, through a terminal, under real pyserial."""

from __future__ import annotations

import serial

from emulated.bridge import PtyBridge
from emulated.probe import Probe


def test_long_lines_go_both_ways(probe: Probe) -> None:
    text = "0123456789abcdef" * 60
    assert probe.ask(f"'{text}' * 2") == text * 2


def test_closing_drops_dtr(probe: Probe) -> None:
    probe.run("import usb_cdc, time", "seen = []")
    probe.start("for _ in range(10): seen.append(usb_cdc.data.connected); time.sleep(0.01)")
    probe.token.advance(20)
    probe.port.close()
    probe.token.advance(200)
    probe.reopen()
    seen = probe.ask("seen")
    assert seen[0] is True and seen[-1] is False


def test_pyserial_talks_through_a_terminal(probe: Probe) -> None:
    probe.port.close()
    with PtyBridge(probe.token) as bridge:
        with serial.Serial(bridge.path, timeout=10) as port:
            port.write(b"=6*7\n")
            assert port.readline() == b"42\n"
            bridge.do(lambda token: token.rtc(celsius=21))
            port.write(b"=[usb_cdc.data.connected for usb_cdc in (__import__('usb_cdc'),)]\n")
            assert port.readline() == b"[True]\n"
        before = bridge.do(lambda token: token.ms)
        after = bridge.do(lambda token: (token.advance(100), token.ms)[1])
        assert after - before >= 100
    probe.reopen()
    assert probe.ask("1 + 1") == 2

"""A clock chip that is no DS3231, at its address: said, refused, and left alone."""

import pytest

from support.virtual_desk import RpcFailure

BUILT = 1795305600  # the release date in fob/version.py, said again


class OtherChip:
    """A PCF8523: it answers at the same address, with registers of its own."""

    present = True

    def __init__(self):
        self.registers = bytearray.fromhex("00000080000001060100808080800038070007") + bytes(1)
        self.pointer, self.first = 0, False
        self.written = 0

    def start(self, write):
        self.first = write
        return True

    def put(self, byte):
        if self.first:
            self.pointer, self.first = byte % len(self.registers), False
        else:
            self.written += 1

    def get(self):
        byte = self.registers[self.pointer]
        self.pointer = (self.pointer + 1) % len(self.registers)
        return byte

    def stop(self):
        pass


def test_another_chip_is_refused_and_never_written_to(alice):
    ours, other = alice.token.rtc, OtherChip()
    alice.token.rtc.present = False
    alice.token.advance(2000)
    alice.token.bus.parts[0x68] = other
    alice.token.advance(3000)
    assert alice.status()["clock"]["state"] == "other"
    assert alice.click() == ""
    with pytest.raises(RpcFailure) as refused:
        alice.call("clock.set", unix=BUILT)
    assert refused.value.code in (4, 13)
    assert other.written == 0
    alice.token.bus.parts[0x68] = ours
    ours.present = True
    alice.token.advance(3000)
    assert alice.click() == alice.code()

"""`usb_cdc`: the console and data serial ports (shared-module/usb_cdc)."""

from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module
from ticktap.simulator.parts.cdc import CdcChannel
from ticktap.simulator.timeline import SECOND

READ_NS = WRITE_NS = 1_200  # a byte


class Serial(Bound):
    """One port. `timeout` and `write_timeout` are seconds, None waits for ever, 0 does not wait."""

    def __init__(self, channel: CdcChannel) -> None:
        self._channel = channel
        self.timeout: float | None = None
        self.write_timeout: float | None = None

    @property
    def connected(self) -> bool:
        self._chip.consume_time()
        return self._channel.connected

    @property
    def in_waiting(self) -> int:
        self._chip.consume_time()
        return len(self._channel.rx)

    @property
    def out_waiting(self) -> int:
        self._chip.consume_time()
        return self._channel.out_waiting

    def read(self, size: int = -1) -> bytes:
        channel, chip = self._channel, self._chip
        wanted = size if size >= 0 else 1 << 30  # all there is until the timeout, which may never come
        data = channel.chip_read(wanted)
        end = None if self.timeout is None else chip.timeline.now + _ns(self.timeout)
        while len(data) < wanted and (end is None or chip.timeline.now < end):
            chip.wait(lambda: bool(channel.rx), None if end is None else end - chip.timeline.now)
            data += channel.chip_read(wanted - len(data))
        self._chip.consume_time(5_000 + READ_NS * len(data))
        return data

    def readinto(self, buf: bytearray) -> int:
        data = self.read(len(buf))
        memoryview(buf)[: len(data)] = data
        return len(data)

    def readline(self, size: int = -1) -> bytes:
        line = b""
        while not line.endswith(b"\n") and len(line) != size:
            byte = self.read(1)
            if not byte:
                break
            line += byte
        return line

    def readlines(self) -> list[bytes]:
        return list(iter(self.readline, b""))

    def write(self, buf: bytes) -> int:
        data = bytes(buf)
        sent = self._channel.chip_write(data)
        end = None if self.write_timeout is None else self._chip.timeline.now + _ns(self.write_timeout)
        while sent < len(data) and (end is None or self._chip.timeline.now < end):
            self._chip.consume_time(100_000)
            sent += self._channel.chip_write(data[sent:])
        self._chip.consume_time(5_000 + WRITE_NS * sent)
        return sent

    def flush(self) -> None:
        self._chip.consume_time()

    def reset_input_buffer(self) -> None:
        self._channel.chip_read(len(self._channel.rx))

    def reset_output_buffer(self) -> None:
        self._channel.drop_output()


def _ns(seconds: float) -> int:
    return round(seconds * SECOND)


def build(chip: Chip) -> ModuleType:
    cls = bind(Serial, chip)
    module = make_module("usb_cdc", Serial=cls)

    def show() -> None:
        usb = chip.usb
        module.__dict__["console"] = cls(usb.console) if usb.console.enabled else None
        module.__dict__["data"] = cls(usb.data) if usb.data.enabled else None

    def enable(*, console: bool = True, data: bool = False) -> None:
        if chip.usb.connected:
            raise RuntimeError("Cannot change USB devices now")
        if not chip.usb.attached:
            chip.usb.console.enabled, chip.usb.data.enabled = bool(console), bool(data)
        show()

    show()
    module.__dict__["enable"] = enable
    module.__dict__["disable"] = lambda: enable(console=False, data=False)
    return module

"""`usb_hid`: HID devices, reports to the host and from it (shared-module/usb_hid)."""

from collections.abc import Sequence
from types import ModuleType
from typing import Any

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module
from ticktap.simulator.parts import usb_device
from ticktap.simulator.parts.usb_device import HidSpec
from ticktap.simulator.timeline import SECOND, US

MOST_DEVICES = 8
READY_NS = 2 * SECOND
SEND_NS = 30 * US


class Device(Bound):
    """A HID device; `Device.KEYBOARD` and the like are the built-in ones."""

    def __init__(
        self,
        *,
        report_descriptor: bytes,
        usage_page: int,
        usage: int,
        report_ids: Sequence[int],
        in_report_lengths: Sequence[int],
        out_report_lengths: Sequence[int],
    ) -> None:
        if not len(report_ids) == len(in_report_lengths) == len(out_report_lengths):
            raise ValueError(
                "report_ids, in_report_lengths, and out_report_lengths must all be the same length"
            )
        self.spec = HidSpec(
            usage_page, usage, tuple(report_ids), tuple(in_report_lengths), tuple(out_report_lengths)
        )

    @classmethod
    def of(cls, spec: HidSpec) -> "Device":
        device = cls.__new__(cls)
        device.spec = spec
        return device

    @property
    def usage_page(self) -> int:
        return self.spec.usage_page

    @property
    def usage(self) -> int:
        return self.spec.usage

    def send_report(self, report: Any, report_id: int | None = None) -> None:
        """Hand a report to the endpoint; waits up to 2 s for room.

        A suspended host is asked to wake up and the report is dropped; with no host, or one that does not
        read, OSError "USB busy".
        """
        position = self._position(report_id)
        data = bytes(report)
        if len(data) != self.spec.in_lengths[position]:
            raise ValueError(f"report length must be {self.spec.in_lengths[position]}")
        chip, usb = self._chip, self._chip.usb
        chip.consume_time(SEND_NS)
        ready = chip.wait(lambda: usb.hid_ready, READY_NS)
        if usb.suspended:
            usb.host.wake()
        elif not ready:
            raise OSError("USB busy")
        else:
            usb.send(self.spec.report_ids[position], data)

    def get_last_received_report(self, report_id: int | None = None) -> bytes | None:
        """The last output report, once; None when there is no newer one."""
        self._chip.consume_time()
        return self._chip.usb.take_output(self.spec.report_ids[self._position(report_id)])

    def _position(self, report_id: int | None) -> int:
        if report_id is None and len(self.spec.report_ids) == 1:
            return 0
        if report_id not in self.spec.report_ids:
            raise ValueError("Invalid report_id")
        return self.spec.report_ids.index(report_id)


def build(chip: Chip) -> ModuleType:
    cls: Any = bind(Device, chip)
    known = {spec: cls.of(spec) for spec in usb_device.DEFAULT_HID}
    cls.KEYBOARD, cls.MOUSE, cls.CONSUMER_CONTROL = known.values()
    module = make_module("usb_hid", Device=cls)

    def show() -> None:
        module.__dict__["devices"] = tuple(known.get(spec) or cls.of(spec) for spec in chip.usb.hid_devices)

    def enable(devices: Sequence[Device], boot_device: int = 0) -> None:
        if chip.usb.connected:
            raise RuntimeError("Cannot change USB devices now")
        if len(devices) > MOST_DEVICES:
            raise ValueError(f"devices length must be <= {MOST_DEVICES}")
        if not chip.usb.attached:
            chip.usb.hid_devices = tuple(device.spec for device in devices)
        show()

    show()
    module.__dict__["enable"] = enable
    module.__dict__["disable"] = lambda: enable(())
    module.__dict__["get_boot_device"] = lambda: 0
    module.__dict__["set_interface_name"] = lambda interface_name: None
    return module

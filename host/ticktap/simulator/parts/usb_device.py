"""The chip's USB device controller: configured or not, one HID interrupt endpoint, two serial channels.

The endpoint holds one report. The host polls it every 8 ms, at times independent of the firmware; a report
that is not fetched stays until the bus is reset, also during a suspend.
"""

from __future__ import annotations

from dataclasses import dataclass

from ticktap.simulator.parts.cdc import CdcChannel
from ticktap.simulator.parts.usb_host import UsbHost
from ticktap.simulator.timeline import MS, US, Event, Timeline

POLL_NS = 8 * MS
GRID_NS = 3_300 * US  # from the configuration to the first poll


@dataclass(frozen=True)
class HidSpec:
    """One HID device in the report descriptor: ids with the lengths of their IN and OUT reports."""

    usage_page: int
    usage: int
    report_ids: tuple[int, ...]
    in_lengths: tuple[int, ...]
    out_lengths: tuple[int, ...]


KEYBOARD = HidSpec(0x01, 0x06, (1,), (8,), (1,))
MOUSE = HidSpec(0x01, 0x02, (2,), (4,), (0,))
CONSUMER_CONTROL = HidSpec(0x0C, 0x01, (3,), (2,), (0,))
DEFAULT_HID = (KEYBOARD, MOUSE, CONSUMER_CONTROL)


class UsbDevice:
    """`outputs` keeps the last output report per id, and whether it is new (usb_hid/Device.c)."""

    def __init__(self, timeline: Timeline, host: UsbHost) -> None:
        self._timeline = timeline
        self.host = host
        self.attached = False
        self.configured = False
        self.configured_at = 0
        self.identity: dict[str, str | int] = {}
        self.midi = True  # CircuitPython's default; boot.py may change it
        self.console = CdcChannel(timeline, self)
        self.data = CdcChannel(timeline, self)
        self.hid_devices: tuple[HidSpec, ...] = DEFAULT_HID
        self.output_ids: set[int] = set()
        self.outputs: dict[int, tuple[bytes, bool]] = {}
        self._pending: tuple[int, bytes] | None = None
        self._poll: Event | None = None

    def channels(self) -> tuple[CdcChannel, CdcChannel]:
        return self.console, self.data

    # --- bus states (TinyUSB names in brackets)

    @property
    def connected(self) -> bool:
        """Whether a host has addressed the device [tud_connected]."""
        return self.configured

    @property
    def suspended(self) -> bool:
        """Whether the host has suspended the bus [tud_suspended]."""
        return self.configured and self.host.suspended

    @property
    def ready(self) -> bool:
        """Whether it is configured and not suspended [tud_ready]."""
        return self.configured and not self.host.suspended

    @property
    def hid_ready(self) -> bool:
        """Whether the endpoint can take a report [tud_hid_ready]."""
        return self.ready and self._pending is None

    def attach(self) -> None:
        """Connects to the bus, after boot.py."""
        self.attached = True
        self.host.plug_in(self)

    def detach(self) -> None:
        """Disconnects from the bus: reset or loss of power."""
        self.attached = False
        self.bus_reset()
        self.host.unplug()
        self.identity = {}
        self.midi = True
        self.outputs.clear()
        self.output_ids.clear()
        for channel in self.channels():
            channel.enabled = False

    def bus_reset(self) -> None:
        """Resets the state after the host left or reset the bus: not configured, nothing pending."""
        self.configured = False
        self._pending = None
        for channel in self.channels():
            channel.disconnect()

    # --- keyboard

    def set_up_reports(self) -> None:
        """Creates empty buffers for output reports, at the start of code.py."""
        pairs = [
            pair for spec in self.hid_devices for pair in zip(spec.report_ids, spec.out_lengths, strict=True)
        ]
        self.output_ids = {report_id for report_id, length in pairs if length}
        self.outputs.clear()

    def send(self, report_id: int, data: bytes) -> None:
        """Fills the endpoint; only if `hid_ready`."""
        self._pending = (report_id, data)
        self.schedule_poll()

    def schedule_poll(self) -> None:
        """Schedules the host's next fetch, if there is something to fetch."""
        if self._poll is not None:
            self._poll.cancel()
            self._poll = None
        if self._pending is not None and self.ready and self.host.polling:
            grid = self.configured_at + GRID_NS
            passed = (self._timeline.now - grid) // POLL_NS
            self._poll = self._timeline.at(grid + (passed + 1) * POLL_NS, self._fetched)

    def _fetched(self) -> None:
        pending, self._pending = self._pending, None
        if pending is not None:
            self.host.receive(*pending)

    def output_report(self, report_id: int, data: bytes) -> None:
        """Receives a report from the host; it is lost before code.py has created the buffers."""
        if report_id in self.output_ids:
            self.outputs[report_id] = (data, True)

    def take_output(self, report_id: int) -> bytes | None:
        """Takes the last output report; None if it was taken already."""
        data, fresh = self.outputs.get(report_id, (b"", False))
        if not fresh:
            return None
        self.outputs[report_id] = (data, False)
        return data

"""`supervisor`: ticks, the state of USB, reload, and the names under which USB presents the chip."""

from types import ModuleType
from typing import Any, NoReturn

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import Bound, bind, make_module
from ticktap.simulator.signals import Reload


class Runtime(Bound):
    rgb_status_brightness = 0
    ble_workflow = False
    display = None

    @property
    def usb_connected(self) -> bool:
        self._chip.consume_time()
        return self._chip.usb.ready

    @property
    def serial_connected(self) -> bool:
        self._chip.consume_time()
        return self._chip.usb.console.connected

    @property
    def serial_bytes_available(self) -> int:
        self._chip.consume_time()
        return len(self._chip.usb.console.rx)

    @property
    def autoreload(self) -> bool:
        return self._chip.autoreload

    @autoreload.setter
    def autoreload(self, value: bool) -> None:
        self._chip.autoreload = bool(value)


class StatusBar:
    console = True


def build(chip: Chip) -> ModuleType:
    def ticks_ms() -> int:
        chip.consume_time()
        return chip.ticks_ms()

    def reload() -> NoReturn:
        chip.stop = Reload()
        raise chip.stop

    def set_usb_identification(
        manufacturer: str | None = None, product: str | None = None, vid: int = -1, pid: int = -1
    ) -> None:
        for text in (manufacturer, product):
            if text is not None and len(text) > 126:
                raise ValueError("length must be <= 126")
        given: dict[str, Any] = {"manufacturer": manufacturer, "product": product, "vid": vid, "pid": pid}
        if chip.phase == "boot":
            chip.usb.identity |= {key: value for key, value in given.items() if value not in (None, -1)}

    return make_module(
        "supervisor",
        runtime=bind(Runtime, chip)(),
        status_bar=StatusBar(),
        ticks_ms=ticks_ms,
        reload=reload,
        set_usb_identification=set_usb_identification,
        get_previous_traceback=lambda: chip.previous_traceback,
    )

"""`storage`: who may write the drive, the host over USB or the firmware."""

import errno
from types import ModuleType

from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module
from ticktap.simulator.oserror import os_error


class VfsFat:
    """The mounted drive, as far as firmware looks at it."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip
        self.label = "CIRCUITPY"

    @property
    def readonly(self) -> bool:
        return not self._chip.drive.writable


def build(chip: Chip) -> ModuleType:
    def set_usb_drive(enabled: bool) -> None:
        if chip.usb.connected:
            raise RuntimeError("Cannot change USB devices now")
        chip.usb_drive = enabled
        chip.drive.writable = not enabled

    def remount(
        mount_path: str, readonly: bool = False, disable_concurrent_write_protection: bool = False
    ) -> None:
        if mount_path != "/":
            raise os_error(errno.EINVAL)
        if chip.usb_drive and chip.usb.connected:
            raise RuntimeError("Cannot remount path when visible via USB.")
        chip.drive.writable = not readonly

    def getmount(mount_path: str) -> VfsFat:
        if mount_path != "/":
            raise os_error(errno.EINVAL)
        return VfsFat(chip)

    return make_module(
        "storage",
        VfsFat=VfsFat,
        remount=remount,
        getmount=getmount,
        disable_usb_drive=lambda: set_usb_drive(False),
        enable_usb_drive=lambda: set_usb_drive(True),
    )

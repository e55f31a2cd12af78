"""The nodes in /dev that the guest's kernel has made for a device, from sysfs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kernel.guest.usb_port import CONTROLLER

DEV = Path("/dev")


class UsbDevices:
    """Devices by the number of their port."""

    def op_device(self, port: int) -> dict[str, Any]:
        """{"path" in sysfs, "serial", and the nodes "console", "data", "input", "disk", or None}."""
        found = list(CONTROLLER.glob(f"usb*/*-{port + 1}"))
        told: dict[str, Any] = dict.fromkeys(("path", "serial", "console", "data", "input", "disk"))
        if found:
            told |= {"path": str(found[0]), "serial": _text(found[0] / "serial")}
            for tty in found[0].glob("*/tty/*"):
                name = "data" if "CDC2" in _text(tty / "device" / "interface") else "console"
                told[name] = _node(DEV / tty.name)
            for event in found[0].glob("*/*/input/input*/event*"):
                told["input"] = _node(DEV / "input" / event.name)
            for disk in found[0].glob("*/host*/target*/*/block/*"):
                told["disk"] = _node(DEV / disk.name)
        return told

    def op_resume(self, path: str) -> None:
        """Resumes a device, and lets it be suspended again if it was: what a hub's report of a remote wake-up
        does (Linux, drivers/usb/core/hub.c, hub_handle_remote_wakeup)."""
        control = Path(path) / "power" / "control"
        allowed = control.read_text()
        control.write_text("on")
        control.write_text(allowed)


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:  # gone meanwhile
        return ""


def _node(path: Path) -> str | None:
    return str(path) if path.exists() else None

"""The flash that emulated lives begin with."""

from emulated.conftest import firmware_flash

__all__ = ["firmware_flash"]

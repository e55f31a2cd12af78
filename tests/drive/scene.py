"""Two firmwares, a drive between them, and a computer that writes it: what tests of updates share."""

from __future__ import annotations

import re

from drive.fat_files import FatFiles
from fob.store.sector import HEADER_SIZE, SECTOR_SIZE, build_segment
from ticktap.drive import fat_volume
from ticktap.drive.build import blank_store_file
from ticktap.drive.compare import (
    LOG_FILE,
    SEGMENTS_FILE,
    SETTINGS,
    STORE_FILE,
    VERSION_FILE,
    Firmware,
    included_firmware,
)
from ticktap.drive.fat_geometry import made_by_circuitpython
from ticktap.drive.update import Updating
from ticktap.simulator.drive import Drive
from ticktap.simulator.parts.flash import MIB, Flash
from ticktap.simulator.parts.sector_cache import VOLUME_ADDRESS, SectorCache
from ticktap.simulator.signals import PowerLost
from ticktap.simulator.timeline import Timeline

SIZES = (2, 4, 8, 16)  # MiB of flash
SERIAL = "DE6348109F2A4C17"
BOOT_OUT = (
    "Adafruit CircuitPython 10.0.3 on 2025-10-17; Raspberry Pi Pico with rp2040\r\n"
    f"Board ID:raspberry_pi_pico\r\nUID:{SERIAL}\r\nboot.py output:\r\nticktap 0.1.0\r\n"
).encode()
PINS = b'TICKTAP_LED = "LED"\n'
GREETING = b'print("Hello World!")\n'
FRESH = {"boot_out.txt": BOOT_OUT, "code.py": GREETING, SETTINGS: b""}  # as CircuitPython makes a drive

GROWN = ("code.py", "lib/fob/app/token.py", "lib/fob/rpc/hello.py")
SHRUNK = "lib/fob/otp/otp.py"
SAME_SIZE = "boot.py"
ADDED, GONE = "lib/fob/rpc/new_words.py", "lib/fob/old_words.py"


def older() -> Firmware:
    """The firmware of this checkout."""
    return included_firmware()


def few(now: Firmware) -> Firmware:
    """Some of its files, for tests that run none: there are less to compare."""
    kept = ("boot.py", "code.py", SETTINGS, VERSION_FILE, LOG_FILE, SEGMENTS_FILE, *GROWN, SHRUNK)
    files = {
        path: body
        for path, body in now.files.items()
        if path in kept or path.startswith(("lib/fob/hw/", "lib/fob/rpc/", "lib/adafruit_register/"))
    }
    return Firmware(files, now.version, now.formats)


def later(now: Firmware, version: str = "9.9.9") -> Firmware:
    """The same with another version, some files longer and one shorter, one gone and one more."""
    files = dict(now.files)
    files[VERSION_FILE] = re.sub(
        rb'VERSION = "[^"]*"', f'VERSION = "{version}"'.encode(), files[VERSION_FILE]
    )
    for path in GROWN:
        files[path] += b"# longer\n" * 120
    files[SHRUNK] = files[SHRUNK][files[SHRUNK].index(b'"""', 3) + 3 :]  # without its first words
    files[SAME_SIZE] = files[SAME_SIZE].replace(b"Before USB starts", b"Before USB begins")
    files[ADDED] = b"NEW = 1\n"
    return Firmware(files, version, now.formats)


def on_drive(firmware: Firmware, store_file: bytes | None = None) -> dict[str, bytes]:
    """The files of a drive with that firmware, as it is in use."""
    return {
        **firmware.files,
        "boot_out.txt": BOOT_OUT,
        SETTINGS: PINS,
        GONE: b"OLD = 1\n",
        STORE_FILE: blank_store_file() if store_file is None else store_file,
    }


def used_store_file():
    """A store file with a generation of three segments, with noise for records, at its first sectors."""
    store_file = bytearray(blank_store_file())
    for place in range(3):
        page = bytearray(b"\xff" * SECTOR_SIZE)
        page[HEADER_SIZE : HEADER_SIZE + 900] = bytes((7 * place + n) % 251 for n in range(900))
        build_segment(page, 4, 11 + place, place, 1, 3, 9, 40, 900)
        at = SECTOR_SIZE + (5 + place) * SECTOR_SIZE
        store_file[at : at + SECTOR_SIZE] = page
    return bytes(store_file)


class Chip:
    """A flash with a drive, and the power that may fail in any of its operations."""

    def __init__(self, files, layout=None, mib=2, geometry=None):
        self._timeline = Timeline()
        self.flash = Flash(self._timeline, mib * MIB)
        self.drive = Drive(files, SectorCache(self.flash, self._timeline), layout, geometry)
        self.flash.on_cut = self._fail

    @classmethod
    def of(cls, image):
        """With that flash."""
        chip = cls({}, mib=len(image) // MIB)
        chip.flash.load(0, image)
        chip.start()
        return chip

    @staticmethod
    def _fail():
        raise PowerLost

    def start(self):
        """The power comes back: CircuitPython makes a volume that it cannot mount anew."""
        self.drive.reset()
        if not self.drive.fat.mounted:
            self.erase()

    def erase(self):
        """What storage.erase_filesystem() does, and the start after it."""
        made = made_by_circuitpython(self.drive.cache.blocks)
        self.flash.load(VOLUME_ADDRESS, fat_volume.build(FRESH, geometry=made))
        self.drive.reset()

    def volume(self):
        return self.flash.data[VOLUME_ADDRESS:]

    def files(self):
        return FatFiles(self.drive.fat, lambda: bytes(self.drive.fat.image()))

    def update(self, firmware, copy, **options):
        return Updating(self.files(), firmware, copy).run(**{"fresh": False, **options})

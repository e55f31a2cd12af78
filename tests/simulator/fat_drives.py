"""Drives and tokens for the tests of the simulated FAT volume."""

from ticktap.simulator.drive import Drive
from ticktap.simulator.parts.flash import MIB, Flash
from ticktap.simulator.parts.sector_cache import SectorCache
from ticktap.simulator.timeline import Timeline

BOOT = "import storage\nstorage.disable_usb_drive()\n"
BLOCK = 512
TREE = {
    "boot.py": b"x" * 513,
    "empty.txt": b"",
    "lib/package/__init__.py": b"1",
    "lib/package/a_rather_long_name_of_a_module.py": b"2" * 5000,
    "Mixed.Case": b"3",
    "näme with späces.txt": b"4",
    **{f"many/file_number_{n}.txt": bytes([n]) for n in range(40)},
    "store/a.bin": b"A" * 3000,
    "store/b.bin": b"B" * 2000,
}
IN_PLACE = "import time\nf = open('/store/a.bin', 'r+b')\ntime.sleep(2)\n"
LOOP = "while True:\n    time.sleep(0.01)\n"
FILES = {"store/a.bin": "\0" * 16384, "store/b.txt": "b", "store/m.py": "", "store/__init__.py": ""}


def make_drive_of(files, layout=None, mib=2, geometry=None):
    timeline = Timeline()
    made = Drive(files, SectorCache(Flash(timeline, mib * MIB), timeline), layout, geometry)
    made.writable = True
    return made


def volume(drive):
    """The volume's bytes in the flash."""
    return drive.cache.flash.data[0x100000:]


def clusters(drive, path):
    """The clusters of a file or directory, in order."""
    return drive.volume.clusters(path)


class Watched:
    """A token after IN_PLACE was run and two seconds before `code`; counts erases since then."""

    def __init__(self, run, code, **arguments):
        self.token = run(IN_PLACE + code, boot=BOOT, files=FILES, **arguments)
        self.token.advance(1_600)
        self.before = self.erases()

    def erases(self):
        return [self.token.flash.erases_of(number) for number in range(256, 512)]

    @property
    def erased(self):
        """The numbers of erased sectors, as often as they were."""
        pairs = zip(self.before, self.erases(), strict=True)
        return [number for number, (old, new) in enumerate(pairs, 256) for _ in range(new - old)]

    def sector(self, offset):
        """The sector of a byte of the file."""
        return self.token.drive.sector_of("store/a.bin", offset)

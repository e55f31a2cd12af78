"""A FAT volume as an update's Files, block by block: what a computer does to a simulated drive."""

from __future__ import annotations

import errno
import struct

from ticktap.drive import fat_volume
from ticktap.drive.fat_volume import DIRECTORY, SECTOR, slots
from ticktap.simulator.parts.fat_file import FatFile
from ticktap.simulator.parts.fatfs import ROOT, FatFs


class FatFiles:
    """Files (ticktap.drive.durable_files) on a mounted volume; `whole` gives its bytes, or None."""

    def __init__(self, fat: FatFs, whole=lambda: None):
        self._fat = fat
        self.image = whole

    def list(self):
        return dict(self._walk(ROOT, "", ()))

    def _walk(self, directory, prefix, above):
        if directory in above:
            raise OSError(errno.EIO, "a folder is inside itself")
        for slot in list(slots(self._fat._entries(directory))):
            if slot.name.startswith("."):
                continue
            if slot.attribute & DIRECTORY:
                yield from self._walk(slot.cluster, prefix + slot.name + "/", (*above, directory))
            else:
                yield prefix + slot.name, slot.size

    def read(self, path):
        file = self._open(path, read=True)
        data = file.read(file.size)
        file.close()
        return data

    def write(self, path, data):
        sizes = self.list()
        if path not in sizes:
            self._make_folders(path)
        shorter = len(data) < sizes.get(path, 0)
        file = self._open(path, write=True, create=True, truncate=shorter)
        file.write(data)
        file.close()

    def remove(self, path):
        self._fat.remove(path)

    def rename(self, path, new):
        self._fat.rename(path, new)

    def sync(self):
        self._fat.sync()

    def free(self):
        where = self._fat.geometry
        taken = [self._fat.get_fat(cluster) for cluster in range(2, where.last)]
        return taken.count(0) * where.cluster_size

    def cluster_size(self):
        return self._fat.geometry.cluster_size

    def _open(self, path, *, read=False, write=False, create=False, truncate=False):
        return FatFile(self._fat, path, read=read, write=write, create=create, truncate=truncate)

    def _make_folders(self, path):
        parent, prefix = ROOT, ""
        for name in path.split("/")[:-1]:
            prefix += name
            _, slot = self._fat.find(prefix)
            parent = slot.cluster if slot else self._make_folder(parent, name)
            prefix += "/"

    def _make_folder(self, parent, name):
        """As mkdir: a cluster with `.` and `..`, then its entry [f_mkdir]."""
        cluster = self._fat.stretch(0)
        dots = fat_volume.entry_bytes(b".          ", DIRECTORY, cluster, 0)
        dots += fat_volume.entry_bytes(b"..         ", DIRECTORY, parent, 0)
        self._fat.sync_window()
        where = self._fat.geometry
        for number in range(where.cluster_blocks):
            self._fat.write_block(where.block_of(cluster) + number, dots.ljust(SECTOR, b"\0"))
            dots = b""
        number = self._fat.register(parent, name)
        self._fat.edit(self._fat.place(parent, number), lambda entry: _become(entry, cluster))
        self._fat.sync()
        return cluster


def _become(entry, cluster):
    entry[11] = DIRECTORY
    struct.pack_into("<H", entry, 26, cluster)

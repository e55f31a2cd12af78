"""FatFs: files and directories by name on the cached flash, in the block order of lib/oofatfs/ff.c.

Paths are absolute, without a leading slash. Errors are OSError. fat_file.py has the open file.
"""

from __future__ import annotations

import errno
import functools
import itertools
import struct
from collections.abc import Callable, Iterator

from ticktap.drive import fat_names, fat_volume
from ticktap.drive.fat_geometry import ENTRY, SECTOR
from ticktap.drive.fat_volume import Slot
from ticktap.simulator.oserror import os_error
from ticktap.simulator.parts.fat_table import FatTable

SLOTS = SECTOR // ENTRY
ROOT = 0  # the cluster number of the root directory


class FatFs(FatTable):
    """The mounted volume."""

    # --- directories

    def find(self, path: str) -> tuple[int, Slot | None]:
        """Returns the first cluster of the path's directory, and the entry of that name, if any.

        Raises OSError ENOENT if a directory of the path does not exist.
        """
        *folders, name = path.split("/")
        directory = ROOT
        for folder in folders:
            slot = self._find_in(directory, folder)
            if slot is None or not slot.attribute & fat_volume.DIRECTORY:
                raise os_error(errno.ENOENT)
            directory = slot.cluster
        return directory, self._find_in(directory, name)

    def find_file(self, path: str) -> tuple[int, Slot]:
        """As `find`, for a file that must exist. Raises OSError ENOENT, EISDIR."""
        directory, slot = self.find(path) if path else (ROOT, None)
        if path and slot is None:
            raise os_error(errno.ENOENT)
        if slot is None or slot.attribute & fat_volume.DIRECTORY:
            raise os_error(errno.EISDIR)
        return directory, slot

    def _find_in(self, directory: int, name: str) -> Slot | None:
        for slot in fat_volume.slots(self._entries(directory)):
            if slot.name.upper() == name.upper():
                return slot
        return None

    def _blocks(self, directory: int) -> Iterator[int]:
        where = self.geometry
        if directory == ROOT:
            yield from range(where.root_block, where.data_block)
        for _ in range(where.clusters):
            if not 2 <= directory < where.last:
                return
            first = where.block_of(directory)
            yield from range(first, first + where.cluster_blocks)
            directory = self.get_fat(directory)

    def _entries(self, directory: int) -> Iterator[bytes]:
        for block in self._blocks(directory):
            for at in range(0, SECTOR, ENTRY):
                yield bytes(self.move(block)[at : at + ENTRY])

    def place(self, directory: int, number: int) -> tuple[int, int]:
        """Returns block and offset of a directory's entry by number."""
        for index, block in enumerate(self._blocks(directory)):
            if index == number // SLOTS:
                return block, number % SLOTS * ENTRY
        raise os_error(errno.EIO)

    def edit(self, place: tuple[int, int], change: Callable[[bytearray], None]) -> None:
        """Calls `change` with the 32 bytes of an entry in the window."""
        block, offset = place
        raw = self.move(block)[offset : offset + ENTRY]
        change(raw)
        self._window[offset : offset + ENTRY] = raw
        self.changed()

    def register(self, directory: int, name: str) -> int:
        """Adds entries for a name, otherwise zero; returns the number of the last one [dir_register]."""
        used = itertools.takewhile(lambda raw: raw[0] != 0, self._entries(directory))
        taken = {raw[:11] for raw in used if raw[0] != fat_names.DELETED}
        long, short, case = fat_names.entries_for(name, taken)
        new = [long[at : at + ENTRY] for at in range(0, len(long), ENTRY)]
        new.append(short + bytes((0, case)) + bytes(ENTRY - 13))
        first = self._room(directory, len(new))
        for number, raw in enumerate(new, first):
            self.edit(self.place(directory, number), functools.partial(_replace, raw=raw))
        return first + len(new) - 1

    def _room(self, directory: int, count: int) -> int:
        """Returns the first of `count` adjacent free entries; extends a full directory [dir_alloc]."""
        free = 0
        for number, raw in enumerate(self._entries(directory)):
            free = free + 1 if raw[0] in (0, fat_names.DELETED) else 0
            if free == count:
                return number - count + 1
        if directory == ROOT:
            raise os_error(errno.EACCES)
        blocks = list(self._blocks(directory))
        if not blocks:  # the first cluster is outside the volume: a power cut damaged the entry
            raise os_error(errno.EIO)
        last = blocks[-1]
        added = self.geometry.block_of(self.stretch(self.geometry.cluster_of(last)))
        self.sync_window()
        for block in range(added, added + self.geometry.cluster_blocks):
            self.write_block(block, bytes(SECTOR))
        return self._room(directory, count)

    def unregister(self, directory: int, slot: Slot) -> None:
        """Marks a name's entries as deleted [dir_remove]."""
        for number in range(slot.last - slot.count + 1, slot.last + 1):
            self.edit(
                self.place(directory, number), functools.partial(_replace, raw=bytes((fat_names.DELETED,)))
            )

    # --- whole files

    def remove(self, path: str) -> None:
        """Removes a file [f_unlink]. Raises OSError ENOENT, EISDIR."""
        directory, slot = self.find_file(path)
        self.unregister(directory, slot)
        self.remove_chain(slot.cluster)
        self.sync()

    def rename(self, old: str, new: str) -> None:
        """Renames a file; removes one of the new name first [f_rename]. Raises OSError ENOENT, EISDIR."""
        directory, slot = self.find_file(old)
        target, present = self.find(new)
        same = present is not None and (target, present.last) == (directory, slot.last)
        if present is not None and not same:
            self.remove(new)
        block, offset = self.place(directory, slot.last)
        kept = bytes(self.move(block)[offset + 13 : offset + ENTRY])
        number = self.register(target, new.rpartition("/")[2])
        self.edit(self.place(target, number), lambda entry: _inherit(entry, kept))
        self.unregister(directory, slot)
        self.sync()


def _replace(entry: bytearray, raw: bytes) -> None:
    entry[: len(raw)] = raw


def _inherit(entry: bytearray, kept: bytes) -> None:
    entry[13:] = kept
    entry[11] = fat_volume.ARCHIVE


def set_size(entry: bytearray, first: int, size: int) -> None:
    """Changes a file's entry as f_sync does."""
    entry[11] |= fat_volume.ARCHIVE
    struct.pack_into("<HHHI", entry, 22, 0, fat_volume.DATE, first, size)

"""Updates the firmware on a drive. After a power cut at any moment, running it again completes the update.

The order (docs/decisions/0013): a copy of the store file on this computer; a stub code.py that does nothing;
all other files; the new code.py. Each step is durable before the next. So a mixture of old and new firmware
never runs, and the copy restores what the drive may lose. The store file is written only if there is none, or
if the firmware cannot use it (then `install` rewrites it with its contents); NVM is never written.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field

from ticktap.drive import store_layout
from ticktap.drive.build import STORE_FILE_SIZE, blank_store_file
from ticktap.drive.compare import (
    BOOT,
    CODE,
    SETTINGS,
    STORE_FILE,
    UNDER_WAY,
    DriveState,
    Firmware,
    Formats,
    examine,
    is_text,
    newer,
)
from ticktap.drive.durable_files import Damaged, Files
from ticktap.drive.store_copy import SavedStore, StoreCopy
from ticktap.drive.store_sectors import holds, newest_format
from ticktap.errors import NotFound, Refused

STUB = """{mark}; this replaces code.py until it ends.
# from {version}
# store {formats.log} {formats.segments}
print("The update of this token was not finished; its accounts are not lost.")
print("Hold the button while plugging it in, and run 'ticktap firmware update' again.")
"""
UNKNOWN = Formats(0, 0)
NEW_STORE_FILE = "store/new.bin"
SPARE_CLUSTERS = 16  # for folders and the computer's own files


@dataclass
class Done:
    """The result of an update. `store_file`: "none", "there", "created", "moved" or "restored".
    `store_file_usable`: whether the firmware will use it, None if unknown. `store_file_reason`: why it will
    not (see store_reasons.py). `settings`: like `store_file`.
    """

    was: str | None
    written: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    store_file: str = "none"
    store_file_usable: bool | None = None
    store_file_reason: str | None = None
    settings: str = "there"


Progress = Callable[[str], None]


class Updating:
    """The update of one drive to one firmware.

    Args:
        copy: stores the store file during the update.
        progress: called with each path before it is written.
    """

    def __init__(
        self, files: Files, firmware: Firmware, copy: StoreCopy, progress: Progress = lambda path: None
    ) -> None:
        self._files = files
        self._firmware = firmware
        self._copy = copy
        self._progress = progress

    def run(self, *, fresh: bool, lay: bool = True, downgrade: bool = False, replace: bool = False) -> Done:
        """Updates the drive and verifies every byte.

        Args:
            fresh: the drive need not have ticktap yet.
            lay: create a blank store file if there is none.
            downgrade: allow firmware older than the drive's, if it can read the store.
            replace: overwrite another program on the drive.

        Raises:
            NotFound: the drive has no ticktap, and `fresh` is not given.
            Refused: the drive's firmware is newer, or another program or conflicting files are on the drive.
            Damaged: the drive's file system is damaged or full.
        """
        try:
            return self._run(fresh, lay, downgrade, replace)
        except OSError as error:
            copied = self._copy.read() is not None
            raise Damaged(error.strerror or type(error).__name__, copied) from None

    def _run(self, fresh: bool, lay: bool, downgrade: bool, replace: bool) -> Done:
        seen, kept = examine(self._files, self._firmware), self._copy.read()
        store_file = self._store_file(seen, kept)
        self._check(seen, kept, store_file, fresh=fresh, downgrade=downgrade, replace=replace)
        done = Done(was=seen.version, store_file="none" if store_file is None else "there")
        self._resume_rewrite()
        self._make_room(seen, store_file, kept, lay)
        settings = self._settings(kept)
        if not seen.current or settings is None:
            self._keep(store_file, settings, kept)
        if store_file is None:
            store_file = self._lay(done, kept, lay)
        if store_file is not None and lay and self._can_be_laid_again():
            store_file = self._lay_again(done, seen, store_file, settings, kept)
            seen = examine(self._files, self._firmware)
        self._settle(done, kept, settings)
        self._replace(done, seen)
        self._verify(store_file)
        place = self._place()
        if place is not None:
            done.store_file_usable, done.store_file_reason = place.usable, place.reason
        self._copy.forget()
        return done

    # -- before anything is written

    def _check(
        self,
        seen: DriveState,
        kept: SavedStore | None,
        store_file: bytes | None,
        *,
        fresh: bool,
        downgrade: bool,
        replace: bool,
    ) -> None:
        if not (fresh or seen.is_ours or kept):
            raise NotFound("there is no ticktap on this drive", "'ticktap firmware install' installs it.")
        if seen.in_the_way:
            raise Refused(
                f"CircuitPython would use {', '.join(seen.in_the_way)} instead of the firmware",
                "Move it off the drive, then run this again.",
            )
        if seen.foreign and not kept and not replace:
            raise Refused(
                f"the drive has another program ({', '.join(seen.foreign)})",
                "Save it if you need it; --replace overwrites it.",
            )
        store = seen.formats or UNKNOWN
        if store_file is not None:
            store = Formats(store.log, max(store.segments, newest_format(store_file)))
        if not self._firmware.formats.reads(store):
            raise Refused(
                f"firmware {self._firmware.version} cannot read the store of this token, whose firmware is "
                f"{seen.version or 'newer'}",
                "Update ticktap on this computer.",
            )
        if seen.version and newer(seen.version, self._firmware.version) and not downgrade:
            raise Refused(
                f"the token has firmware {seen.version}; this ticktap has {self._firmware.version}",
                "Update ticktap, or give --downgrade: the older firmware can read this token's store.",
            )

    def _store_file(self, seen: DriveState, kept: SavedStore | None) -> bytes | None:
        """Returns the store file's bytes; None if there is none or its creation was interrupted.

        Damaged: it differs from the copy of an interrupted update. Refused: it has another size.
        """
        if seen.store_file is None:
            return None
        found = self._files.read(STORE_FILE)
        if not seen.runs and store_layout.MARK not in found and len(found) <= STORE_FILE_SIZE:
            return (
                None if found != blank_store_file() or (kept and kept.store_file) else found
            )  # its creation was interrupted
        lost = bool(kept and kept.store_file and not holds(found, kept.store_file))
        if len(found) != STORE_FILE_SIZE and not lost:
            raise Refused(
                f"{STORE_FILE} has {len(found)} bytes, not {STORE_FILE_SIZE}, which is not supported",
                "If there are accounts in it, do not change it, and update ticktap.",
            )
        if lost:
            raise Damaged(f"{STORE_FILE} has lost data since the last update began", copied=True)
        return found

    def _make_room(
        self, seen: DriveState, store_file: bytes | None, kept: SavedStore | None, lay: bool
    ) -> None:
        sizes, cluster = self._files.list(), self._files.cluster_size()

        def clusters(size: int) -> int:
            return -(-size // cluster)

        needed = SPARE_CLUSTERS
        for path in {*seen.missing, *seen.differing}:
            needed += max(0, clusters(len(self._firmware.files[path])) - clusters(sizes.get(path, 0)))
        if store_file is None and (lay or (kept and kept.store_file)):
            needed += max(0, clusters(STORE_FILE_SIZE) - clusters(sizes.get(STORE_FILE, 0)))
        free = self._files.free()
        if needed * cluster > free:
            raise Damaged(f"{needed * cluster} bytes are needed and {free} are free", bool(kept))

    def _settings(self, kept: SavedStore | None) -> bytes | None:
        """Returns the settings on the drive; None if there are none or a power cut has torn them.

        An empty file counts as none: CircuitPython creates one on each new drive.
        """
        if SETTINGS not in self._files.list():
            return None
        found = self._files.read(SETTINGS)
        copied = kept is not None and kept.settings is not None
        torn = not is_text(found) or (copied and not _is_toml(found))
        return None if torn or not found.strip() else found

    def _keep(self, store_file: bytes | None, settings: bytes | None, kept: SavedStore | None) -> None:
        """Copies store file and settings; keeps the copy of an interrupted update where they are lost."""
        was = kept or SavedStore(None, None)
        used = store_file if store_file is not None and store_layout.marked(store_file) is not None else None
        lost = store_file is None
        self._copy.keep(
            SavedStore(was.store_file if lost else used, was.settings if settings is None else settings),
        )

    # -- writing

    def _resume_rewrite(self) -> None:
        """Completes or reverts an interrupted rewrite of the store file.

        The old store file is removed after the new one is complete: if it is gone, the new one replaces it.
        """
        sizes = self._files.list()
        if NEW_STORE_FILE not in sizes:
            return
        if STORE_FILE not in sizes and sizes[NEW_STORE_FILE] == STORE_FILE_SIZE:
            self._files.rename(NEW_STORE_FILE, STORE_FILE)
        else:
            self._files.remove(NEW_STORE_FILE)
        self._files.sync()

    def _write_blank(self, done: Done, path: str) -> None:
        """Writes a blank store file. Its first cluster is durable before the others are allocated.

        Otherwise a power cut could leave allocated clusters that belong to no file, and then no room for
        another store file.
        """
        self._files.write(path, blank_store_file()[: self._files.cluster_size()])
        self._files.sync()
        self._write(done, path, blank_store_file())
        self._files.sync()

    def _lay(self, done: Done, kept: SavedStore | None, lay: bool) -> bytes | None:
        """Creates the missing store file: the one that was lost in an update, or a blank one."""
        lost = kept.store_file if kept else None
        if lost is None and not lay:
            return None
        self._write_blank(done, STORE_FILE)
        done.store_file = "restored" if lost else "created"
        return self._fill(done, lost or blank_store_file())

    def _fill(self, done: Done, store_file: bytes) -> bytes:
        """Writes a store file's contents to the blank one, aligned to its first sector."""
        place = self._place()
        if place is not None and place.first is not None:
            store_file = store_layout.moved(store_file, place.first)
        if store_file != blank_store_file():
            self._write(done, STORE_FILE, store_file)
            self._files.sync()
        return store_file

    def _can_be_laid_again(self) -> bool:
        """Whether the store file is fragmented and there is room for a second one."""
        place = self._place()
        if place is None or place.reason != "fragmented":
            return False
        return self._files.free() >= STORE_FILE_SIZE + SPARE_CLUSTERS * self._files.cluster_size()

    def _lay_again(
        self, done: Done, seen: DriveState, store_file: bytes, settings: bytes | None, kept: SavedStore | None
    ) -> bytes:
        """Rewrites the store file in another place with its contents. The firmware does not run meanwhile.

        The new file is created before the old one is removed, so that it gets other clusters.
        """
        self._keep(store_file, settings, kept)
        self._write_stub(done, seen)
        self._write_blank(done, NEW_STORE_FILE)
        self._files.remove(STORE_FILE)
        self._files.rename(NEW_STORE_FILE, STORE_FILE)
        self._files.sync()
        done.written.remove(NEW_STORE_FILE)
        done.store_file = "moved"
        return self._fill(done, store_file)

    def _place(self) -> store_layout.StorePlacement | None:
        image = self._files.image()
        if image is None:
            return None
        try:
            return store_layout.place_of_store_file(image)
        except (LookupError, OSError):
            return None

    def _settle(self, done: Done, kept: SavedStore | None, settings: bytes | None) -> None:
        """Writes settings.toml if there is none, or restores it if a power cut has torn it."""
        if settings is not None:
            return
        restored = kept.settings if kept else None
        self._write(done, SETTINGS, restored or self._firmware.files[SETTINGS])
        done.settings = "restored" if restored else "created"

    def _replace(self, done: Done, seen: DriveState) -> None:
        due = [path for path in {*seen.missing, *seen.differing} if path not in (CODE, SETTINGS)]
        if (due or seen.stray) and seen.is_ours:
            self._write_stub(done, seen)
        for path in seen.stray:
            self._progress(path)
            self._files.remove(path)
            done.removed.append(path)
        for path in sorted(due, key=lambda path: (path == BOOT, path)):
            self._write(done, path, self._firmware.files[path])
        self._files.sync()
        for path in due:
            self._same(path, self._firmware.files[path])
        if due or seen.stray or CODE in (*seen.missing, *seen.differing):
            self._write(done, CODE, self._firmware.files[CODE])
            self._files.sync()

    def _write_stub(self, done: Done, seen: DriveState) -> None:
        stub = self._stub(seen, self._files.list().get(CODE, 0))
        self._write(done, CODE, stub)
        self._files.sync()
        self._same(CODE, stub)

    def _stub(self, seen: DriveState, size: int) -> bytes:
        """Makes the stub, as long as the old and the new code.py. So the last step changes neither the FAT
        nor the size, and a partly written code.py is never taken for a complete one.
        """
        size = max(size, len(self._firmware.files[CODE]))
        state = {"version": seen.version or "none", "formats": seen.formats or UNKNOWN}
        return STUB.format(mark=UNDER_WAY, **state).encode().ljust(size, b"\n")

    def _write(self, done: Done, path: str, data: bytes) -> None:
        self._progress(path)
        self._files.write(path, data)
        if path not in done.written:
            done.written.append(path)

    # -- afterwards

    def _verify(self, store_file: bytes | None) -> None:
        """Reads every file from the medium and compares it."""
        for path, body in self._firmware.files.items():
            if path != SETTINGS:
                self._same(path, body)
        if store_file is not None:
            self._same(STORE_FILE, store_file)

    def _same(self, path: str, body: bytes) -> None:
        if self._files.read(path) != body:
            raise NotKept(path, self._copy.read() is not None)


class NotKept(Damaged):
    """The drive returns other data than was written."""

    def __init__(self, path: str, copied: bool) -> None:
        super().__init__(f"{path} differs from what was written", copied)


def _is_toml(content: bytes) -> bool:
    try:
        tomllib.loads(content.decode("utf-8"))
    except ValueError:
        return False
    return True

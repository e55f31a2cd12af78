"""Compares the firmware on a drive with this installation's: versions, store formats, files.

It only reads; update.py writes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ticktap.drive.durable_files import Files
from ticktap.drive.mpy_compile import FOLDER, is_compiled
from ticktap.errors import BadInput

CODE, BOOT, SETTINGS, STORE_FILE = "code.py", "boot.py", "settings.toml", "store/store.bin"
VERSION_FILE, LOG_FILE, SEGMENTS_FILE = (
    "lib/fob/version.py",
    "lib/fob/store/log.py",
    "lib/fob/store/sector.py",
)

UNDER_WAY = "# ticktap: an update is under way"
_STORE = re.compile(r"^# store (\d+) (\d+)$", re.MULTILINE)
_FROM = re.compile(r"^# from (\S+)", re.MULTILINE)
# Files that CircuitPython would run or import instead of the firmware's.
_FIRST_RUN = ("code.txt", "boot.txt")
_PARTS = re.compile(r"\d+")


@dataclass(frozen=True, order=True)
class Formats:
    """The format versions of a firmware's store: of the log in NVM and of the segments on the drive."""

    log: int
    segments: int

    def reads(self, other: Formats) -> bool:
        """Whether firmware with these formats can read a store with the other ones."""
        return self.log >= other.log and self.segments >= other.segments


@dataclass(frozen=True)
class Firmware:
    """A firmware for a drive: contents by path, its version, its store's formats."""

    files: Mapping[str, bytes]
    version: str
    formats: Formats

    @property
    def source(self) -> Firmware:
        """The same without compiled modules: CircuitPython then runs the source in lib/."""
        files = {path: body for path, body in self.files.items() if not is_compiled(path)}
        return Firmware(files, self.version, self.formats)


@dataclass(frozen=True)
class DriveState:
    """The state of a drive.

    Args:
        version, formats: None if unknown.
        runs: code.py is ticktap's.
        store_file: its size in bytes.
        stray: files in the firmware's folders that are not part of it.
        in_the_way: files that CircuitPython would use instead of the firmware's.
        foreign: another program's files where the firmware's belong.
    """

    version: str | None
    formats: Formats | None
    runs: bool
    under_way: bool
    store_file: int | None
    missing: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    stray: list[str] = field(default_factory=list)
    in_the_way: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    @property
    def current(self) -> bool:
        """Whether the drive has exactly this installation's firmware."""
        return not (self.missing or self.differing or self.stray or self.in_the_way)

    @property
    def is_ours(self) -> bool:
        """Whether ticktap was installed there, completely or not."""
        return self.runs or self.under_way or self.version is not None


def included_firmware(board: str = "") -> Firmware:
    """Returns this installation's firmware, with the settings.toml of a board. NotFound: there is none."""
    from ticktap.drive.build import board_settings, find_drive

    firmware = read_folder(find_drive())
    pins = board_settings(board)
    if pins is None:
        return firmware
    return Firmware({**firmware.files, SETTINGS: pins}, firmware.version, firmware.formats)


def read_folder(folder: Path) -> Firmware:
    """Reads the folder of a built drive. BadInput: it is not one."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts  # pip compiles what it installs
    }
    return firmware_of(files, str(folder))


def firmware_of(files: Mapping[str, bytes], place: str) -> Firmware:
    """Returns the firmware in the files of a built drive. BadInput: there is none in that `place`."""
    version, formats = _version(files), _formats(files)
    if version is None or formats is None or CODE not in files:
        raise BadInput(f"{place} contains no ticktap firmware", "Run 'make firmware', or install the wheel.")
    return Firmware(files, version, formats)


def examine(files: Files, firmware: Firmware) -> DriveState:
    """Compares every byte of the drive's firmware with `firmware`; settings.toml only has to exist.

    Raises OSError if the drive cannot be read.
    """
    sizes = files.list()
    there = {path: files.read(path) for path in sizes if path in firmware.files or path in _IDENTIFYING}
    code = there.get(CODE, b"").decode("utf-8", "replace")
    under_way = UNDER_WAY in code
    version, formats = _version(there), _formats(there)
    if under_way:
        store = _STORE.search(code)
        formats = Formats(*map(int, store.groups())) if store else formats
        version = found[1] if (found := _FROM.search(code)) else version
    runs = "from fob." in code and not under_way
    ours = version is not None or runs or under_way
    return DriveState(
        version=None if version == "none" else version,
        formats=formats,
        runs=runs,
        under_way=under_way,
        store_file=sizes.get(STORE_FILE),
        missing=sorted(path for path in firmware.files if path not in sizes),
        differing=sorted(
            path
            for path, body in firmware.files.items()
            if path in there and path != SETTINGS and there[path] != body
        ),
        stray=sorted(path for path in sizes if _is_stray(path, firmware)),
        in_the_way=sorted(path for path in sizes if _is_in_the_way(path, firmware)),
        foreign=[] if ours else sorted(_foreign(firmware, sizes, there)),
    )


def newer(one: str, other: str) -> bool:
    """Whether a version is later than another; compares their numbers one by one."""
    return _numbers(one) > _numbers(other)


def _numbers(version: str) -> list[int]:
    return [int(part) for part in _PARTS.findall(version)]


_IDENTIFYING = (CODE, BOOT, VERSION_FILE, LOG_FILE, SEGMENTS_FILE)


def _version(files: Mapping[str, bytes]) -> str | None:
    found = re.search(rb'^VERSION = "([\w.+-]+)"\s*$', files.get(VERSION_FILE, b""), re.MULTILINE)
    return found[1].decode() if found else None


def _formats(files: Mapping[str, bytes]) -> Formats | None:
    log = re.search(rb"^VERSION = (\d+)\s*$", files.get(LOG_FILE, b""), re.MULTILINE)
    segments = re.search(rb"^_VERSION = (\d+)\s*$", files.get(SEGMENTS_FILE, b""), re.MULTILINE)
    return Formats(int(log[1]), int(segments[1])) if log and segments else None


def _own_folders(firmware: Firmware) -> set[str]:
    """Returns `lib/fob/`, the libraries' folders and `mpy/`, which contain no other files."""
    parts = [path.split("/") for path in firmware.files]
    return {f"{FOLDER}/"} | {
        f"lib/{each[1]}/" for each in parts if each[0] == "lib" and len(each) > 2 and each[1] != "licenses"
    }


def _is_stray(path: str, firmware: Firmware) -> bool:
    if path in firmware.files:
        return False
    return _other_form(path) in firmware.files or any(map(path.startswith, _own_folders(firmware)))


def _other_form(path: str) -> str:
    """The path of the compiled form of a source module, or the reverse; CircuitPython prefers the source."""
    stem, _, suffix = path.rpartition(".")
    return f"{stem}.{'mpy' if suffix == 'py' else 'py'}" if path.startswith("lib/") else ""


def _is_in_the_way(path: str, firmware: Firmware) -> bool:
    """CircuitPython searches the root before lib/ and runs a .txt before a .py."""
    if path in _FIRST_RUN:
        return True
    ours = {each.split("/")[1].partition(".")[0] for each in firmware.files if each.startswith("lib/")}
    first = path.split("/")[0]
    if "/" in path:
        return first in ours - {"licenses"}
    return first.rpartition(".")[0] in ours and first.endswith((".py", ".mpy"))


def is_text(content: bytes) -> bool:
    """Whether it is text; a sector torn by a power cut contains unprintable bytes."""
    try:
        return all(char.isprintable() or char in "\r\n\t" for char in content.decode("utf-8"))
    except ValueError:
        return False


def _foreign(firmware: Firmware, sizes: Mapping[str, int], there: Mapping[str, bytes]) -> list[str]:
    """Returns programs on a drive without ticktap. CircuitPython's greeting, an incomplete installation and a
    torn file do not count.
    """
    found = ["main.py"] if "main.py" in sizes else []
    for path in (BOOT, CODE):
        content = there.get(path, b"").strip()
        begun = firmware.files[path].startswith(content) or not is_text(content)
        if content not in (b"", b'print("Hello World!")') and not begun:
            found.append(path)
    return found

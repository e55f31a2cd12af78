"""The CIRCUITPY drive: what to copy onto a board, and what the simulator runs.

In a checkout it is built from `firmware/` and the installed Adafruit packages; a wheel contains it. The
modules are on it twice: as source in lib/, and joined and compiled in mpy/ (mpy_compile.py). The build is
reproducible.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

from ticktap.errors import NotFound

LIBRARIES = ("adafruit-circuitpython-ds3231", "adafruit-circuitpython-hid", "adafruit-circuitpython-register")
"""Distributions whose modules go into lib/. adafruit_bus_device is part of CircuitPython itself."""

STORE_FILE_SIZE = 62 * 4096
"""Bytes of store/store.bin: 60 sectors for the store (fob/hw/sector_file.py) and two partial ones at its
ends.
"""

_PACKAGE = Path(__file__).parents[1]
_CHECKOUT = _PACKAGE.parent.parent
_BUILT = _CHECKOUT / "dist" / "CIRCUITPY"
_INCLUDED = _PACKAGE / "_drive"


def find_drive() -> Path:
    """Finds the drive to run: the package's, else the checkout's, rebuilt if it is out of date.

    Raises:
        NotFound: there is neither, or a library is not installed.
    """
    if _INCLUDED.is_dir():
        return _INCLUDED
    if (_CHECKOUT / "firmware" / "boot.py").is_file():
        return build_drive(_CHECKOUT / "firmware", _BUILT)
    raise NotFound(
        "This installation contains no firmware.",
        "Install ticktap from its wheel, or run it from a checkout.",
    )


def board_settings(board: str) -> bytes | None:
    """Returns the settings.toml with the pins of a board, by CircuitPython's board ID; None for an unknown
    board.
    """
    name = f"{board}.toml"
    for folder in (_PACKAGE / "_settings", _CHECKOUT / "hardware" / "settings"):
        if board and (folder / name).is_file():
            return (folder / name).read_bytes()
    return None


def build_drive(firmware: Path, destination: Path) -> Path:
    """Makes the contents of `destination` equal to the drive; unchanged files are not rewritten.

    Raises:
        NotFound: a library or the compiler is not installed.
    """
    from ticktap.drive.mpy_compile import FOLDER, compiled

    wanted = dict(_firmware_files(firmware))
    wanted.update(_libraries(wanted))
    before = {
        path.relative_to(destination).as_posix(): path.read_bytes()
        for path in (destination / FOLDER).rglob("*")
        if path.is_file()
    }
    wanted.update(compiled(wanted, before))
    for path, content in wanted.items():
        target = destination / path
        if target.is_file() and target.read_bytes() == content:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    for stray in sorted(destination.rglob("*"), reverse=True):
        if stray.is_dir():
            if not any(stray.iterdir()):
                stray.rmdir()
        elif stray.relative_to(destination).as_posix() not in wanted:
            stray.unlink()
    return destination


def blank_store_file() -> bytes:
    """Returns the contents of a new store/store.bin."""
    return b"\xff" * STORE_FILE_SIZE


def create_store_file(destination: Path) -> Path:
    """Writes the blank file in which a token stores more accounts than its log has room for.

    It is not part of the drive, because copying it again would overwrite the accounts.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    destination.write_bytes(blank_store_file())
    return destination


def _firmware_files(firmware: Path) -> Iterator[tuple[str, bytes]]:
    for name in ("boot.py", "code.py", "settings.toml"):
        yield name, (firmware / name).read_bytes()
    for source in sorted((firmware / "fob").rglob("*.py")):
        yield f"lib/{source.relative_to(firmware).as_posix()}", source.read_bytes()


def _libraries(firmware: Mapping[str, bytes]) -> dict[str, bytes]:
    """The libraries' modules that the firmware imports, directly or through each other, and their licences.

    Others would take room on the drive that a second store file needs during an update.
    """
    files = {path: body for library in LIBRARIES for path, body in _library_files(library)}
    wanted = {path: body for path, body in files.items() if path.startswith("lib/licenses/")}
    open_ends = [body for path, body in firmware.items() if path.endswith(".py")]
    while open_ends:
        for module in _imported(open_ends.pop()):
            stem = "lib/" + module.replace(".", "/")
            for path in (f"{stem}.py", f"{stem}/__init__.py"):
                if path in files and path not in wanted:
                    wanted[path] = files[path]
                    open_ends.append(files[path])
    return wanted


@cache
def _imported(source: bytes) -> tuple[str, ...]:
    """Absolute names of what a module may import: modules, their packages, and names that may be modules."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{each.name}" for each in node.names]
        else:
            continue
        for name in names:
            found += (name.rsplit(".", count)[0] for count in range(name.count(".") + 1))
    return tuple(found)


def _library_files(library: str) -> Iterator[tuple[str, bytes]]:
    """The modules of a distribution and its licence."""
    try:
        distribution = metadata.distribution(library)
    except metadata.PackageNotFoundError:
        raise NotFound(f"{library} is not installed.", "Run `make firmware`, which installs it.") from None
    for file in distribution.files or ():
        source = Path(str(distribution.locate_file(file)))
        if file.suffix == ".py" and file.parts[0].startswith("adafruit_"):
            yield f"lib/{file.as_posix()}", source.read_bytes()
        elif file.name.startswith("LICENSE"):
            yield f"lib/licenses/{library}.txt", source.read_bytes()


def main() -> None:
    """`python -m ticktap.drive.build FIRMWARE DESTINATION`, for the Makefile."""
    import sys

    firmware, destination = map(Path, sys.argv[1:])
    built = build_drive(firmware, destination)
    create_store_file(destination.parent / "store" / "store.bin")
    files = [path for path in built.rglob("*") if path.is_file()]
    print(f"{destination}: {len(files)} files, {sum(path.stat().st_size for path in files)} bytes")


if __name__ == "__main__":
    main()

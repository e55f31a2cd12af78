"""`make names`: lists the names of the built drive that CircuitPython stores, and how many more fit.

Each identifier and each text of up to ten characters takes an entry in a table of the interpreter
(tests/emulated/names.py) while the token runs. Those in the fewest files come first. A name that
CircuitPython has, or that is used elsewhere, costs nothing.
"""

from __future__ import annotations

import io
import tokenize
from collections import defaultdict
from pathlib import Path

from emulated.names import NameTable
from emulated.token import EmulatedToken, first_boot
from ticktap.device.client import Client
from ticktap.drive.build import find_drive

READY_S = 20


def main() -> None:
    """Prints the list."""
    drive = find_drive()
    with EmulatedToken(None, flash=first_boot(drive), unix=1_800_000_000) as token:
        Client(token.open()).call("hello", timeout=READY_S)
        table = NameTable(token)
    files = places(drive)
    for name in sorted(table.met, key=lambda name: (len(files[name]), name)):
        print(f"{name!r}: {', '.join(sorted(files[name])) or 'a file or module'}")
    print(f"{len(table.met)} names, room for {table.left} more without a hash loaded")


def places(drive: Path) -> dict[str, set[str]]:
    """Returns the files that contain each identifier and short text."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in [drive / "code.py", *sorted((drive / "lib").rglob("*.py"))]:
        for token in tokenize.generate_tokens(io.StringIO(path.read_text()).readline):
            if token.type in (tokenize.NAME, tokenize.STRING):
                found[token.string.strip("\"'")].add(path.relative_to(drive).as_posix())
    return found


if __name__ == "__main__":
    main()

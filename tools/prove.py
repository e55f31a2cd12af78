"""`make prove`: runs the built drive on every available CircuitPython image, and records the list.

    python tools/prove.py DRIVE DESTINATION

The compiled modules come from MicroPython's compiler, so a release says which versions of CircuitPython ran
them (docs/decisions/0020). DESTINATION is a JSON file: the checksum of the compiled modules, the images.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from emulated.images import NotProven, images, prove
from emulated.uf2 import HOW_TO_GET
from ticktap.drive.mpy_compile import MADE


def main() -> int:
    drive, destination = map(Path, sys.argv[1:])
    found = images()
    if not found:
        print(HOW_TO_GET)
        return 0
    try:
        proven = [prove(uf2, drive) for uf2 in found]
    except NotProven as error:
        print(error, file=sys.stderr)
        return 1
    modules = (drive / MADE).read_text().split()[-1]
    destination.parent.mkdir(parents=True, exist_ok=True)
    destination.write_text(json.dumps({"modules": modules, "proven": proven}, indent=2) + "\n")
    print(f"{destination}: {', '.join(each['circuitpython'] for each in proven)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

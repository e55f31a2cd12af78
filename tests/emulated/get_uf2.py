"""`make uf2`: puts CircuitPython for the emulated board where the tests look for it.

    make uf2                                    the pinned file
    make uf2 UF2=adafruit-circuitpython-raspberry_pi_pico-en_US-10.1.4.uf2 SHA256=...

Nothing is downloaded when a UF2 is there already.
"""

from __future__ import annotations

import os
import sys

from emulated.download import PINNED, Refused, download
from emulated.uf2 import CACHE, find_uf2, runs


def main() -> int:
    asked = os.environ.get("UF2", "")
    there = find_uf2()
    if there and (not asked or there.name == asked):
        print(f"{there}: CircuitPython {runs(there)}")
        return 0
    try:
        path = download(asked or next(iter(PINNED)), CACHE.expanduser(), os.environ.get("SHA256") or None)
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}: CircuitPython {runs(path)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

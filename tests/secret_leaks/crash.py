"""Runs the command line with one function broken: `python crash.py MODULE FUNCTION WORDS...`.

The broken function raises what it was given, secrets and all, as a careless library would.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def main() -> int:
    module, function, *words = sys.argv[1:]
    owner: Any = import_module(module)
    *path, name = function.split(".")
    for each in path:
        owner = getattr(owner, each)

    def broken(*given: object, **named: object) -> None:
        raise RuntimeError(*[getattr(each, "secret", each) for each in given], named)

    assert callable(getattr(owner, name)), function
    setattr(owner, name, broken)
    from ticktap.cli.main import run

    return run(words)


if __name__ == "__main__":
    sys.exit(main())

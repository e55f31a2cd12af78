"""Makes the firmware's package `fob` importable without its folder on the path, where code.py would hide
the standard library's `code`."""

import importlib.util
import sys
from pathlib import Path

_FOB = Path(__file__).parents[1] / "firmware" / "fob"

spec = importlib.util.spec_from_file_location(
    "fob", _FOB / "__init__.py", submodule_search_locations=[str(_FOB)]
)
fob = importlib.util.module_from_spec(spec)
sys.modules["fob"] = fob
spec.loader.exec_module(fob)

"""What a token does, told once: each function plays on a desk, asserts what is promised, and notes the rest.

A function whose name does not begin with an underscore is a scenario.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable

from conformance.desk import Desk
from conformance.scenarios import access, clock, lines, power, presses, requests, typing

Scenario = Callable[[Desk], None]
_FILES = (presses, typing, requests, access, lines, clock, power)

SCENARIOS: dict[str, Scenario] = {
    f"{file.__name__.rpartition('.')[2]}-{name}": function
    for file in _FILES
    for name, function in inspect.getmembers(file, inspect.isfunction)
    if function.__module__ == file.__name__ and not name.startswith("_")
}

WITH_STORE_FILE = {
    name for name, function in SCENARIOS.items() if hasattr(sys.modules[function.__module__], "STORE_FILE")
}
"""Those that need a drive with a store file."""

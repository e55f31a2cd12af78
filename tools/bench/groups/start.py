"""From power-on to the first answer, and what the firmware's modules cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import board
from bench.row import Row
from bench.run import Run, built_drive, peer_drive, with_files
from emulated.token import first_boot

TITLE = "Power-on, imports and RAM"
ABOUT = (
    "Ready is the first answer to `hello`, which waits in the token from the start of its USB. The floor is a"
    " program of twenty lines that echoes. Import time and RAM are of the import lines of `code.py`."
)
EMULATED = True

READY_BUDGET_MS = 3000
COMPILING = "the libraries are copied as source; CircuitPython compiles them at each start (see the .mpy row)"
MEASURED_IMPORTS = """\
import gc, time, usb_cdc
gc.collect()
free = gc.mem_free()
start = time.monotonic_ns()
{imports}
took = (time.monotonic_ns() - start) / 1e6
gc.collect()
kept = free - gc.mem_free()
while True:
    if usb_cdc.data.in_waiting:
        usb_cdc.data.read(usb_cdc.data.in_waiting)
        usb_cdc.data.write(b"[%f, %d]\\n" % (took, kept))
"""


def rows(run: Run) -> Iterator[Row]:
    floor = ready(first_boot(peer_drive("floor", ())))
    source, compiled = run.flash(), run.flash(mpy=True)
    with_vault = run.flash(vault=True)
    macropad = run.peer_flash("macropad", MACROPAD_PACKAGES)
    at = {"floor": floor, "floor_is": "CircuitPython itself with twenty lines of code.py"}
    yield Row("power-on to ready", ready(source), "ms", READY_BUDGET_MS, why=COMPILING, bar="ticktap", **at)
    yield Row(
        "power-on to ready, with a vault", ready(with_vault), "ms", READY_BUDGET_MS, why=COMPILING, **at
    )
    yield Row("power-on to ready, libraries as .mpy", ready(compiled), "ms", bar="ticktap, .mpy", **at)
    yield Row("power-on to ready, library baseline", ready(macropad), "ms", peer=True, bar="library baseline")
    for kind, mpy in ((".py", False), (".mpy", True)):
        cost = imports(built_drive(mpy=mpy), f"imports{kind}")
        yield Row(f"import of the firmware's modules as {kind}", cost.ms, "ms")
        yield Row(f"RAM that they keep as {kind}", cost.kept / 1024, "KiB")
    with board.powered(macropad) as token:
        told = board.answer(token, "memory")
    yield Row("import of the baseline's libraries as .py", told["import_ms"], "ms", peer=True)
    yield Row("RAM that they keep as .py", told["kept"] / 1024, "KiB", peer=True)
    yield Row("free heap of the baseline after start", told["free"] / 1024, "KiB", peer=True)


MACROPAD_PACKAGES = ("adafruit_hid", "adafruit_hashlib", "adafruit_ds3231", "adafruit_register")


def ready(flash: bytes) -> float:
    """Emulated ms from power-on, the second of CircuitPython's safe-mode wait included."""
    with board.powered(flash, fast_boot=False) as token:
        return board.ready_ms(token)


@dataclass(frozen=True)
class Cost:
    """Of importing: emulated ms, and bytes of heap kept afterwards."""

    ms: float
    kept: int


def imports(drive: Path, name: str) -> Cost:
    """What the import lines at the head of the drive's code.py cost on a fresh chip."""
    lines = (drive / "code.py").read_text().splitlines()
    head = "\n".join(line for line in lines if line.startswith(("import ", "from ")))
    changed = with_files(drive, name, {"code.py": MEASURED_IMPORTS.format(imports=head)})
    with board.powered(first_boot(changed)) as token:
        ms, kept = board.answer(token, "")
    return Cost(ms, kept)

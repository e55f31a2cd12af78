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
NAMES_BUDGET = 80
COMPILING = "copied as source, the modules are compiled at each start; see the row of --mpy-cross"
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
MOST_NAMES = 200
NAMES_LEFT = """\
import gc, usb_cdc
{imports}
from fob import sha256, sha512
gc.collect()
free, left = gc.mem_free(), 0
while left < MOST:
    getattr(gc, "unheard of %d" % left, None)
    gc.collect()
    if free - gc.mem_free() > 3000:
        break
    free = gc.mem_free()
    left += 1
while True:
    if usb_cdc.data.in_waiting:
        usb_cdc.data.read(usb_cdc.data.in_waiting)
        usb_cdc.data.write(b"[%d]\\n" % left)
"""
TABLE = (
    "the interpreter keeps each name it has met in a table; a larger one takes 7.7 KB in one piece, and where"
    " the heap has none, importing a hash fails with MemoryError"
)


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
    yield Row(
        "power-on to ready, with --mpy-cross",
        ready(compiled),
        "ms",
        READY_BUDGET_MS,
        bar="ticktap, .mpy",
        **at,
    )
    yield Row("power-on to ready, library baseline", ready(macropad), "ms", peer=True, bar="library baseline")
    for kind, mpy in ((".py", False), (".mpy", True)):
        cost = imports(built_drive(mpy=mpy), f"imports{kind}")
        yield Row(f"import of the firmware's modules as {kind}", cost.ms, "ms")
        yield Row(f"RAM that they keep as {kind}", cost.kept / 1024, "KiB")
    yield Row(
        "names that still fit, with both hashes loaded",
        names_left(built_drive()),
        "",
        NAMES_BUDGET,
        at_least=True,
        note=f"counted to {MOST_NAMES}",
        why=TABLE,
    )
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
    ms, kept = _told_by(MEASURED_IMPORTS.format(imports=_import_lines(drive)), drive, name)
    return Cost(ms, kept)


def names_left(drive: Path) -> int:
    """How many names the interpreter may still meet before its table of them has to grow."""
    program = NAMES_LEFT.replace("MOST", str(MOST_NAMES)).format(imports=_import_lines(drive))
    (left,) = _told_by(program, drive, "names")
    return int(left)


def _import_lines(drive: Path) -> str:
    lines = (drive / "code.py").read_text().splitlines()
    return "\n".join(line for line in lines if line.startswith(("import ", "from ")))


def _told_by(program: str, drive: Path, name: str) -> list[float]:
    """What a program in place of code.py answers when asked."""
    with board.powered(first_boot(with_files(drive, name, {"code.py": program}))) as token:
        return list(board.answer(token, ""))

"""From power-on to the first answer and the first code, and what the firmware's modules cost."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import board
from bench.row import Row
from bench.run import Run, built_drive, peer_drive, with_files
from emulated.token import first_boot
from ticktap.drive.mpy_compile import FOLDER

TITLE = "Power-on, imports and RAM"
ABOUT = (
    "The first answer is that to `hello`, which waits in the token from the start of its USB. Ready to type"
    " is the first report of a click that was made while the modules were loaded. The floor is a program of"
    " twenty lines that echoes. Import time and RAM are of what `code.py` imports."
)
EMULATED = True

TYPING_BUDGET_MS, ANSWER_BUDGET_MS, FILLED_BUDGET_MS = 1800, 2100, 2600
FILLED = 250
CLICK_AT_MS, CONTACT_MS = 1330, 40  # behind the first line of code.py
NAMES_BUDGET = 200
COMPILING = "where the compiled modules are not taken, the chip compiles the source at each start"
READING = "the store is read before anything is answered"
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
MOST_NAMES = 300
NAMES_LEFT = """\
import gc, usb_cdc
{imports}
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
PROGRAM = "from fob.hw.buttons import Buttons\nfrom fob.hw.main import run"
IMPORTS = {"source": PROGRAM, "compiled": f'import sys\nsys.path.insert(0, "/{FOLDER}")\n{PROGRAM}'}


def rows(run: Run) -> Iterator[Row]:
    floor = ready(first_boot(peer_drive("floor", ())))
    macropad = run.peer_flash("macropad", MACROPAD_PACKAGES)
    at = {"floor": floor, "floor_is": "CircuitPython itself with twenty lines of code.py"}
    yield Row(
        "power-on to ready to type", ready_to_type(run.flash()), "ms", TYPING_BUDGET_MS, bar="ticktap", **at
    )
    yield Row("power-on to the first answer", ready(run.flash()), "ms", ANSWER_BUDGET_MS, **at)
    yield Row(
        f"power-on to the first answer, store file with {FILLED} accounts",
        ready(filled_flash()),
        "ms",
        FILLED_BUDGET_MS,
        why=READING,
        **at,
    )
    source = ready(run.flash(source=True))
    yield Row(
        "power-on to the first answer, source", source, "ms", why=COMPILING, bar="ticktap, source", **at
    )
    yield Row("power-on to ready, library baseline", ready(macropad), "ms", peer=True, bar="library baseline")
    for form, lines in IMPORTS.items():
        cost = imports(lines, f"imports-{form}")
        yield Row(f"import of what a press needs, {form}", cost.ms, "ms")
        yield Row(f"RAM that it keeps, {form}", cost.kept / 1024, "KiB")
    yield Row(
        "names that still fit, with everything loaded",
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
    """Emulated ms from power-on, including CircuitPython's safe-mode wait of one second."""
    with board.powered(flash, fast_boot=False) as token:
        return board.ready_ms(token)


def ready_to_type(flash: bytes) -> float:
    """Emulated ms from power-on to the first report of a click made while the modules are loaded."""
    with board.powered(flash) as token:
        board.enrol(board.connect(token), 1)
        flash = token.power_cut()
    with board.powered(flash, fast_boot=False) as token:
        token.press_later(CLICK_AT_MS, CONTACT_MS)
        token.plug()
        token.wait_for(lambda: any(any(data) for _, data in token.reports))
        return next(ms for ms, data in token.reports if any(data))


def filled_flash() -> bytes:
    """A token with many accounts in its store file."""
    import conftest  # noqa: F401  # makes `fob` importable, as for the tests
    from emulated.filled import flash_with_accounts

    with tempfile.TemporaryDirectory() as folder:
        return flash_with_accounts(Path(folder), FILLED)


@dataclass(frozen=True)
class Cost:
    """The cost of imports: emulated ms, and bytes of heap in use afterwards."""

    ms: float
    kept: int


def imports(lines: str, name: str) -> Cost:
    """Measures import lines on a chip that has just started."""
    ms, kept = told_by(MEASURED_IMPORTS.format(imports=lines), name)
    return Cost(ms, kept)


def names_left(drive: Path) -> int:
    """How many more names the interpreter's table holds, with every module loaded, before it has to grow."""
    folder = drive / FOLDER
    files = sorted(folder.rglob("*.mpy"))
    modules = [path.relative_to(folder).with_suffix("").as_posix().replace("/", ".") for path in files]
    lines = "\n".join([IMPORTS["compiled"], *(f"import {module}" for module in modules)])
    program = NAMES_LEFT.replace("MOST", str(MOST_NAMES)).format(imports=lines)
    (left,) = told_by(program, "names")
    return int(left)


def told_by(program: str, name: str) -> list[float]:
    """Returns the answer of a program that replaces code.py."""
    with board.powered(first_boot(with_files(built_drive(), name, {"code.py": program}))) as token:
        return list(board.answer(token, ""))

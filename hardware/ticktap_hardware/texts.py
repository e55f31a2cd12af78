"""The text files that are made from the source with Python only; the repository contains them.

python -m ticktap_hardware.texts FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import assembly, bom, erc, sch_svg, wiring
from .board_pins import FRAGMENTS
from .footprint import pico_footprint
from .forms import FORMS
from .own_boards import OWN_BOARDS
from .schematic import schematic
from .xiao_footprint import xiao_footprint

HERE = Path(__file__).parents[1]
_LIBRARIES = """(fp_lib_table
  (lib (name "ticktap")(type "KiCad")(uri "${KIPRJMOD}/../ticktap.pretty")(options "")(descr ""))
)
"""


def texts() -> dict[str, str]:
    """Path under hardware/ to content."""
    made = {
        "ticktap.pretty/RaspberryPi_Pico.kicad_mod": pico_footprint(),
        "ticktap.pretty/XIAO_RP2040.kicad_mod": xiao_footprint(),
    }
    for board in OWN_BOARDS:
        sheet = schematic(board.circuit, board.places, board.revision, board.date)
        made[board.file("kicad_sch")] = sheet
        made[f"{board.name}/fp-lib-table"] = _LIBRARIES
        made[board.picture("schematic.svg")] = sch_svg.picture(sheet, board.view)
        made[f"bom/{board.name}-assembly.csv"] = assembly.table(board.circuit)
    made |= {f"pictures/wiring-{form.name}.svg": wiring.drawing(form) for form in FORMS}
    made |= {f"bom/{circuit.name}.csv": bom.table(circuit) for circuit in bom.circuits()}
    made |= {f"settings/{name}.toml": board.fragment() for name, board in FRAGMENTS.items()}
    return made


def write(folder: Path) -> list[str]:
    """Writes the files; returns the violations of electrical rules."""
    for path, text in texts().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return [f"{circuit.name}: {problem}" for circuit in bom.circuits() for problem in erc.problems(circuit)]


if __name__ == "__main__":
    breaches = write(Path(sys.argv[1]))
    for line in breaches:
        print(line, file=sys.stderr)
    print(f"electrical rules: {len(breaches)} breaches in {len(bom.circuits())} circuits")
    sys.exit(bool(breaches))

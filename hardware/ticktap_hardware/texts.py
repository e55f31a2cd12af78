"""All that is made from the source as text, with nothing but Python; the repository keeps it.

python -m ticktap_hardware.texts FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from . import assembly, bom, erc, sch_svg, wiring
from .boards import FRAGMENTS
from .carrier import CARRIER
from .footprint import pico_footprint
from .forms import FORMS
from .schematic import CARRIER_PLACES, schematic

HERE = Path(__file__).parents[1]
REVISION, DATE = "2", "2026-11-30"
_LIBRARIES = """(fp_lib_table
  (lib (name "ticktap")(type "KiCad")(uri "${KIPRJMOD}/../ticktap.pretty")(options "")(descr ""))
)
"""
_VIEW = (60.0, 35.0, 210.0, 115.0)  # of the sheet, mm


def texts() -> dict[str, str]:
    """Path under hardware/ to content."""
    sheet = schematic(CARRIER, CARRIER_PLACES, REVISION, DATE)
    made = {
        "carrier/carrier.kicad_sch": sheet,
        "carrier/fp-lib-table": _LIBRARIES,
        "ticktap.pretty/RaspberryPi_Pico.kicad_mod": pico_footprint(),
        "pictures/schematic.svg": sch_svg.picture(sheet, _VIEW),
    }
    made |= {f"pictures/wiring-{form.name}.svg": wiring.drawing(form) for form in FORMS}
    made |= {f"bom/{circuit.name}.csv": bom.table(circuit) for circuit in bom.circuits()}
    made["bom/carrier-assembly.csv"] = assembly.table(CARRIER)
    made |= {f"settings/{name}.toml": board.fragment() for name, board in FRAGMENTS.items()}
    return made


def write(folder: Path) -> list[str]:
    """Writes them; returns the breaches of electrical rules."""
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

"""The bodies of a board's parts as solids, and the models that KiCad's libraries have of some.

Units: mm; x right, y to the board's upper edge, z up. The origin is the board's lower left corner, on its
underside.
"""

from __future__ import annotations

from pathlib import Path

import cadquery as cq

from .bodies import BOARD, Body, Box, bodies
from .circuit import Circuit
from .layout import Layout

HOLDER = "BatteryHolder_Keystone_3034_1x20mm"
# Footprint to model, for pictures; the holder's is for the fit checks too.
MODELS = {
    f"Battery:{HOLDER}": f"Battery.3dshapes/{HOLDER}.step",
    "Package_SO:SOIC-16W_7.5x10.3mm_P1.27mm": "Package_SO.3dshapes/SOIC-16W_7.5x10.3mm_P1.27mm.step",
    "Resistor_SMD:R_0805_2012Metric": "Resistor_SMD.3dshapes/R_0805_2012Metric.step",
    "Capacitor_SMD:C_0805_2012Metric": "Capacitor_SMD.3dshapes/C_0805_2012Metric.step",
}


def box(x: float, y: float, w: float, d: float, bottom: float, h: float) -> cq.Workplane:
    """A box with its centre at (x, y)."""
    return cq.Workplane("XY", origin=(x, y, bottom)).rect(w, d).extrude(h)


def rod(x: float, y: float, bottom: float, h: float, diameter: float) -> cq.Workplane:
    return cq.Workplane("XY", origin=(x, y, bottom)).circle(diameter / 2).extrude(h)


def solid(body: Body, layout: Layout) -> cq.Workplane:
    y = layout.height - body.y
    if isinstance(body, Box):
        return box(body.x, y, body.w, body.d, body.bottom, body.height)
    return rod(body.x, y, body.bottom, body.height, body.diameter)


def board(layout: Layout) -> cq.Workplane:
    w, h = layout.width, layout.height
    plate = box(w / 2, h / 2, w, h, 0, BOARD).edges("|Z").fillet(layout.corner)
    for x, y in layout.holes:
        plate = plate.cut(rod(x, h - y, -1, BOARD + 2, layout.hole))
    if layout.ring:
        x, y, diameter = layout.ring
        plate = plate.cut(rod(x, h - y, -1, BOARD + 2, diameter))
    return plate


def parts(circuit: Circuit, layout: Layout, models: Path) -> dict[str, cq.Workplane]:
    """Returns solids by reference, or by reference and part.

    Cell holders are their models, the other parts their bodies.
    """
    found = {name: solid(body, layout) for name, body in bodies(circuit, layout).items()}
    for part in circuit.parts:
        if part.footprint.endswith(HOLDER):
            found[part.ref] = model(part.ref, circuit, layout, models)
    return found


def model(ref: str, circuit: Circuit, layout: Layout, models: Path) -> cq.Workplane:
    """Returns a part's model at the part's position. FileNotFoundError: `tools/part-models` fetches them."""
    path = models / MODELS[circuit.part(ref).footprint]
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: run tools/part-models {models}")
    where = layout.placed[ref]
    shape = cq.importers.importStep(str(path))
    if where.back:
        shape = shape.rotate((0, 0, 0), (1, 0, 0), 180)
    top = 0.0 if where.back else BOARD
    return shape.rotate((0, 0, 0), (0, 0, 1), where.turn).translate((where.x, layout.height - where.y, top))

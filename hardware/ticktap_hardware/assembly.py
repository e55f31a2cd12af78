"""The assembly list: the machine-placed parts, in the columns that assemblers use."""

from __future__ import annotations

import csv
import io

from .circuit import Circuit, Part
from .modules import LCSC

HEAD = ("Comment", "Designator", "Footprint", "LCSC Part Number", "Maker", "Maker's number")
_BY_MACHINE = (
    "Battery",
    "Button_Switch_SMD",
    "Capacitor_SMD",
    "Package_SO",
    "Resistor_SMD",
)  # libraries of what lies on its pads


def references(circuit: Circuit) -> list[str]:
    return [part.ref for part in _parts(circuit)]


def table(circuit: Circuit) -> str:
    """Makes the CSV. Equal parts are one line, with their designators separated by commas.

    The supplier's number is empty if it is uncertain: then search for the manufacturer's.
    """
    alike: dict[str, list[Part]] = {}
    for part in _parts(circuit):
        if part.order:
            alike.setdefault(part.order.number, []).append(part)
    to = io.StringIO(newline="")
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(HEAD)
    for parts in alike.values():
        first, order = parts[0], parts[0].order
        if order is None:
            continue
        designators = ",".join(part.ref for part in parts)
        footprint = first.footprint.partition(":")[2]
        writer.writerow(
            (first.value, designators, footprint, order.sku.get(LCSC, ""), order.maker, order.number)
        )
    return to.getvalue()


def _parts(circuit: Circuit) -> list[Part]:
    return [part for part in circuit.parts if part.order and part.footprint.partition(":")[0] in _BY_MACHINE]

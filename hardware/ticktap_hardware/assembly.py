"""The assembly list: the machine-placed parts, in the columns that assemblers use."""

from __future__ import annotations

import csv
import io

from .circuit import Circuit, Order, Part
from .modules import LCSC

# Maker's number to what assemblers have in stock in its place (supplier's number, maker, maker's number): the
# same value, size, 1 % and 1/8 W. As LCSC lists them (C17673, C17630).
STOCKED = {
    "RC0805FR-074K7L": ("C17673", "UNI-ROYAL", "0805W8F4701T5E"),
    "RC0805FR-07330RL": ("C17630", "UNI-ROYAL", "0805W8F3300T5E"),
}
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
        writer.writerow((first.value, designators, footprint, *supplied(order)))
    return to.getvalue()


def supplied(order: Order) -> tuple[str, str, str]:
    """Returns the supplier's number, the maker and the maker's number of what the machine sets."""
    return STOCKED.get(order.number, (order.sku.get(LCSC, ""), order.maker, order.number))


def _parts(circuit: Circuit) -> list[Part]:
    return [part for part in circuit.parts if part.order and part.footprint.partition(":")[0] in _BY_MACHINE]

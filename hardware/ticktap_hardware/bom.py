"""Bills of material.

Prices are estimates made on PRICES_OF, for one piece, without tax or postage; they are not a shop's.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from .carrier import CARRIER
from .circuit import Circuit, Order
from .forms import EXTRAS, FORMS, SHORT_SCREWS, USB_C
from .modules import BOTH
from .xiao_carrier import XIAO_CARRIER

PRICES_OF = "2026-11-24"
HEAD = (
    "Quantity",
    "Reference",
    "What",
    "Maker",
    "Number",
    "Suppliers",
    f"USD each ({PRICES_OF}, estimated)",
    "Note",
)

_SCREWS = Order("any", "M2.5 x 10", 0.10, BOTH, "steel, pan head (ISO 7045)")
_CABLE = Order("any", "USB A to micro-B", 3.00, BOTH, "with its data wires; a Pico 2 takes the same")


def _made(name: str) -> Order:
    """The order of one of our boards."""
    number = f"{name}-gerbers.zip"
    return Order("any", number, 1.50, {"JLCPCB": "", "Aisler": ""}, "two layers, 1.6 mm; five at a time")


_OWN_EXTRAS: dict[str, tuple[tuple[str, Order, int], ...]] = {
    "carrier": (
        ("screws for the case", _SCREWS, 4),
        ("the board", _made("carrier"), 1),
        ("USB cable", _CABLE, 1),
    ),
    "xiao-carrier": (
        ("screws for the case", SHORT_SCREWS, 2),
        ("the board", _made("xiao-carrier"), 1),
        ("USB cable", USB_C, 1),
    ),
}


@dataclass(frozen=True)
class Line:
    """`ref`: a designator; "" for parts that are not soldered to the board."""

    quantity: int
    ref: str
    what: str
    order: Order


def lines(circuit: Circuit) -> list[Line]:
    """Lists what to buy for one token of this form, a line for each part, in their order."""
    found: list[Line] = []
    for part in circuit.parts:
        if part.order is not None:
            found.append(Line(1, part.ref, part.value, part.order))
        found += [Line(1, "", f"{what} for {part.ref}", order) for what, order in part.with_it]
    extras = {**EXTRAS, **_OWN_EXTRAS}[circuit.name]
    return [*found, *(Line(n, "", what, order) for what, order, n in extras)]


def total(circuit: Circuit) -> float:
    """USD, for one token."""
    return sum(line.quantity * line.order.usd for line in lines(circuit))


def table(circuit: Circuit) -> str:
    """The CSV."""
    to = io.StringIO(newline="")
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow(HEAD)
    for line in lines(circuit):
        suppliers = "; ".join(f"{name} {sku}".strip() for name, sku in line.order.sku.items())
        order = line.order
        writer.writerow(
            (
                line.quantity,
                line.ref,
                line.what,
                order.maker,
                order.number,
                suppliers,
                f"{order.usd:.2f}",
                order.note,
            )
        )
    return to.getvalue()


def circuits() -> tuple[Circuit, ...]:
    """Returns everything that can be built."""
    return (CARRIER, XIAO_CARRIER, *FORMS)

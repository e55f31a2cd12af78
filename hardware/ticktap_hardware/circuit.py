"""Parts, pins and nets: the source of schematic, board, drawings and lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["passive", "power_in", "power_out", "bidirectional", "input", "output", "open_collector"]


@dataclass(frozen=True)
class Pin:
    """`kind` is one of KiCad's electrical types."""

    number: str
    name: str
    kind: Kind = "passive"


@dataclass(frozen=True)
class Order:
    """What to buy. `usd` is one piece's price as estimated on bom.PRICES_OF; `sku` maps supplier to its
    number, or to "" where the manufacturer's number is what to search for."""

    maker: str
    number: str
    usd: float
    sku: Mapping[str, str]
    note: str = ""


@dataclass(frozen=True)
class Part:
    ref: str
    value: str
    pins: tuple[Pin, ...]
    footprint: str = ""  # "library:name", "" for what is not soldered to a board of ours
    order: Order | None = None
    with_it: tuple[tuple[str, Order], ...] = ()  # what goes in or on it: a cell into its holder

    def pin(self, number: str) -> Pin:
        """Returns the pin of that number. Raises KeyError."""
        for pin in self.pins:
            if pin.number == number:
                return pin
        raise KeyError(f"{self.ref} has no pin {number}")


@dataclass(frozen=True)
class Circuit:
    """`nets` maps a name to its pins, each "ref.number"; `open`: pins that are intentionally unconnected."""

    name: str
    title: str
    parts: tuple[Part, ...]
    nets: Mapping[str, tuple[str, ...]]
    open: frozenset[str] = frozenset()

    def part(self, ref: str) -> Part:
        """Returns the part. Raises KeyError."""
        for part in self.parts:
            if part.ref == ref:
                return part
        raise KeyError(f"{self.name} has no part {ref}")

    def net_of(self, pin: str) -> str | None:
        """The net that a pin "ref.number" is in."""
        for net, pins in self.nets.items():
            if pin in pins:
                return net
        return None

    def joined(self, ref: str) -> dict[str, str]:
        """Pin number to net, of a part's pins that are in one."""
        found = {pin.number: self.net_of(f"{ref}.{pin.number}") for pin in self.part(ref).pins}
        return {number: net for number, net in found.items() if net is not None}


def all_pins(circuit: Circuit) -> list[str]:
    """Every pin of every part, as "ref.number"."""
    return [f"{part.ref}.{pin.number}" for part in circuit.parts for pin in part.pins]


def rest_open(parts: tuple[Part, ...], nets: Mapping[str, tuple[str, ...]], ref: str) -> frozenset[str]:
    """Returns the pins of a part that are in no net, for modules of which only some pins are used."""
    used = {pin for pins in nets.values() for pin in pins}
    part = next(part for part in parts if part.ref == ref)
    return frozenset(f"{ref}.{pin.number}" for pin in part.pins) - used

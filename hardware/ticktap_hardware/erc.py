"""Electrical rules for a netlist from the source, a schematic or a board."""

from __future__ import annotations

from collections import Counter

from .circuit import Circuit, Pin, all_pins

_DRIVES = ("output", "power_out")


def problems(circuit: Circuit) -> list[str]:
    """One sentence for each breach; empty when there is none."""
    return [
        *_references(circuit),
        *_pins_once(circuit),
        *(line for net in circuit.nets for line in _net(circuit, net)),
    ]


def _references(circuit: Circuit) -> list[str]:
    counted = Counter(part.ref for part in circuit.parts)
    found = [f"{ref} is the name of {n} parts" for ref, n in counted.items() if n > 1]
    for part in circuit.parts:
        numbers = Counter(pin.number for pin in part.pins)
        found += [f"{part.ref} has {n} pins {number}" for number, n in numbers.items() if n > 1]
    return found


def _pins_once(circuit: Circuit) -> list[str]:
    there = set(all_pins(circuit))
    named = Counter(pin for pins in circuit.nets.values() for pin in pins)
    found = [f"net names {pin}, which is not there" for pin in sorted(set(named) - there)]
    found += [f"{pin} is in {n} nets: they are shorted" for pin, n in sorted(named.items()) if n > 1]
    found += [f"{pin} is said to be open and is in a net" for pin in sorted(circuit.open & set(named))]
    found += [f"{pin} is said to be open and is not there" for pin in sorted(circuit.open - there)]
    found += [f"{pin} is not connected" for pin in sorted(there - set(named) - circuit.open)]
    return found


def _net(circuit: Circuit, net: str) -> list[str]:
    pins = _pins(circuit, net)
    if len(pins) < 2:
        return [f"{net} joins {len(pins)} pin"]
    found = []
    drivers = [name for name, pin in pins if pin.kind in _DRIVES]
    if len(drivers) > 1:
        found.append(f"{net} is driven by {' and '.join(drivers)}")
    needy = [name for name, pin in pins if pin.kind == "power_in"]
    if needy and not any(pin.kind == "power_out" for _, pin in pins):
        found.append(f"{net} supplies {needy[0]} and has no source")
    if any(pin.kind == "input" for _, pin in pins) and not any(
        pin.kind in ("output", "bidirectional", "open_collector", "passive") for _, pin in pins
    ):
        found.append(f"{net} has inputs and nothing that drives them")
    drains = [name for name, pin in pins if pin.kind == "open_collector"]
    if drains and not _pulled_up(circuit, net):
        found.append(f"{net} has the open drain {drains[0]} and no resistor to a supply")
    return found


def _pins(circuit: Circuit, net: str) -> list[tuple[str, Pin]]:
    found = []
    for name in circuit.nets[net]:
        ref, _, number = name.partition(".")
        try:
            found.append((name, circuit.part(ref).pin(number)))
        except KeyError:
            continue  # _pins_once tells
    return found


def _pulled_up(circuit: Circuit, net: str) -> bool:
    """By a resistor here, or by one inside a module, whose pin then is called bidirectional and not open."""
    for name, _ in _pins(circuit, net):
        ref = name.partition(".")[0]
        if not ref.startswith("R"):
            continue
        for other in circuit.joined(ref).values():
            if other != net and any(_supplies(pin) for _, pin in _pins(circuit, other)):
                return True
    return False


def _supplies(pin: Pin) -> bool:
    return pin.kind == "power_out" and pin.name != "GND"

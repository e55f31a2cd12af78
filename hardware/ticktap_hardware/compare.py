"""Compares two circuits: parts, values, footprints, and nets with their pins."""

from __future__ import annotations

from .circuit import Circuit


def differences(source: Circuit, other: Circuit, *, kinds: bool = False) -> list[str]:
    """Returns the differences from `source`, a sentence each. `kinds`: compares electrical pin types too."""
    found = []
    ours = {part.ref: part for part in source.parts}
    theirs = {part.ref: part for part in other.parts}
    found += [f"{ref} is missing" for ref in sorted(set(ours) - set(theirs))]
    found += [f"{ref} is not in the source" for ref in sorted(set(theirs) - set(ours))]
    for ref in sorted(set(ours) & set(theirs)):
        one, two = ours[ref], theirs[ref]
        for what in ("value", "footprint"):
            if getattr(one, what) != getattr(two, what):
                found.append(f"{ref} has the {what} {getattr(two, what)}, not {getattr(one, what)}")
        if {pin.number for pin in one.pins} != {pin.number for pin in two.pins}:
            found.append(f"{ref} has other pins")
        elif kinds:
            found += [
                f"{ref}.{pin.number} is another kind of pin" for pin in one.pins if two.pin(pin.number) != pin
            ]
    for net in sorted(set(source.nets) | set(other.nets)):
        expected, seen = set(source.nets.get(net, ())), set(other.nets.get(net, ()))
        found += [f"{net} lacks {pin}" for pin in sorted(expected - seen)]
        found += [f"{net} has {pin} too" for pin in sorted(seen - expected)]
    if source.open != other.open:
        found.append(f"open pins differ: {', '.join(sorted(source.open ^ other.open))}")
    return found

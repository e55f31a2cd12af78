"""A rotary encoder: turned by hand, counted by the user of its two pins."""

from __future__ import annotations


class Encoder:
    """`position` counts clicks to the right since the simulation began."""

    def __init__(self, pin_a: int, pin_b: int) -> None:
        self.pins = pin_a, pin_b
        self.position = 0

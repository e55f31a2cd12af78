"""A token without hardware: CircuitPython modules at the level of the chip, its parts, and a USB host.

It models CircuitPython, and runs the unchanged firmware in simulated time. Start with
`VirtualToken`; docs/simulator.md is for people who test with it.
"""

from ticktap.simulator.token import VirtualToken

__all__ = ["VirtualToken"]

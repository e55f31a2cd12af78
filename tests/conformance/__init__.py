"""The token's behaviour, the same on the simulator and on real CircuitPython."""

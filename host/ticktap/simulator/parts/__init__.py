"""The parts on the board and at the other end of the cable: time and wires, no Python API."""

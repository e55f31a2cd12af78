"""The token's hardware: the boards' pins (board_pins.py), circuits, boards of our own, and their cases."""

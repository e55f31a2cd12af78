"""What a press is asked for. The LED and the screen show it before the press."""

CODE = 0
CHANGE = 1
DESTRUCTIVE = 2  # a change that cannot be undone
TWICE = 3  # a change of owner or PIN, or a reset: it needs two presses
AGAIN = 4  # the second of these

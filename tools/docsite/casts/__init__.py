"""Recordings of the terminal: real commands on a stage, kept as asciicast v2 and as moving pictures."""

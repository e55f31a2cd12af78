"""The clock: its time, whether that is valid, and how far it may be set."""

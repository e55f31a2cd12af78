"""The clock: whether it may be used, what it says, and how far it may be set."""

"""Many tokens at once: a box of them, from a list to their users."""

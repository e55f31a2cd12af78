"""A box of tokens, from a list to their users."""

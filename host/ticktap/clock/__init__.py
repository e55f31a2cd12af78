"""Setting a token's clock, and knowing how it runs."""

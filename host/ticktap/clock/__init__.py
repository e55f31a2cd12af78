"""Setting a token's clock, and measuring its drift."""

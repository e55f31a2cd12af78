"""The token's firmware, in rooms (docs/architecture.md)."""

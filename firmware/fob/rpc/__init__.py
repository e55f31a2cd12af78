"""The wire protocol of docs/protocol.md: lines in, lines out, one file per noun."""

"""The wire protocol of docs/protocol.md: request lines in, response lines out; one file for each noun."""

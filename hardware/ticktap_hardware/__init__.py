"""The token's hardware: parts, connections, and the files for ordering and printing."""

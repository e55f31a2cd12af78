"""One account as bytes, and its codes."""

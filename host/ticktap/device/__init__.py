"""One token over a port: finding it, calling it, its owner and its PIN."""

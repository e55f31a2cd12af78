"""One token over a port: discovery, requests, the owner's key and the PIN."""

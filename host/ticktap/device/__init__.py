"""One token over a port: the choice of a token, requests, the owner's key and the PIN."""

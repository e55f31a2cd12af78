"""A live view of a token: what it knows, what it draws, and how it stays true."""

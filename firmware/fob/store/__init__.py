"""What the token remembers: the log, its sectors, accounts, settings, keys and PIN attempts."""

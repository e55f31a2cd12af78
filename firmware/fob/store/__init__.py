"""The store: the log and its segments, accounts, settings, keys and PIN attempts."""

"""Files of our own: private ones, SQLite, key files, and where they lie."""

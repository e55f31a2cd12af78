"""Files of ticktap: private files, SQLite, key files, and their folder."""

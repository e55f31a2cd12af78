"""The command line: one file for each command; commands return plain data, and framework/ prints it."""

"""The command line: one file per noun. Commands return plain data; output.py prints it."""

"""The command line: one file per noun. Commands return plain data; framework/output.py prints it."""

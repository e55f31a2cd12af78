"""Mutation tests of the project's own code: `tools/mutants.py` is the command."""

"""The CIRCUITPY drive: built, compared with a board's, installed and updated; and its store file."""

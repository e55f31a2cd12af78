"""Reads and writes accounts in texts, pictures and files of other apps; one file for each format."""

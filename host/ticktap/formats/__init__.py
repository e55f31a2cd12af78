"""Accounts in texts, pictures and files of other apps, read and written; one file for each format."""

"""Accounts, and the check of their codes."""

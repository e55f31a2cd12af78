"""Accounts as bytes, and their codes."""

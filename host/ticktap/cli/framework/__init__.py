"""Shared by commands: options, prompts, output, errors, lazy loading, and access to a token."""

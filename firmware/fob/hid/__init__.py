"""Text in, keyboard reports out; waking the host."""

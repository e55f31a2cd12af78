"""What is wrong with a set-up, and with what was typed."""

"""Terminal recordings: real commands with simulated tokens, stored as asciicast v2 and as animated
pictures."""

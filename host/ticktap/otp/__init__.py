"""An account, and whether a code is its code."""

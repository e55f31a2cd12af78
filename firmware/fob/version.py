"""What this firmware is. BUILT is the release date in unix seconds: no true clock can be earlier."""

VERSION = "0.1.0"
BUILT = 1795305600  # 2026-11-22 00:00:00 UTC
PROTOCOL = 1

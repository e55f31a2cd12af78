"""The firmware's version. BUILT is the release date in Unix seconds; a clock that is earlier is wrong."""

VERSION = "0.1.0"
BUILT = 1795305600  # 2026-11-22 00:00:00 UTC
PROTOCOL = 1

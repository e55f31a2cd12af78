"""udev rules: access to a token on Linux, and which programs must ignore it.

They must be read before 73-seat-late.rules, which grants devices tagged "uaccess" to the local user.
"""

from __future__ import annotations

from pathlib import Path

RULES = Path(__file__).parent / "60-ticktap.rules"


def udev_rules() -> str:
    """The text of the rules file."""
    return RULES.read_text(encoding="utf-8")

"""udev rules: who may use a token on Linux, and which programs keep off it.

They go before 73-seat-late.rules, which gives what is tagged "uaccess" to whoever sits at the computer.
"""

from __future__ import annotations

from pathlib import Path

RULES = Path(__file__).parent / "60-ticktap.rules"


def udev_rules() -> str:
    """The text of the rules file."""
    return RULES.read_text(encoding="utf-8")

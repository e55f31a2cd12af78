"""The answer to a submitted code, which a repeated submission gets as well (once.py)."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer.

    Args:
        response: the page, or the path of a redirection.
        status: of HTTP.
        cookies: as in Visit.
        browser: the value of the cookie to which forms are bound.
    """

    response: bytes | str
    status: int
    cookies: dict[str, tuple[str, int] | None] = field(default_factory=dict)
    browser: str = ""

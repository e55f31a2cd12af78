"""The answer to a submitted code, which a repeated submission gets as well (once.py)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.responses import RedirectResponse, Response

if TYPE_CHECKING:
    from ticktap.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Outcome:
    """An answer.

    Args:
        response: the page, or the path of a redirection.
        cookies: as in Visit.
        browser: the value of the cookie to which forms are bound.
    """

    response: bytes | str
    status: int
    cookies: dict[str, tuple[str, int] | None] = field(default_factory=dict)
    browser: str = ""

    def answer(self, visit: Visit) -> Response:
        """Makes the response."""
        visit.cookies |= self.cookies
        visit.browser = self.browser
        if isinstance(self.response, str):
            return RedirectResponse(self.response, self.status)
        return Response(self.response, self.status, media_type="text/html")

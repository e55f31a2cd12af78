"""The start, the language, and the test page for tokens."""

from __future__ import annotations

from starlette.responses import Response

from ticktap.otp import normalise
from ticktap.web.catalogues import LANGUAGES
from ticktap.web.texts import N
from ticktap.web.visit import Page, Visit, local_path

_LANGUAGE_S = 365 * 86_400
_BOXES = 6
_LONGEST = 20  # characters of the test page


def start(visit: Visit) -> Response:
    """Leads to the user's page, or to the sign-in page."""
    return visit.go("/sign-in" if visit.session is None else "/security")


def choose_language(visit: Visit) -> Response:
    """Sets the language of this browser."""
    chosen = visit.value("language", 10)
    if chosen in LANGUAGES:
        visit.set_cookie("language", chosen, _LANGUAGE_S)
    return visit.go(local_path(visit.value("next"), "/"))


def test_page(visit: Visit) -> Response:
    """A page with one box for each digit, to try a token without signing in."""
    return visit.page("test.html", boxes=_BOXES, result="")


def test_result(visit: Visit) -> Response:
    """Shows what arrived, without checking or storing it. With JavaScript nothing is sent."""
    boxes = [visit.value(f"digit{number}", _LONGEST) for number in range(1, _BOXES + 1)]
    return visit.page("test.html", boxes=_BOXES, result=_described(visit, "".join(boxes)))


def _described(visit: Visit, typed: str) -> str:
    code = normalise(typed)
    if not code:
        return visit.text(N("Nothing arrived. Click the first box and press the token's button."))
    if not code.isdigit():
        return visit.text(
            N(
                "Letters arrived. The token's keyboard layout may differ from this computer's:"
                " run `ticktap doctor --typing`."
            )
        )
    if typed != code:
        return visit.text(
            N(
                "{n} digits arrived, but full-width or with blanks. It works here; elsewhere turn your"
                " input method off."
            ),
            n=len(code),
        )
    return visit.text(N("{n} digits arrived. The token types correctly on this computer."), n=len(code))


PAGES = [
    Page("/", start, public=True),
    Page("/language", post=choose_language, public=True),
    Page("/test", test_page, test_result, public=True),
]

"""The pages of the demo's simulated token."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from ticktap.web import setup_pages
from ticktap.web.sign_in_pages import step_of
from ticktap.web.visit import Page, Visit


def press(visit: Visit) -> Response:
    """Presses the token. A page with a script puts what it types into the field; others show it."""
    typed = visit.site.demo.press(_owner(visit)) if visit.site.demo is not None else ""
    if "application/json" in visit.request.headers.get("accept", ""):
        return JSONResponse({"typed": typed})
    return visit.page("demo_typed.html", typed=typed)


def _owner(visit: Visit) -> str:
    """Whose account: that of the set-up, of the session, or of the name on the sign-in page."""
    if visit.session is not None:
        setup = setup_pages.pending(visit)
        demo = visit.site.demo
        if setup is not None and demo is not None and demo.has(setup["serial"]):
            return str(setup["serial"])
        return visit.me.name
    step = step_of(visit)
    return str(step["user"]).lower() if step is not None else "ann"


def enrol(visit: Visit) -> Response:
    """Stores the account of the set-up page on the token, as `ticktap account add --qr` does."""
    setup = setup_pages.pending(visit)
    if setup is not None and visit.site.demo is not None:
        visit.site.demo.add(setup["serial"], setup_pages.account_of(visit, setup))
        visit.flash(setup_pages.DEMO_STORED)
    return visit.go("/security/set-up/scan")


PAGES = [
    Page("/demo/press", post=press, public=True),
    Page("/demo/enrol", post=enrol),
]

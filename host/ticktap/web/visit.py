"""One request: the visitor's session, user, role and language; and answers in that language."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, RedirectResponse, Response

from ticktap.web.catalogues import Language, translations

if TYPE_CHECKING:
    from starlette.requests import Request

    from ticktap.registry import Registry
    from ticktap.registry.roles import Right, Role
    from ticktap.registry.user import User
    from ticktap.registry.web_sessions import WebSession
    from ticktap.web.site import Site

FRESH_S = 600
"""Seconds after a verified code in which changes need no other one."""

_PATH = re.compile(r"/(?:[A-Za-z0-9._~%@+=&?-]+/)*[A-Za-z0-9._~%@+=&?-]*")


class FormStale(Exception):
    """A form's token is not the browser's."""


@dataclass(slots=True, repr=False)
class Visit:
    """A request and its answer.

    Args:
        site: what all requests share.
        form: the fields of a form, as text; an uploaded file is in `files`.
        origin: the address of the person.
        browser: the value of the cookie to which forms are bound.
        session: None: not signed in.
        user, role: of the session.
        registry: it records changes under the name of the user.
        cookies: names and values of cookies to set; None removes one.
    """

    site: Site
    request: Request
    language: Language
    origin: str
    browser: str
    registry: Registry
    form: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)
    session: WebSession | None = None
    user: User | None = None
    role: Role | None = None
    saved: dict[str, Any] = field(default_factory=dict)
    cookies: dict[str, tuple[str, int] | None] = field(default_factory=dict)

    # --- who

    @property
    def me(self) -> User:
        """The user who is signed in."""
        assert self.user is not None
        return self.user

    @property
    def data(self) -> dict[str, Any]:
        """The data of the session; changes are stored after the page was made."""
        return self.signed_in.data

    @property
    def signed_in(self) -> WebSession:
        """The session of a page that only users who are signed in see."""
        assert self.session is not None
        return self.session

    @property
    def now(self) -> int:
        """Unix time."""
        return int(self.registry.time())

    @property
    def fresh(self) -> bool:
        """Whether a code of the person was verified a short time ago."""
        return self.session is not None and self.now < self.data.get("verified", 0) + FRESH_S

    def may(self, right: Right) -> bool:
        """Whether the user has a right in the administration."""
        from ticktap.registry.roles import RIGHTS

        return self.role is not None and right in RIGHTS[self.role]

    # --- what was asked

    def value(self, name: str, longest: int = 500) -> str:
        """A field of the form, cut; empty: it is missing."""
        return self.form.get(name, "")[:longest]

    def query(self, name: str, longest: int = 200) -> str:
        """A parameter of the address, cut; empty: it is missing."""
        return self.request.query_params.get(name, "")[:longest]

    @property
    def path(self) -> str:
        """The path of the address, as it was sent."""
        return bytes(self.request.scope["raw_path"]).decode("ascii", "replace").partition("?")[0]

    # --- answers

    def text(self, message: str, **values: object) -> str:
        """Translates a text and fills its places like {name}."""
        return translations(self.language).gettext(message).format(**values)

    def flash(self, message: str, **values: object) -> None:
        """Shows a text on the next page."""
        self.data["flash"] = self.text(message, **values)

    def page(self, template: str, status: int = 200, **values: Any) -> HTMLResponse:
        """Returns a page in the visitor's language."""
        common = {
            "visit": self,
            "csrf": self.site.seals.form_token(self.browser),
            "flash": self.data.pop("flash", "") if self.session is not None else "",
            "here": self.path,
            "demo": self.site.demo is not None,
        }
        return HTMLResponse(self.site.templates.render(template, self.language, common | values), status)

    def go(self, path: str) -> RedirectResponse:
        """Returns a redirection, as the answer to a form."""
        return RedirectResponse(path, 303)

    def set_cookie(self, name: str, value: str, seconds: int) -> None:
        """Sets a cookie with this answer."""
        self.cookies[name] = (value, seconds)

    def remove_cookie(self, name: str) -> None:
        """Removes a cookie with this answer."""
        self.cookies[name] = None

    def new_browser(self) -> None:
        """Binds later forms to a new value of the cookie."""
        self.browser = secrets.token_urlsafe(24)


Handler = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """A page or a form's action.

    Args:
        path: as in Starlette's routes.
        get, post: functions that answer, in a worker thread.
        right: the right that it needs; empty: any user, or anybody if `public`.
        public: whether a stranger may see it.
        fresh: whether a code must have been verified a short time ago; "post": only for the form.
        upload: whether its form may have a file.
    """

    path: str
    get: Handler | None = None
    post: Handler | None = None
    right: Right | None = None
    public: bool = False
    fresh: bool | str = False
    upload: bool = False

    @staticmethod
    def after(path: str) -> str:
        """Returns the page that follows a confirmation, for a form without a page: the parent page."""
        above = path.rpartition("/")[0]
        return above if above.count("/") > 1 else f"/{path.split('/')[1]}"


def local_path(text: str, otherwise: str) -> str:
    """Returns a path of this site; `otherwise` for anything else, such as another site's address."""
    if len(text) <= 300 and not text.startswith("//") and _PATH.fullmatch(text):
        return text
    return otherwise

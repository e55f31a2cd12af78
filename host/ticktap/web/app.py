"""The ASGI application: from a request to its page, with the checks that are the same for all pages."""

from __future__ import annotations

import contextlib
import secrets
import sys
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, cast

import anyio.to_thread
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ticktap.errors import TicktapError
from ticktap.registry import roles
from ticktap.registry.engine import RegistryError
from ticktap.registry.user_names import canonical
from ticktap.web import catalogues, pages
from ticktap.web.bounds import MOST_UPLOAD_BYTES, Bounds
from ticktap.web.security_headers import SecurityHeaders
from ticktap.web.sessions import end_if_idle, load_user
from ticktap.web.templating import STATIC, static_file
from ticktap.web.visit import FormStale, Page, Visit

if TYPE_CHECKING:
    from starlette.requests import Request

    from ticktap.registry.user import User
    from ticktap.web.site import Site

    Handler = Callable[[Request], Awaitable[Response]]

THREADS = 16
"""Pages made at the same time; each thread has its connection to the registry."""

_MOST_FIELDS = 60
_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def build(site: Site) -> Starlette:
    """Makes the application of a site."""
    found = pages.all_pages(site.config)
    routes = [
        Route("/healthz", _healthz),
        Route("/readyz", _readyz(site)),
        *(Route(f"/static/{name}", _static(name)) for name in STATIC),
        *(_route(site, page) for page in found),
    ]
    app = Starlette(routes=routes, lifespan=_lifespan, exception_handlers={HTTPException: _not_found(site)})
    uploads = frozenset(page.path for page in found if page.upload)
    app.add_middleware(Bounds, uploads=uploads)
    app.add_middleware(SecurityHeaders, config=site.config)
    return app


@contextlib.asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield


# --- small answers


async def _healthz(_request: Request) -> Response:
    """The process runs."""
    return PlainTextResponse("ok\n")


def _readyz(site: Site) -> Handler:
    """The registry can be read."""

    async def readyz(_request: Request) -> Response:
        def read() -> Response:
            try:
                with site.registry.reading():
                    return PlainTextResponse("ok\n")
            except TicktapError:
                return PlainTextResponse("the registry cannot be used\n", 503)

        return await run_in_threadpool(read)

    return readyz


def _static(name: str) -> Handler:
    async def static(_request: Request) -> Response:
        return Response(
            static_file(name),
            media_type=_TYPES[name.rpartition(".")[2]],
            headers={"cache-control": "public, max-age=31536000, immutable"},
        )

    return static


def _not_found(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        status = cast("HTTPException", error).status_code

        def make() -> Response:
            visit = _stranger(site, request)
            problem = "not-found" if status in (404, 405) else "stale"
            return visit.page("error.html", status, problem=problem, error="", number="")

        return await run_in_threadpool(make)

    return answer


# --- pages


def _route(site: Site, page: Page) -> Route:
    methods: Sequence[str] = [name for name, handler in (("GET", page.get), ("POST", page.post)) if handler]

    async def endpoint(request: Request) -> Response:
        fields: dict[str, str] = {}
        files: dict[str, bytes] = {}
        if request.method == "POST":
            try:
                fields, files = await _form(request)
            except HTTPException:
                raise
            except Exception as error:  # what a parser may raise for a malformed body is not listed anywhere
                raise HTTPException(400) from error
        return await run_in_threadpool(_answer, site, page, request, fields, files)

    return Route(page.path, endpoint, methods=list(methods))


async def _form(request: Request) -> tuple[dict[str, str], dict[str, bytes]]:
    fields: dict[str, str] = {}
    files: dict[str, bytes] = {}
    async with request.form(max_files=1, max_fields=_MOST_FIELDS, max_part_size=MOST_UPLOAD_BYTES) as form:
        for name, value in form.multi_items():
            if isinstance(value, UploadFile):
                files[name] = await value.read()
            else:
                fields[name] = value
    return fields, files


def _answer(
    site: Site, page: Page, request: Request, fields: dict[str, str], files: dict[str, bytes]
) -> Response:
    """Makes the answer to a request, in a worker thread."""
    visit = _stranger(site, request)
    try:
        _find_session(visit)
        visit.form, visit.files = fields, files
        response = _checked(page, visit)
    except FormStale:
        response = visit.page("error.html", 403, problem="stale", error="", number="")
    except RegistryError as error:
        print(f"ticktap serve: {error}", file=sys.stderr, flush=True)
        response = visit.page("error.html", 503, problem="down", error="", number="")
    except TicktapError as error:
        response = visit.page(
            "error.html", 400, problem="refused", error=f"{error} {error.remedy}", number=""
        )
    except Exception as error:
        response = visit.page("error.html", 500, problem="unexpected", error="", number=_report(error))
    return _finished(visit, response)


def _checked(page: Page, visit: Visit) -> Response:
    """Checks whether the visitor may have a page, and makes it."""
    posted = visit.request.method == "POST"
    if posted:
        _check_form(visit)
    if not page.public:
        if visit.session is None:
            return visit.go("/sign-in" if posted else f"/sign-in?next={visit.path}")
        if page.right is not None and not visit.may(page.right):
            return visit.page("error.html", 403, problem="forbidden", error="", number="")
        if visit.data.get("must_change") and not visit.path.startswith(
            ("/security/password", "/sign-out", "/language", "/confirm")
        ):
            return visit.go("/security/password")
        wants_fresh = page.fresh is True or (page.fresh == "post" and posted)
        if wants_fresh and not visit.fresh:
            after = visit.path if page.get else page.after(visit.path)
            return visit.go(f"/confirm?next={after}")
    handler = page.post if posted else page.get
    assert handler is not None
    return handler(visit)


def _check_form(visit: Visit) -> None:
    """Refuses forms that this site did not make for this browser (CSRF)."""
    headers = visit.request.headers
    origin = headers.get("origin")
    hosts = {f"{scheme}://{host}" for host in visit.site.config.hosts for scheme in ("http", "https")}
    if origin is not None and origin.lower() not in hosts:
        raise FormStale
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise FormStale
    if not visit.site.seals.is_form_token(visit.browser, visit.form.get("csrf", "")):
        raise FormStale


# --- the visitor


def _stranger(site: Site, request: Request) -> Visit:
    """Returns a visit without a session. It does not read the registry."""
    cookies = request.cookies
    language = catalogues.choose(
        cookies.get(cookie_name(site, "language"), ""), request.headers.get("accept-language", "")
    )
    origin = origin_of(site, request)
    browser = cookies.get(cookie_name(site, "browser"), "")
    visit = Visit(site, request, language, origin, browser, site.registry_for("", origin))
    if not browser:
        visit.new_browser()
    return visit


def _find_session(visit: Visit) -> None:
    """Adds session, user and role, if the browser has a valid session."""
    site, request = visit.site, visit.request
    token = request.cookies.get(cookie_name(site, "session"), "")
    if not token:
        return
    session = site.sessions.load(token)
    user = None if session is None else load_user(site, session.user_id)
    if session is None or user is None or end_if_idle(site, session) or not _named(site, request, user):
        visit.remove_cookie("session")
        return
    with site.registry.reading() as tx:
        visit.role = roles.load(tx.run, tx.keys, user.id)
    visit.session, visit.user, visit.saved = session, user, dict(session.data)
    visit.registry = site.registry_for(user.name, visit.origin)


def _named(site: Site, request: Request, user: User) -> bool:
    """Whether a trusted proxy, if one is the first factor, still names the user of the session."""
    config = site.config
    if config.first_factor != "header":
        return True
    peer = request.client.host if request.client else ""
    return peer in config.proxies and canonical(request.headers.get(config.user_header, "")) == user.name


def origin_of(site: Site, request: Request) -> str:
    """Returns the address of the person: of the connection, or what a trusted proxy says of it."""
    peer = request.client.host if request.client else ""
    if peer in site.config.proxies:
        forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return forwarded[:100] or peer
    return peer


def _finished(visit: Visit, response: Response) -> Response:
    """Stores the session's changes, and sets cookies."""
    site, session = visit.site, visit.session
    if session is not None and session.data != visit.saved:
        with contextlib.suppress(RegistryError):
            site.sessions.save(session)
    if visit.request.cookies.get(cookie_name(site, "browser")) != visit.browser:
        visit.set_cookie("browser", visit.browser, 0)
    for name, given in visit.cookies.items():
        value, seconds = ("", 0) if given is None else given
        response.set_cookie(
            cookie_name(site, name),
            value,
            max_age=0 if given is None else seconds or None,
            expires=0 if given is None else None,
            path="/",
            secure=site.config.https,
            httponly=True,
            samesite="lax",
        )
    return response


def cookie_name(site: Site, name: str) -> str:
    """Returns the full name of a cookie.

    Browsers accept the prefix `__Host-` only over HTTPS, for this host and all paths.
    """
    return f"__Host-ticktap-{name}" if site.config.https else f"ticktap-{name}"


def _report(error: Exception) -> str:
    """Writes where an unexpected error arose; returns its number. Its text may have a secret."""
    number = secrets.token_hex(4)
    frames = "".join(traceback.format_tb(error.__traceback__))
    print(f"ticktap serve: error {number}: {type(error).__name__}\n{frames}", file=sys.stderr, flush=True)
    return number

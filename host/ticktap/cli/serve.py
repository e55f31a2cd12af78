"""ticktap serve: serves the web pages."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli.framework import output
from ticktap.cli.framework.lazy_commands import JSON, Command
from ticktap.cli.framework.registry_choice import open_registry, registry_options
from ticktap.errors import MissingExtra

if TYPE_CHECKING:
    from ticktap.web.config import Config
    from ticktap.web.demo import Person

Data = dict[str, Any]
_FILE = click.Path(path_type=Path, dir_okay=False)
_PACKAGES = ("starlette", "uvicorn", "python_multipart", "argon2", "babel")


def _text(data: Data) -> str:
    lines = [f"The pages are at {data['url']}"]
    if data["url"].startswith("http://"):
        lines.append("This is HTTP without TLS. Use it on this computer only.")
    if data["people"]:
        lines += ["", "This is a demo. Ctrl-C ends it and deletes all its data.", ""]
        rows = [
            {key: each[key] or "-" for key in ("user", "role", "password", "code")} for each in data["people"]
        ]
        lines += [
            output.table(rows),
            "",
            "The page has a simulated token with a button. ben has no token yet: with the temporary code,",
            "ben signs in once and sets up an authenticator.",
        ]
    return "\n".join(lines)


@click.command("serve", cls=Command, text=_text)
@click.option(
    "--listen", default="127.0.0.1:8417", show_default=True, metavar="HOST:PORT", help="Where to listen."
)
@click.option("--public-url", metavar="URL", help="The address that browsers use, if a proxy is in front.")
@click.option("--tls-cert", type=_FILE, metavar="FILE", help="A certificate chain, PEM.")
@click.option("--tls-key", type=_FILE, metavar="FILE", help="The key of the certificate, PEM.")
@click.option(
    "--first-factor",
    type=click.Choice(["password", "header"]),
    default="password",
    show_default=True,
    help="What is checked before the code: a password, or the user name that a trusted proxy sends.",
)
@click.option(
    "--user-header",
    default="X-Forwarded-User",
    show_default=True,
    metavar="NAME",
    help="The header with the user name that a trusted proxy sends.",
)
@click.option(
    "--proxy", "proxies", multiple=True, metavar="ADDRESS", help="A trusted proxy; may be repeated."
)
@click.option(
    "--issuer", default="ticktap", show_default=True, metavar="NAME", help="The service's name in apps."
)
@click.option(
    "--contact", default="", envvar="TICKTAP_CONTACT", metavar="TEXT",
    help="Whom to ask for help; shown when a sign-in is refused.  [env: TICKTAP_CONTACT]",
)  # fmt: skip
@click.option(
    "--lockout-text", default="", metavar="TEXT", help="Shown to a locked user after the right password."
)
@click.option("--demo", is_flag=True, help="Use a temporary registry with four users, and a simulated token.")
@registry_options
def serve(
    listen: str,
    public_url: str | None,
    tls_cert: Path | None,
    tls_key: Path | None,
    first_factor: str,
    user_header: str,
    proxies: tuple[str, ...],
    issuer: str,
    contact: str,
    lockout_text: str,
    demo: bool,
) -> None:
    """Serve the web pages: sign-in, self-service and administration.

    It runs until Ctrl-C or SIGTERM.
    """
    _check_packages()
    from ticktap.web import config as settings

    host, port = settings.listen_address(listen)
    config = settings.checked(
        settings.Config(
            host,
            port,
            settings.public_url(public_url) if public_url else "",
            tls_cert,
            tls_key,
            "header" if first_factor == "header" else "password",
            user_header.lower(),
            proxies,
            issuer,
            contact,
            lockout_text,
            demo,
        )  # fmt: skip
    )
    from ticktap.web.server import serve as run

    as_json = bool(click.get_current_context().meta.get(JSON))

    def announce(people: tuple[Person, ...]) -> Any:
        def tell(actual: Config) -> None:
            data = {"url": actual.origin, "people": [_person(each) for each in people]}
            output.result("serve", data, as_json=as_json, text=_text)

        return tell

    with contextlib.ExitStack() as stack:
        if demo:
            from ticktap.web import demo as demonstration

            output.note("Starting the simulated token.")
            playing = stack.enter_context(demonstration.running(issuer))
            run(playing.registry, config, announce(playing.people), playing.token)
        else:
            run(stack.enter_context(open_registry()), config, announce(()))


def _person(person: Person) -> Data:
    return {"user": person.name, "role": person.role, "password": person.password, "code": person.code}


def _check_packages() -> None:
    """Raises MissingExtra if a package of the extra is not installed."""
    from importlib.util import find_spec

    for name in _PACKAGES:
        if find_spec(name) is None:
            raise MissingExtra(f"the web pages need the package {name}, which is not installed", "web")

"""The settings of `ticktap serve`."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from ticktap.errors import BadInput

DEFAULT_LISTEN = "127.0.0.1:8417"


@dataclass(frozen=True, slots=True)
class Config:
    """How the pages are served, and what they say.

    Args:
        host, port: where to listen.
        public_url: the address that browsers use, without a path; empty: `http(s)://HOST:PORT`.
        tls_cert, tls_key: PEM files; None: plain HTTP.
        first_factor: "password", or "header" for the name that a trusted proxy puts into `user_header`.
        user_header: the header with the name of the user whom the proxy has authenticated.
        proxies: addresses of trusted proxies, whose X-Forwarded-For and `user_header` are believed.
        issuer: the name of this service in authenticator apps.
        contact: whom to ask, as shown at a refused sign-in; empty: nothing is shown.
        lockout_text: shown to a locked user after the right password; empty: the text of every refusal.
        demo: whether the pages offer the simulated token of `serve --demo`.
    """

    host: str = "127.0.0.1"
    port: int = 8417
    public_url: str = ""
    tls_cert: Path | None = None
    tls_key: Path | None = None
    first_factor: Literal["password", "header"] = "password"
    user_header: str = "x-forwarded-user"
    proxies: tuple[str, ...] = ()
    issuer: str = "ticktap"
    contact: str = ""
    lockout_text: str = ""
    demo: bool = False

    @property
    def https(self) -> bool:
        """Whether browsers use HTTPS."""
        return self.tls_cert is not None or self.public_url.startswith("https://")

    @property
    def origin(self) -> str:
        """The address that browsers use: scheme, host and port."""
        if self.public_url:
            return self.public_url
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.https else 'http'}://{host}:{self.port}"

    @property
    def hosts(self) -> frozenset[str]:
        """The accepted values of the header Host. Others may come from a rebound name (DNS rebinding)."""
        names = {urlsplit(self.origin).netloc}
        if not self.public_url and is_loopback(self.host):
            names |= {f"{name}:{self.port}" for name in ("localhost", "127.0.0.1", "[::1]")}
        return frozenset(name.lower() for name in names)


def listen_address(text: str) -> tuple[str, int]:
    """Parses HOST:PORT.

    Raises:
        BadInput: it is not one.
    """
    host, colon, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise BadInput(f"{text!r} is not HOST:PORT", f"For example {DEFAULT_LISTEN}.")
    return host, int(port)


def public_url(text: str) -> str:
    """Returns the address that browsers use, without a path.

    Raises:
        BadInput: it is not an http or https address, or has a path or a password.
    """
    parts = urlsplit(text.rstrip("/"))
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.path or parts.query or "@" in text:
        raise BadInput(
            f"{text!r} is not an address like https://id.example.org", "The pages need a host of their own."
        )
    return f"{parts.scheme}://{parts.netloc}"


def checked(config: Config) -> Config:
    """Returns the configuration.

    Raises:
        BadInput: parts of it do not fit together, or passwords would cross a network without encryption.
    """
    if (config.tls_cert is None) != (config.tls_key is None):
        raise BadInput("a certificate needs its key", "Give both --tls-cert and --tls-key, or neither.")
    if not config.https and not is_loopback(urlsplit(config.origin).hostname or ""):
        raise BadInput(
            "passwords would cross the network without encryption",
            "Give --tls-cert and --tls-key; or the https address of your proxy with --public-url.",
        )
    if config.first_factor == "header" and not config.proxies:
        raise BadInput(
            "anyone could send the header with a user's name", "Give the proxy's address with --proxy."
        )
    return config


def is_loopback(host: str) -> bool:
    """Whether a host is this computer."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

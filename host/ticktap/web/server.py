"""Runs the pages in uvicorn."""

from __future__ import annotations

import dataclasses
import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from ticktap.errors import BadInput
from ticktap.web.app import build
from ticktap.web.config import Config
from ticktap.web.site import Site

if TYPE_CHECKING:
    from ticktap.registry import Registry
    from ticktap.web.demo_token import DemoToken

_GRACE_S = 20
_MOST_CONNECTIONS = 500


def serve(
    registry: Registry, config: Config, announce: Callable[[Config], None], demo: DemoToken | None = None
) -> None:
    """Serves the pages until SIGINT or SIGTERM; requests that have begun are answered.

    Args:
        announce: called when the socket listens, with the actual port.

    Raises:
        BadInput: the address or the certificate cannot be used.
    """
    import uvicorn

    listening = _listen(config)
    with listening:
        if not config.port:
            config = dataclasses.replace(config, port=listening.getsockname()[1])
        site = Site.of(registry, config, demo)
        settings = uvicorn.Config(
            build(site),
            ssl_certfile=config.tls_cert, ssl_keyfile=config.tls_key,
            http="h11", ws="none", h11_max_incomplete_event_size=16 * 1024,
            proxy_headers=False, server_header=False, access_log=False, log_config=None, log_level="warning",
            limit_concurrency=_MOST_CONNECTIONS, timeout_keep_alive=30, timeout_graceful_shutdown=_GRACE_S,
        )  # fmt: skip
        try:
            settings.load()
        except OSError as error:
            raise BadInput(
                f"the certificate cannot be used: {error.strerror}", "Check --tls-cert and --tls-key."
            ) from None
        # uvicorn raises the signal again when it has ended; the caller is to clean up first.
        before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            announce(config)
            uvicorn.Server(settings).run(sockets=[listening])
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _listen(config: Config) -> socket.socket:
    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    try:
        return socket.create_server((config.host, config.port), family=family, backlog=1024)
    except OSError as error:
        raise BadInput(
            f"the address {config.host}:{config.port} cannot be used: {error.strerror}",
            "Stop the program that uses it, or give another one with --listen.",
        ) from None

"""From a person's choice to an open token: by serial number, name, port path or URL.

A USB name only makes a port worth asking; a token is what answers `hello` (transport.py finds the ports).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from ticktap import transport
from ticktap.client import Client, Data
from ticktap.errors import NoAnswer, NoToken, TicktapError

VARIABLE = "TICKTAP_DEVICE"
WAIT = 1.0  # seconds; a token that was just plugged in is on the bus a little before its port is there
STARTING = 8.0  # seconds that a full token may take from being on the bus to its first answer
_STEP = 0.1

Silent = list[tuple[transport.Candidate, TicktapError]]  # ports that should have answered, and why not


@dataclass(frozen=True)
class Token:
    """An open token and what it said of itself."""

    client: Client
    hello: Data
    path: str

    @property
    def label(self) -> str:
        """Name, serial number and port, for a list a person chooses from."""
        name = self.hello.get("name") or "(no name)"
        return f"{name}  serial {self.hello.get('serial')}  at {self.path}"


def choice_of(choice: str | None, env: Mapping[str, str] = os.environ) -> str:
    """The choice in effect: the one given, else TICKTAP_DEVICE, else ""."""
    return choice or env.get(VARIABLE) or ""


def open_token(choice: str | None = None, env: Mapping[str, str] = os.environ, wait: float = WAIT) -> Token:
    """Opens the one token meant by `choice`, or by TICKTAP_DEVICE, or the only one there is.

    Args:
        choice: USB serial number, token name, port path or pyserial URL; None or "" for no choice.
        wait: seconds to wait for a token to turn up when none is there.

    Raises:
        NoToken: none found, none that fits, or several and no choice; then the message lists them.
    """
    choice = choice_of(choice, env)
    if choice and transport.is_address(choice):
        return open_at(choice)
    tokens, silent = _settle(wait)
    fitting = [token for token in tokens if not choice or _means(choice, token)]
    chosen = fitting[0] if len(fitting) == 1 and (choice or not silent) else None
    for token in tokens:
        if token is not chosen:
            token.client.close()
    if chosen is not None:
        return chosen
    raise _no_single(choice, fitting or tokens, bool(fitting), silent)


connect: Callable[[str], transport.Port] = transport.SerialPort


def open_at(address: str) -> Token:
    """Opens the token at a port path or URL and says hello.

    Raises:
        TicktapError: NoToken when the port cannot be opened, TokenError when no ticktap answers.
    """
    client = Client(connect(address))
    try:
        return Token(client, client.hello(), address)
    except BaseException:
        client.close()
        raise


def survey(
    choice: str | None = None, env: Mapping[str, str] = os.environ
) -> list[tuple[transport.Candidate, Data]]:
    """Every port and what answered `hello` there: {} and `why_rejected` where nothing did.

    A `choice` that is a port path or URL is asked too: simulated and networked tokens are on no USB list.
    """
    candidates = transport.find()
    choice = choice_of(choice, env)
    if choice and transport.is_address(choice) and all(choice != each.path for each in candidates):
        candidates.append(transport.Candidate(choice))
    return [(each, {}) if each.why_rejected else _asked(each) for each in candidates]


def _asked(candidate: transport.Candidate) -> tuple[transport.Candidate, Data]:
    try:
        token = open_at(candidate.path)
    except TicktapError as error:
        return replace(candidate, why_rejected=error.message), {}
    token.client.close()
    return candidate, token.hello


def _settle(wait: float) -> tuple[list[Token], Silent]:
    """All tokens that answer, and the ports that should have; waits for one that answers."""
    began = time.monotonic()
    while True:
        tokens, silent = _open_all()
        starting = [error for _, error in silent if isinstance(error, NoAnswer)]
        if tokens or (silent and not starting):
            return tokens, silent
        if time.monotonic() >= began + (STARTING if starting else wait):
            return tokens, silent
        time.sleep(_STEP)


def _open_all() -> tuple[list[Token], Silent]:
    tokens: list[Token] = []
    silent: Silent = []
    for candidate in transport.find():
        if candidate.why_rejected:
            continue
        try:
            tokens.append(open_at(candidate.path))
        except TicktapError as error:
            silent.append((candidate, error))
    # Where the system does not name interfaces, a token's console is a candidate as well, and never answers.
    answered = {str(token.hello.get("serial")).casefold() for token in tokens}
    return tokens, [each for each in silent if each[0].serial.casefold() not in answered]


def _means(choice: str, token: Token) -> bool:
    return choice.casefold() in (
        str(token.hello.get("serial")).casefold(),
        str(token.hello.get("name")).casefold(),
    )


def _no_single(choice: str, tokens: list[Token], fitting: bool, silent: Silent) -> TicktapError:
    for candidate, error in silent:
        if not tokens or (choice and candidate.serial.casefold() == choice.casefold()):
            return NoToken(error.message, error.remedy)
    listed = "".join(f"\n  {token.label}" for token in tokens)
    listed += "".join(f"\n  a token that does not answer at {candidate.path}" for candidate, _ in silent)
    if fitting:
        what = f"several tokens are called {choice!r}" if choice else "several tokens are plugged in"
        return NoToken(what + ":" + listed, f"Choose one with --device SERIAL, or set {VARIABLE}.")
    if tokens:
        return NoToken(f"no token is called {choice!r}; there is:" + listed, "Give one of these.")
    return NoToken(
        "no token found",
        "Plug one in, or start one with 'ticktap simulate'; 'ticktap doctor' shows what was looked at.",
    )

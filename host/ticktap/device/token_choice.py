"""Finds and opens the token that the user means: by serial number, name, port path or URL.

transport.py lists the candidate ports by their USB names; a port is a token's if it answers `hello`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from ticktap.device import device_node, opening, results, transport
from ticktap.device.known_tokens import KnownTokens
from ticktap.device.opening import Opening, Token
from ticktap.device.reconnection import recoverable
from ticktap.device.waiting import Waiting
from ticktap.errors import NoToken, TicktapError

__all__ = ["VARIABLE", "Search", "Token", "choice_of", "open_at", "open_token", "list_devices"]

VARIABLE = "TICKTAP_DEVICE"
WAIT = 1.0  # seconds; a newly plugged-in token appears on the bus before its port exists
_STEP = 0.1  # seconds

Silent = list[
    tuple[transport.Candidate, TicktapError]
]  # ports that did not answer although they should have, with the error

connect: Callable[[str], transport.Port] = transport.SerialPort


def choice_of(choice: str | None, env: Mapping[str, str] = os.environ) -> str:
    """Returns the choice in effect: `choice`, else TICKTAP_DEVICE, else ""."""
    return choice or env.get(VARIABLE) or ""


def open_token(
    choice: str | None = None,
    env: Mapping[str, str] = os.environ,
    wait: float = WAIT,
    waiting: Waiting | None = None,
) -> Token:
    """Opens the token given by `choice` or TICKTAP_DEVICE, or the only one that is connected.

    Args:
        choice: USB serial number, token name, port path or pyserial URL; None or "" for no choice.
        wait: seconds to wait for a token if none is connected.

    Raises:
        NoToken: no token was found, none matches, or several do; then the message lists them.
        NotTheToken: it had an owner when it was last used here, and has none.
        TicktapError: as `open_at`, when the choice is a port.
    """
    search = Search(choice_of(choice, env), wait, waiting)
    try:
        while (token := search.step(_STEP)) is None:
            pass
        return token
    finally:
        search.close()


def open_at(address: str, waiting: Waiting | None = None) -> Token:
    """Opens the token at a port path or URL and sends `hello`; waits for a token that is starting.

    Raises:
        TicktapError: NoToken if the port cannot be opened, TokenError if no ticktap token answers.
    """
    waiting = waiting or Waiting()
    return _accepted(opening.open_at(address, waiting, connect), waiting)


class Search:
    """Searches for one token in small steps. Close it to stop the search.

    Args:
        choice: as in `open_token`; "" for none.
        wait: seconds to wait for a token if none is connected.
    """

    def __init__(self, choice: str, wait: float = WAIT, waiting: Waiting | None = None) -> None:
        self._choice = choice
        self._waiting = waiting or Waiting()
        self._until = self._waiting.now() + wait
        self._ports = Ports([], self._waiting)
        self._single = Opening(choice, self._waiting, connect) if transport.is_address(choice) else None

    def step(self, timeout: float) -> Token | None:
        """Continues for about `timeout` seconds; returns the token once it is open, else None.

        Raises:
            NoToken: as `open_token`.
        """
        if self._single is not None:
            token = self._single.step(timeout)
            return token and _accepted(token, self._waiting)
        ports, waiting = self._ports, self._waiting
        ports.extend([each for each in waiting.find() if not each.why_rejected])
        if ports.opening:
            ports.step(timeout)
        if ports.opening:
            return None
        if not (ports.tokens or ports.silent) and waiting.now() < self._until:
            waiting.sleep(timeout)
            return None
        return self._chosen(ports.take(), ports.silent)

    def close(self) -> None:
        """Closes all open ports except that of a returned token."""
        if self._single is not None:
            self._single.close()
        self._ports.close()

    def _chosen(self, tokens: list[Token], silent: Silent) -> Token:
        choice = self._choice
        fitting = [token for token in tokens if not choice or _matches(choice, token)]
        chosen = fitting[0] if len(fitting) == 1 and (choice or not silent) else None
        for token in tokens:
            if token is not chosen:
                token.client.close()
        if chosen is None:
            raise _no_single(choice, fitting or tokens, bool(fitting), silent)
        return _accepted(chosen, self._waiting)


def _accepted(token: Token, waiting: Waiting) -> Token:
    """Checks that a token has not lost its owner, and makes its client recover from a lost port."""
    try:
        KnownTokens().check(token.hello)
    except TicktapError:
        token.client.close()
        raise
    return recoverable(token, waiting, connect)


class Ports:
    """Asks several ports at the same time for `hello`."""

    def __init__(self, candidates: Sequence[transport.Candidate], waiting: Waiting) -> None:
        self.tokens: list[Token] = []
        self.silent: Silent = []
        self.opening: dict[str, Opening] = {}  # by path
        self._candidates: dict[str, transport.Candidate] = {}
        self._waiting = waiting
        self.extend(candidates)

    def extend(self, candidates: Sequence[transport.Candidate]) -> None:
        """Adds the candidates that are new."""
        for each in candidates:
            if each.path not in self._candidates:
                self._candidates[each.path] = each
                self.opening[each.path] = Opening(each.path, self._waiting, connect, each.serial)

    def step(self, timeout: float) -> None:
        """Continues with all ports, for about `timeout` seconds in all."""
        share = timeout / max(1, len(self.opening))
        for path, port in list(self.opening.items()):
            try:
                token = port.step(share)
            except TicktapError as error:
                del self.opening[path]
                self.silent.append((self._candidates[path], error))
                continue
            if token is not None:
                del self.opening[path]
                self.tokens.append(replace(token, simulated=self._candidates[path].simulated))
        if self.tokens:
            self._leave_the_others()

    def take(self) -> list[Token]:
        """Returns the tokens found so far; the caller closes them."""
        tokens, self.tokens = self.tokens, []
        return tokens

    def close(self) -> None:
        """Closes every port that was not taken."""
        for port in self.opening.values():
            port.close()
        for token in self.take():
            token.client.close()

    def _leave_the_others(self) -> None:
        """Stops waiting for starting tokens once one has answered, and drops the console ports of the
        answering tokens.

        If the system does not name interfaces, a token's console port is a candidate too and never answers.
        """
        answered = {str(token.hello.get("serial")).casefold() for token in self.tokens}
        for path, port in list(self.opening.items()):
            if self._candidates[path].serial.casefold() in answered:
                self.opening.pop(path).close()
            else:
                port.hurry()
        self.silent = [each for each in self.silent if each[0].serial.casefold() not in answered]


def list_devices(
    choice: str | None = None, env: Mapping[str, str] = os.environ, waiting: Waiting | None = None
) -> list[tuple[transport.Candidate, results.Hello | None]]:
    """Lists every port with the HELLO of its token, or with None and `why_rejected`.

    A `choice` that is a port path or URL is included: tokens on the network are not in the USB list.
    """
    waiting = waiting or Waiting()
    candidates = list(waiting.find())
    choice = choice_of(choice, env)
    if transport.is_address(choice) and not any(_same_port(choice, each.path) for each in candidates):
        candidates.append(transport.Candidate(choice))
    ports = Ports([each for each in candidates if not each.why_rejected], waiting)
    try:
        while ports.opening:
            ports.step(_STEP)
        hellos = {token.path: token.hello for token in ports.tokens}
        reasons = {candidate.path: error.message for candidate, error in ports.silent}
    finally:
        ports.close()
    return [_with_reason(each, hellos.get(each.path), reasons) for each in candidates]


def _same_port(one: str, other: str) -> bool:
    """Whether two addresses are the same port; a simulated token's port has one or two links."""
    if not (device_node.is_path(one) and device_node.is_path(other)):
        return one == other
    return os.path.realpath(one) == os.path.realpath(other)


def _with_reason(
    candidate: transport.Candidate, hello: results.Hello | None, reasons: Mapping[str, str]
) -> tuple[transport.Candidate, results.Hello | None]:
    if hello or candidate.why_rejected:
        return candidate, hello
    why = reasons.get(candidate.path, "it does not answer; its token answers at another port")
    return replace(candidate, why_rejected=why), hello


def _matches(choice: str, token: Token) -> bool:
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
        return NoToken(f"no token is called {choice!r}. Connected tokens:" + listed, "Choose one of these.")
    return NoToken(
        f"no token is called {choice!r}, and no other token was found" if choice else "no token found",
        "Plug one in, or start a simulated one with 'ticktap simulate' in another terminal. 'ticktap doctor' "
        "shows "
        "what was looked at.",
    )

"""Refreshes a View from a token: polls it each second, requests codes, and waits while it is unplugged.

It has no user interface. Each step takes milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from ticktap.clock.offset_estimator import Estimate, Poll
from ticktap.clock.system_time import HostTime
from ticktap.device import results
from ticktap.device.timeouts import PRESS
from ticktap.device.token_choice import Token
from ticktap.errors import NoAnswer, NoToken, NotOwner, TicktapError, TokenGone
from ticktap.otp.account import Listed
from ticktap.watch.pending_code import PendingCode
from ticktap.watch.state import View, Wanted

LOOK = 1.0  # seconds between polls of the token
RETRY = 0.5  # seconds between searches for an unplugged token
CARE = 3600.0  # seconds between updates of the clock's forecast
UNSURE = 30.0  # seconds; the same while the offset is not precise
SHARP = 0.1  # seconds; the uncertainty up to which the offset is precise
POLLS = 300  # polls after which the older half is dropped, because clocks drift


@dataclass(frozen=True)
class Care:
    """A clock's last sync (Unix time), and the warnings of `clock show`."""

    synced: int | None
    warnings: list[str]


class Services(Protocol):
    """Services that need the user's keys and files."""

    def reopen(self) -> Token | None:
        """Opens the replugged token; None while it is starting. Raises TicktapError while it is unplugged."""

    def accounts(self, token: Token) -> list[Listed] | None:
        """Returns the accounts; None if the token shows them to its owner only, and the key is missing."""

    def care(self, token: Token, clock: results.Clock, offset: float | None) -> Care:
        """Returns the state of its clock; `clock` is CLOCK."""


class Watcher:
    """Watches `token` until it is closed. `now` in all methods: seconds of a monotonic clock."""

    def __init__(self, token: Token, means: Services, host: HostTime) -> None:
        self.view = View()
        self._means, self._host = means, host
        self._asking: PendingCode | None = None
        self._token: Token | None = None
        self._due = self._care_due = 0.0
        self._fingerprint: object = None  # of the state at the last listing of the accounts
        self._take(token)

    def step(self, now: float) -> None:
        """Does whatever is due."""
        self.view.tick(now)
        try:
            if self._token is None:
                self._return(now)
            elif self._asking is not None:
                self._listen(self._asking, now)
            elif now >= self._due:
                self._look(self._token, now)
        except (TokenGone, NoAnswer):
            self._lose(now)
        except TicktapError as error:
            self._tell(error)

    def ask(self, now: float) -> None:
        """Requests the code of the chosen account."""
        entry = self.view.entry
        if self._token is None or entry is None or self._asking is not None:
            return
        self.view.wipe()
        try:
            self._asking = PendingCode(self._token.client, entry.id, now)
        except TicktapError:
            self._lose(now)
            return
        self.view.wanted = Wanted(entry.id, entry.label, entry.period, now + PRESS)

    def take_back(self) -> None:
        """Cancels the request, and removes the shown code."""
        if self._asking is not None:
            self._asking.cancel()
        self._asking = self.view.wanted = None
        self.view.wipe()

    def choose(self, step: int) -> None:
        """Chooses an account; cancels the request for another one's code."""
        before = self.view.entry
        self.view.choose(step)
        if self.view.entry != before:
            self.take_back()

    def unlock(self, unlock: Callable[[Token], object]) -> None:
        """Lets `unlock` ask for the PIN, then polls the token.

        Raises:
            TicktapError: as `unlock`.
        """
        view = self.view
        if self._token is not None and view.pin and (view.locked or view.accounts is None):
            self.take_back()
            unlock(self._token)
            self._fingerprint, self._due = None, 0.0

    def close(self) -> None:
        """Cancels the request, removes the code, and closes the port."""
        try:
            self.take_back()
        finally:
            if self._token is not None:
                self._token.client.close()
                self._token = None

    # --- the token

    def _take(self, token: Token) -> None:
        view, hello = self.view, token.hello
        token.client.recovery = None  # this class waits for a lost port, while the view continues
        self._token, self._due, self._care_due, self._fingerprint = token, 0.0, 0.0, None
        self._older, self._newer = Estimate(), Estimate()
        view.name, view.serial = str(hello.get("name") or ""), str(hello.get("serial") or "")
        view.maintenance = hello.get("mode") == "maintenance"
        view.accounts, view.default = [], None
        view.plugged, view.message = True, ""

    def _return(self, now: float) -> None:
        if now < self._due:
            return
        self._due = now + RETRY
        try:
            token = self._means.reopen()
        except NoToken:
            self.view.message = ""
        except TicktapError as error:
            self._tell(error)
        else:
            if token is None:
                self._due, self.view.message = now, "The token is starting."
                return
            self._take(token)
            self._look(token, now)

    def _lose(self, now: float) -> None:
        self._asking = None
        if self._token is not None:
            with suppress(TicktapError):
                self._token.client.close()
        self._token, self._due = None, now + RETRY
        self.view.lost()

    def _tell(self, error: TicktapError) -> None:
        self.view.message = f"{error.message[:1].upper()}{error.message[1:]}. {error.remedy}"

    # --- measurements and messages

    def _look(self, token: Token, now: float) -> None:
        self._due = now + LOOK
        sent = self._host.time()
        status = token.client.status()
        received = self._host.time()
        view, clock, pin = self.view, status["clock"], status["pin"]
        view.claimed, view.pin, view.locked = status["access"]["claimed"], pin["set"], pin["locked"]
        view.default, view.last, view.clock = status["default"], status["last"], clock["state"]
        self._measure(clock, sent, received)
        if now >= self._care_due:
            sharp = view.offset is not None and view.offset.uncertainty <= SHARP
            self._care_due = now + (CARE if sharp else UNSURE)
            care = self._means.care(token, clock, view.offset.seconds if view.offset else None)
            view.synced, view.warnings = care.synced, care.warnings
        fingerprint = (status["accounts"], view.default, view.locked, view.claimed)
        if not view.locked and fingerprint != self._fingerprint:
            try:
                view.accounts = self._means.accounts(token)
            except NotOwner as error:
                view.accounts = None
                self._tell(error)
        self._fingerprint = fingerprint
        if view.locked:
            view.shown = None

    def _measure(self, clock: results.Clock, sent: float, received: float) -> None:
        """Adds a poll of the clock to two estimates; the second starts when the first is half full."""
        if clock["state"] != "ok" or clock["unix"] is None:
            self.view.offset, self._older, self._newer = None, Estimate(), Estimate()
            return
        within = clock.get("ms") or (0, 1000)
        poll = Poll(sent, received, clock["unix"] + within[0] / 1000, clock["unix"] + within[1] / 1000)
        self._older.add(poll)
        if len(self._older.round_trips) > POLLS // 2:
            self._newer.add(poll)
        if len(self._older.round_trips) >= POLLS:
            self._older, self._newer = self._newer, Estimate()
        self.view.offset = self._older.offset()

    def _listen(self, asking: PendingCode, now: float) -> None:
        wanted = self.view.wanted
        try:
            answer = asking.answer(now)
        except TicktapError:
            self._asking = self.view.wanted = None
            raise
        if answer is not None and wanted is not None:
            self._asking = None
            self.view.show(wanted, answer, now, self._host.time())

"""ticktap watch: a live view of a token at a terminal, or its changes as lines of JSON."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli.framework import device_access, device_session, output
from ticktap.cli.framework.lazy_commands import JSON, Command, name_of
from ticktap.device import results
from ticktap.errors import TicktapError

if TYPE_CHECKING:
    from ticktap.cli.framework.terminal_screen import Screen
    from ticktap.device import token_choice
    from ticktap.device.token_choice import Token
    from ticktap.otp.account import Listed
    from ticktap.watch.refresh import Care, Watcher

TICK = 0.1  # seconds between checks of the keyboard
GLANCE = 0.05  # seconds in which a starting token may respond


class _Services:
    """The services of a watcher: the choice of token, the owner key, the clock history."""

    def __init__(self, token: Token) -> None:
        from ticktap.clock import host_sync_status
        from ticktap.device import token_choice, transport

        chosen = token_choice.choice_of(device_session.choice())
        self._again = chosen if transport.is_address(chosen) else str(token.hello["serial"])
        self._search: token_choice.Search | None = None
        self._source = host_sync_status.read_status()

    def reopen(self) -> Token | None:
        """Opens the same token, or the one at the given port."""
        from ticktap.device import token_choice
        from ticktap.device.waiting import Waiting

        search = self._search or token_choice.Search(self._again, wait=0, waiting=Waiting(port_s=0.0))
        self._search = None
        token = search.step(GLANCE)
        if token is None:
            self._search = search
        return token

    def close(self) -> None:
        """Ends a running search."""
        if self._search is not None:
            self._search.close()

    def accounts(self, token: Token) -> list[Listed] | None:
        """Lists the accounts. Ends the owner session at once, because a view stays open for a long time."""
        if not device_access.may_read(token):
            return None
        found = device_session.listed(token.client)
        if token.client.session:
            token.client.end_session()
        return found

    def care(self, token: Token, clock: results.Clock, offset: float | None) -> Care:
        """Returns the state of the clock like 'clock show', without a measurement."""
        from ticktap.clock import maintenance
        from ticktap.clock.history import ClockHistory
        from ticktap.watch.refresh import Care

        try:
            with ClockHistory.open() as history:
                seen = maintenance.read_history(token.client, history, token.hello["serial"])
        except TicktapError as error:
            return Care(None, [error.message])
        now = time.time()
        view = maintenance.forecast(seen, now, clock["aging"], clock["state"], offset)
        unseen = maintenance.has_unrecorded_settings(seen, clock)
        warnings = maintenance.warnings(self._source, view, now, offset, unseen)
        if view.battery_failed:
            warnings.append("its battery has failed once: replace it if this recurs")
        return Care(view.synced, warnings)


@click.command("watch", cls=Command)
@click.pass_context
def watch(ctx: click.Context) -> None:
    """Show a token live: accounts, time left in the step, clock; and codes after a press.

    Up and down choose an account, Enter asks for its code, q leaves. With --json, one document for each
    change, and never a code.
    """
    from ticktap.cli.framework import terminal_screen
    from ticktap.clock.system_time import SystemTime
    from ticktap.watch.refresh import Watcher

    as_json = bool(ctx.meta.get(JSON))
    if not as_json:
        terminal_screen.require()
    with device_session.open_token() as token:
        means = _Services(token)
        watcher = Watcher(token, means, SystemTime())
        try:
            if as_json:
                _tell(watcher, name_of(ctx))
            else:
                with terminal_screen.opened() as shown:
                    _show(watcher, shown)
        except KeyboardInterrupt:
            return
        finally:
            watcher.close()
            means.close()


def _tell(watcher: Watcher, command: str) -> None:
    """Prints changes until interrupted."""
    said: Any = None
    while True:
        watcher.step(time.monotonic())
        if (seen := watcher.view.document()) != said:
            said = seen
            output.result(command, seen, as_json=True)
        time.sleep(TICK)


def _show(watcher: Watcher, screen: Screen) -> None:
    """Draws the view and handles keys, until the user leaves."""
    from ticktap.watch.render import picture

    while True:
        now = time.monotonic()
        watcher.step(now)
        screen.draw(picture(watcher.view, screen.console, now, time.time()))
        for key in screen.keys(TICK):
            if key == "leave":
                return
            _obey(watcher, screen, key)


def _obey(watcher: Watcher, screen: Screen, key: str) -> None:
    if key == "up":
        watcher.choose(-1)
    elif key == "down":
        watcher.choose(1)
    elif key == "enter":
        watcher.ask(time.monotonic())
    elif key == "escape":
        watcher.take_back()
    elif key == "unlock":
        _unlock(watcher, screen)


def _unlock(watcher: Watcher, screen: Screen) -> None:
    try:
        with screen.aside():
            watcher.unlock(lambda token: device_access.unlock(token.client))
    except click.Abort:  # Ctrl-C at the question
        return
    except TicktapError as error:
        watcher.view.message = f"{output.sentence(error.message)} {error.remedy}"

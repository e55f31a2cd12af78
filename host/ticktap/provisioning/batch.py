"""A box of tokens: all that are plugged in are worked on side by side, each by a thread of its own.

Which row goes to which token is settled by the press that chooses the token, in the order of the manifest. A
finished token flashes until it is unplugged, one at a time, so that nobody mixes them up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from ticktap.device import discovery, transport
from ticktap.device.opening import Opening, Token
from ticktap.device.reconnection import recoverable
from ticktap.device.waiting import Waiting
from ticktap.errors import PortUnavailable, TicktapError, TokenGone
from ticktap.provisioning.context import Operator, ProvisionContext
from ticktap.provisioning.job import ProvisionJob
from ticktap.provisioning.job_queue import JobQueue
from ticktap.provisioning.manifest import ManifestRow
from ticktap.provisioning.progress import ProgressEntry

POLL = 0.3  # seconds between two looks for new tokens
FLASHING = 1.0  # seconds between two calls of token.identify, whose light goes on for three


class BatchOperator(Operator, Protocol):
    """A Desk with what there is to say about tokens that are no row's, and about the end of a row."""

    def refused(self, where: str, error: TicktapError) -> None:
        """This token (its serial number, or port) is not worked on, or not any more."""

    def unplug(self, serial: str, row: ManifestRow) -> None:
        """This token is finished; its light flashes until it is unplugged."""

    def left(self, rows: Sequence[ManifestRow], begun: Sequence[ProgressEntry]) -> None:
        """Nothing is being worked on, and these rows are left: free ones, and those of a token."""


class StoppablePort:
    """A Port on which the first wait after `stop` was set is interrupted, as by Ctrl-C in the main thread.

    Only the first: what is under way can then be taken back over the same port.
    """

    def __init__(self, port: transport.Port, stop: threading.Event) -> None:
        self._port = port
        self._stop = stop
        self._told = False
        self.name = port.name

    def write(self, data: bytes) -> None:
        """Sends all of `data`."""
        self._port.write(data)

    def read_line(self, timeout: float) -> bytes:
        """The next line. KeyboardInterrupt, once, when work is to stop."""
        while True:
            if self._stop.is_set() and not self._told:
                self._told = True
                raise KeyboardInterrupt
            part = min(timeout, transport.SLICE)
            try:
                return self._port.read_line(part)
            except TimeoutError:
                timeout -= part
                if timeout <= 0:
                    raise

    def close(self) -> None:
        """Closes the port."""
        self._port.close()


@dataclass(frozen=True)
class Rejected:
    """A token that was turned away, or whose work failed."""

    where: str
    reason: str
    remedy: str
    label: str | None  # of the row that it was


@dataclass
class Batch:
    """The work on all tokens of one manifest.

    Args:
        open_shop: opens what is needed besides the tokens, for one thread.
        ports: the ports to look at, now.
        until_unplugged: whether finished tokens flash until they are unplugged.
        patience: seconds without a token to work on after which the run ends; None: it waits for ever.
        connect: opens a port.
        waiting: how long a token that is starting is waited for.
        between: called by the main thread between two looks at the ports.
        stop: set when work is to stop.
    """

    open_shop: Callable[[], AbstractContextManager[ProvisionContext]]
    pool: JobQueue
    desk: BatchOperator
    ports: Callable[[], Sequence[transport.Candidate]] = transport.find
    until_unplugged: bool = True
    patience: float | None = None
    connect: Callable[[str], transport.Port] = lambda address: discovery.connect(address)
    waiting: Waiting = field(default_factory=Waiting)
    between: Callable[[], None] = lambda: None
    stop: threading.Event = field(default_factory=threading.Event)
    turned: list[Rejected] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._changed = threading.Event()
        self._flashing = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}  # by path
        self._seen: set[str] = set()  # paths that are not to be looked at again until they were gone
        self._answered: set[str] = set()  # serial numbers of tokens that did
        self._finished: set[str] = set()  # paths whose token only waits to be unplugged
        self._flashes: set[str] = set()  # of these the one that is told of
        self._failure: BaseException | None = None

    def run(self) -> None:
        """Works until every row is finished, or nobody brings a token any more.

        Whatever ends it, all threads have ended then, and no token waits for a press.

        Raises:
            BaseException: what a thread did not foresee.
        """
        idle_since: float | None = None
        try:
            while not self._over():
                self._changed.clear()
                self._look_around()
                if self._working() or self.pool.all_done():
                    idle_since = None
                elif idle_since is None:
                    idle_since = time.monotonic()
                    self.desk.left(self.pool.free(), self.pool.waiting())
                elif self.patience is not None and time.monotonic() - idle_since >= self.patience:
                    break
                self._changed.wait(POLL)
                self.between()
        finally:
            self.stop.set()
            for thread in list(self._threads.values()):
                thread.join()
        if self._failure:
            raise self._failure

    def _over(self) -> bool:
        if self._failure or self.stop.is_set():
            return True
        told = len(self._finished) < 2 and self._finished <= self._flashes
        return self.pool.all_done() and (told or not self.until_unplugged)

    def _working(self) -> bool:
        return bool(self._threads.keys() - self._flashes)

    def _look_around(self) -> None:
        for path in [path for path, thread in self._threads.items() if not thread.is_alive()]:
            del self._threads[path]
        there = {each.path: each for each in self.ports() if not each.why_rejected}
        self._seen &= there.keys()
        for path in sorted(there.keys() - self._seen - self._threads.keys()):
            thread = threading.Thread(target=self._work, args=(there[path],), name=f"token at {path}")
            self._threads[path] = thread
            thread.start()

    # --- in a thread of its own

    def _work(self, port: transport.Candidate) -> None:
        path = port.path
        try:
            token = self._open(port)
            if token is not None:
                with token.client, self.open_shop() as shop:
                    self._provision(token, shop)
        except KeyboardInterrupt:
            pass  # the box stops; run() tells what is left
        except BaseException as error:
            self._failure = self._failure or error
        finally:
            self._finished.discard(path)
            self._flashes.discard(path)
            self._changed.set()

    def _open(self, port: transport.Candidate) -> Token | None:
        """The token at a port; None when there is none, which is told but of a token's console."""
        opening = Opening(port.path, self.waiting, self._stoppable)
        try:
            while (token := opening.step(transport.SLICE)) is None:
                if self.stop.is_set():
                    return None
        except TicktapError as error:
            if port.serial and port.serial.casefold() in self._answered:
                self._seen.add(port.path)  # its console, where the system does not name a device's ports
            elif not _unplugged(error):
                self._turn_away(port.path, port.path, None, error)
            return None
        finally:
            opening.close()
        self._answered.add(str(token.hello.get("serial")).casefold())
        return recoverable(token, self.waiting, self._stoppable)

    def _stoppable(self, path: str) -> transport.Port:
        return StoppablePort(self.connect(path), self.stop)

    def _provision(self, token: Token, shop: ProvisionContext) -> None:
        work = ProvisionJob(token, shop, self.pool)
        try:
            row = work.run()
        except TicktapError as error:
            self._give_back(work)
            gone = isinstance(error, TokenGone) or self._gone(token)
            self._turn_away(token.path, work.serial, work.row, error)
            if gone:
                self._seen.discard(token.path)
            return
        except BaseException:
            self._give_back(work)
            raise
        self._seen.add(token.path)
        self._finished.add(token.path)  # before the row is, or the last one would not be told of
        self.pool.finish(row)
        self._changed.set()
        self._await_unplugging(token, row)

    def _give_back(self, work: ProvisionJob) -> None:
        if work.row:
            entry = work.shop.journal.of_token(work.serial)
            self.pool.give_back(work.row, entry if entry and not entry.done else None)

    def _turn_away(self, path: str, where: str, row: ManifestRow | None, error: TicktapError) -> None:
        self._seen.add(path)
        self.turned.append(Rejected(where, error.message, error.remedy, row.label if row else None))
        self.desk.refused(where, error)

    @staticmethod
    def _gone(token: Token) -> bool:
        """Whether it was unplugged: then it may come back to the same port before the next look."""
        token.client.recovery = None
        try:
            token.client.hello()
        except TicktapError:
            return True
        return False

    def _await_unplugging(self, token: Token, row: ManifestRow) -> None:
        """Its light flashes, and no other's, until it is gone."""
        if not self.until_unplugged:
            self.desk.unplug(str(token.hello["serial"]), row)
            return
        serial = str(token.hello["serial"])
        with self._flashing, suppress(TicktapError):
            told = False
            while not self.stop.is_set():
                token.client.identify()
                if not told:
                    self.desk.unplug(serial, row)
                    self._flashes.add(token.path)
                    self._changed.set()
                told = True
                self.stop.wait(FLASHING)
        self._seen.discard(token.path)


def _unplugged(error: TicktapError) -> bool:
    """Whether a token was only unplugged again before it had answered."""
    return isinstance(error, TokenGone) or (isinstance(error, PortUnavailable) and error.reason == "absent")

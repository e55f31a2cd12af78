"""A batch of tokens: all connected tokens are provisioned in parallel, each in its own thread.

The press that chooses a token assigns it the next row of the manifest. A finished token flashes until it is
unplugged, one at a time, so that tokens are not mixed up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from ticktap.device import token_choice, transport
from ticktap.device.opening import Opening, Token
from ticktap.device.reconnection import recoverable
from ticktap.device.waiting import Waiting
from ticktap.errors import PortUnavailable, TicktapError, TokenGone
from ticktap.provisioning.context import Operator, ProvisionContext
from ticktap.provisioning.job import ProvisionJob
from ticktap.provisioning.job_queue import JobQueue
from ticktap.provisioning.manifest import ManifestRow
from ticktap.provisioning.progress import ProgressEntry

POLL = 0.3  # seconds between two searches for new tokens
FLASHING = 1.0  # seconds between two calls of token.identify, which flashes for three


class BatchOperator(Operator, Protocol):
    """An Operator with the messages about tokens without a row, and about finished rows."""

    def refused(self, where: str, error: TicktapError) -> None:
        """A token (serial number or port) was rejected, or failed."""

    def unplug(self, serial: str, row: ManifestRow) -> None:
        """The token is finished; its LED flashes until it is unplugged."""

    def left(self, rows: Sequence[ManifestRow], begun: Sequence[ProgressEntry]) -> None:
        """No token is being provisioned; these rows are left: free ones, and those of a token."""


class StoppablePort:
    """A Port whose first wait after `stop` is set raises KeyboardInterrupt, like Ctrl-C in the main thread.

    Later waits are not interrupted, so that a request can be cancelled over the same port.
    """

    def __init__(self, port: transport.Port, stop: threading.Event) -> None:
        self._port = port
        self._stop = stop
        self._interrupted = False
        self.name = port.name

    def write(self, data: bytes) -> None:
        """Sends all of `data`."""
        self._port.write(data)

    def read_line(self, timeout: float) -> bytes:
        """Returns the next line; raises KeyboardInterrupt once after `stop`."""
        while True:
            if self._stop.is_set() and not self._interrupted:
                self._interrupted = True
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
    """A token that was rejected, or whose provisioning failed."""

    where: str
    reason: str
    remedy: str
    label: str | None  # of its row


@dataclass
class Batch:
    """The provisioning of all tokens of a manifest.

    Args:
        open_context: opens the context of one thread.
        ports: lists the present ports.
        until_unplugged: finished tokens flash until they are unplugged.
        patience: seconds without a token after which the run ends; None: never.
        connect: opens a port.
        waiting: time limits for starting tokens.
        between: called by the main thread between two searches.
        stop: set to end the run.
    """

    open_context: Callable[[], AbstractContextManager[ProvisionContext]]
    queue: JobQueue
    operator: BatchOperator
    ports: Callable[[], Sequence[transport.Candidate]] = transport.find
    until_unplugged: bool = True
    patience: float | None = None
    connect: Callable[[str], transport.Port] = lambda address: token_choice.connect(address)
    waiting: Waiting = field(default_factory=Waiting)
    between: Callable[[], None] = lambda: None
    stop: threading.Event = field(default_factory=threading.Event)
    rejected: list[Rejected] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._changed = threading.Event()
        self._flashing = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}  # by path
        self._seen: set[str] = set()  # paths to ignore until they disappear
        self._answered: set[str] = set()  # serial numbers of tokens that answered
        self._finished: set[str] = set()  # paths of finished tokens, to be unplugged
        self._flashes: set[str] = set()  # the one of these that flashes
        self._failure: BaseException | None = None

    def run(self) -> None:
        """Runs until every row is finished, or no token comes for `patience` seconds.

        On return all threads have ended, and no token waits for a press.

        Raises:
            BaseException: an unexpected error of a thread.
        """
        idle_since: float | None = None
        try:
            while not self._over():
                self._changed.clear()
                self._look_around()
                if self._working() or self.queue.all_done():
                    idle_since = None
                elif idle_since is None:
                    idle_since = time.monotonic()
                    self.operator.left(self.queue.free(), self.queue.waiting())
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
        return self.queue.all_done() and (told or not self.until_unplugged)

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

    # --- in the token's thread

    def _work(self, port: transport.Candidate) -> None:
        path = port.path
        try:
            token = self._open(port)
            if token is not None:
                with token.client, self.open_context() as context:
                    self._provision(token, context)
        except KeyboardInterrupt:
            pass  # the batch stops; run() reports what is left
        except BaseException as error:
            self._failure = self._failure or error
        finally:
            self._finished.discard(path)
            self._flashes.discard(path)
            self._changed.set()

    def _open(self, port: transport.Candidate) -> Token | None:
        """Opens the token at a port; None if there is none, which is reported unless it is a token's
        console.
        """
        opening = Opening(port.path, self.waiting, self._stoppable)
        try:
            while (token := opening.step(transport.SLICE)) is None:
                if self.stop.is_set():
                    return None
        except TicktapError as error:
            if port.serial and port.serial.casefold() in self._answered:
                self._seen.add(port.path)  # its console port, which some systems do not name
            elif not _unplugged(error):
                self._reject(port.path, port.path, None, error)
            return None
        finally:
            opening.close()
        self._answered.add(str(token.hello.get("serial")).casefold())
        return recoverable(token, self.waiting, self._stoppable)

    def _stoppable(self, path: str) -> transport.Port:
        return StoppablePort(self.connect(path), self.stop)

    def _provision(self, token: Token, context: ProvisionContext) -> None:
        work = ProvisionJob(token, context, self.queue)
        try:
            row = work.run()
        except TicktapError as error:
            self._give_back(work)
            gone = isinstance(error, TokenGone) or self._gone(token)
            self._reject(token.path, work.serial, work.row, error)
            if gone:
                self._seen.discard(token.path)
            return
        except BaseException:
            self._give_back(work)
            raise
        self._seen.add(token.path)
        self._finished.add(token.path)  # before the row is, or the last one would not be reported
        self.queue.finish(row)
        self._changed.set()
        self._await_unplugging(token, row)

    def _give_back(self, work: ProvisionJob) -> None:
        if work.row:
            entry = work.context.progress.of_token(work.serial)
            self.queue.give_back(work.row, entry if entry and not entry.done else None)

    def _reject(self, path: str, where: str, row: ManifestRow | None, error: TicktapError) -> None:
        self._seen.add(path)
        self.rejected.append(Rejected(where, error.message, error.remedy, row.label if row else None))
        self.operator.refused(where, error)

    @staticmethod
    def _gone(token: Token) -> bool:
        """Whether it was unplugged; then it may return to the same port before the next search."""
        token.client.recovery = None
        try:
            token.client.hello()
        except TicktapError:
            return True
        return False

    def _await_unplugging(self, token: Token, row: ManifestRow) -> None:
        """Flashes the LED of this token only, until it is unplugged."""
        if not self.until_unplugged:
            self.operator.unplug(str(token.hello["serial"]), row)
            return
        serial = str(token.hello["serial"])
        with self._flashing, suppress(TicktapError):
            told = False
            while not self.stop.is_set():
                token.client.identify()
                if not told:
                    self.operator.unplug(serial, row)
                    self._flashes.add(token.path)
                    self._changed.set()
                told = True
                self.stop.wait(FLASHING)
        self._seen.discard(token.path)


def _unplugged(error: TicktapError) -> bool:
    """Whether a token was unplugged before it answered."""
    return isinstance(error, TokenGone) or (isinstance(error, PortUnavailable) and error.reason == "absent")

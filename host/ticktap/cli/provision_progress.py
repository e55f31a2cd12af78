"""Messages of `ticktap provision` from several threads; the last line shows a progress bar."""

from __future__ import annotations

import queue
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ticktap.cli.framework import output, prompts
from ticktap.cli.framework.progress_bar import ProgressBar
from ticktap.cli.provision_output import Folders
from ticktap.errors import BadInput, TicktapError
from ticktap.files import private_files
from ticktap.otp.account import Account
from ticktap.provisioning import letters
from ticktap.provisioning.job_queue import JobQueue
from ticktap.provisioning.manifest import ManifestRow
from ticktap.provisioning.progress import ProgressEntry

if TYPE_CHECKING:
    from ticktap.registry import Registry

_LOOK = 0.2  # seconds between two checks of `stop`


@dataclass
class TerminalOperator:
    """A BatchOperator that writes to standard error.

    Args:
        stop: set to end the run.
        open_registry: opens the registry for backup codes.
        folders: the folders of files for each token.
        bar: whether the last line shows a progress bar.
        files: the written files, for the summary.
    """

    pool: JobQueue
    stop: threading.Event
    open_registry: Callable[[], Registry]
    folders: Folders
    bar: bool = False
    files: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.RLock()
        self._codes_lock = threading.Lock()
        self._has_codes: set[str] = set()  # users whose backup codes were made in this run
        self._doing = ""
        self._bar = ProgressBar(len(self.pool.rows)) if self.bar else None
        self._questions: queue.SimpleQueue[tuple[ManifestRow, Future[str]]] = queue.SimpleQueue()

    # --- BatchOperator

    def waits(self, serial: str) -> None:
        """Announces a token that waits for the press that chooses it."""
        free = self.pool.free()
        then = f"it becomes {_whose(free[0])}" if free else "no row is left for it"
        self.say(f"{serial} is ready (two short flashes each second). Press its button, and {then}.")

    def chosen(self, serial: str, row: ManifestRow) -> None:
        """Announces the row of a token."""
        self.say(f"{serial} is now {_whose(row)}.")

    def press(self, serial: str, row: ManifestRow, why: str) -> None:
        """Asks for another press of the same token."""
        self.say(f"  {row.label}: press its button {why}.")

    def reached(self, serial: str, row: ManifestRow, step: str) -> None:
        """Shows a completed step in the progress bar only."""
        with self._lock:
            self._doing = f"{row.label}: {step}"
            if self._bar is not None:
                self._bar.update(len(self.pool.done), self._doing)

    def note(self, serial: str, row: ManifestRow, text: str) -> None:
        """Prints information."""
        self.say(f"  {row.label}: {text}.")

    def new_pin(self, row: ManifestRow) -> str:
        """Has the main thread ask for a PIN, because it receives Ctrl-C."""
        answer: Future[str] = Future()
        self._questions.put((row, answer))
        while not answer.done():
            if self.stop.wait(_LOOK):
                raise KeyboardInterrupt
        return answer.result()

    def deliver(self, serial: str, row: ManifestRow, account: Account, pin: str | None) -> None:
        """Writes the files first, then shows the PIN, which cannot be shown again."""
        from ticktap.enrolment import recovery_sheet

        name, folders = letters.file_name(row), self.folders
        made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
        if folders.sheets:
            page = recovery_sheet.page([account], made, f"the token {row.label},")
            self._write(folders.sheets / f"{name}.html", page)
        if folders.codes:
            self._make_codes(folders.codes, row.user, made)
        if pin and folders.letters:
            self._write(
                folders.letters / f"{name} PIN.html", letters.pin_letter(row, serial, pin, folders.support)
            )
        elif pin:
            self.say(f"  PIN of {_whose(row)}, shown only once: {pin}")

    def _make_codes(self, folder: Path, user: str, made: str) -> None:
        """Makes a user's backup codes once in a run, also for a user with several tokens."""
        from ticktap.enrolment import recovery_sheet

        with self._codes_lock:
            if user in self._has_codes:
                return
            with self.open_registry() as registry:
                codes = registry.factors.new_backup_codes(user)
            self._write(folder / f"{user} backup codes.html", recovery_sheet.codes_page(user, codes, made))
            self._has_codes.add(user)

    def refused(self, where: str, error: TicktapError) -> None:
        """Prints an error and its remedy."""
        self.say(f"{where}: {output.sentence(error.message)}\n  {error.remedy}".rstrip())

    def unplug(self, serial: str, row: ManifestRow) -> None:
        """Announces a finished token."""
        self.say(f"{_whose(row)} is finished. Unplug {serial}, which flashes, and label it {row.label}.")

    def left(self, rows: Sequence[ManifestRow], begun: Sequence[ProgressEntry]) -> None:
        """Announces what to plug in next."""
        if rows:
            more = f"; {len(rows) - 1} more after it" if len(rows) > 1 else ""
            self.say(f"Plug in a new token, for {_whose(rows[0])}{more}.")
        for each in begun:
            self.say(
                f"{each.label} ({each.user}) was begun on the token {each.serial}: plug it in. "
                f"If it is broken, end with Ctrl-C and free the row with --release {each.label}."
            )

    # --- the main thread

    def answer(self) -> None:
        """Asks the questions of the threads."""
        while not self._questions.empty():
            row, answer = self._questions.get()
            with self._lock, self._bar.aside() if self._bar else nullcontext():
                try:
                    answer.set_result(_ask_pin(row))
                except TicktapError as error:
                    answer.set_exception(error)

    def say(self, text: str) -> None:
        """Prints text above the progress bar."""
        with self._lock:
            if self._bar is None:
                output.note(text)
                return
            self._bar.say(text)
            self._bar.update(len(self.pool.done), self._doing)

    def close(self) -> None:
        """Removes the progress bar."""
        with self._lock:
            if self._bar is not None:
                self._bar.close()
                self._bar = None

    def _write(self, path: Path, page: str) -> None:
        """Writes a page; replaces one of an interrupted run."""
        private_files.write(path, page.encode(), replace=True)
        with self._lock:
            self.files.append(str(path))


def _whose(row: ManifestRow) -> str:
    return f"{row.label} ({row.user})" if row.label != row.user else row.label


def _ask_pin(row: ManifestRow) -> str:
    from ticktap.device import pin

    while True:
        try:
            chosen = prompts.new_secret(f"PIN for {_whose(row)}", pin.RULE, pin.check_new)
        except BadInput:
            if not sys.stdin.isatty():
                raise
            continue
        for warning in pin.warnings(chosen):
            output.note(warning)
        return chosen

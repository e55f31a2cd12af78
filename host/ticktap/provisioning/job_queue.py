"""The rows of a manifest during a batch, shared by its threads."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from ticktap.provisioning.manifest import ManifestRow
from ticktap.provisioning.progress import ProgressEntry


class JobQueue:
    """The rows of a manifest: finished, in progress, reserved for a begun token, and free. Thread-safe.

    Args:
        entries: those of the progress file.
    """

    def __init__(self, rows: Sequence[ManifestRow], entries: Sequence[ProgressEntry]) -> None:
        self.rows = list(rows)
        self._lock = threading.Lock()
        known = {each.label: each for each in entries}
        self.before = {row.label for row in rows if row.label in known and known[row.label].done}
        self.done = set(self.before)
        self._taken: set[str] = set()
        self.begun = {
            row.label: known[row.label] for row in rows if row.label in known and row.label not in self.done
        }

    def any_left(self) -> bool:
        """Whether a row is free for a new token."""
        with self._lock:
            return bool(self._free())

    def free(self) -> list[ManifestRow]:
        """Returns the free rows, in the manifest's order."""
        with self._lock:
            return self._free()

    def take(self) -> ManifestRow | None:
        """Takes the next free row."""
        with self._lock:
            free = self._free()
            if free:
                self._taken.add(free[0].label)
            return free[0] if free else None

    def of_token(self, entry: ProgressEntry) -> ManifestRow | None:
        """Takes the row that a token was begun for."""
        with self._lock:
            row = next((each for each in self.rows if each.label == entry.label), None)
            if row:
                self._taken.add(row.label)
            return row

    def finish(self, row: ManifestRow) -> None:
        """Marks a row as finished."""
        with self._lock:
            self._taken.discard(row.label)
            self.begun.pop(row.label, None)
            self.done.add(row.label)

    def give_back(self, row: ManifestRow, entry: ProgressEntry | None) -> None:
        """Returns a row; with an `entry` it waits for that token, or is finished."""
        with self._lock:
            self._taken.discard(row.label)
            if entry and entry.done:
                self.done.add(row.label)
            elif entry:
                self.begun[row.label] = entry

    def waiting(self) -> list[ProgressEntry]:
        """Returns the entries of rows that wait for their token."""
        with self._lock:
            return [each for label, each in self.begun.items() if label not in self._taken]

    def all_done(self) -> bool:
        """Whether every row is finished."""
        with self._lock:
            return len(self.done) == len(self.rows)

    def _free(self) -> list[ManifestRow]:
        used = self._taken | self.done | self.begun.keys()
        return [row for row in self.rows if row.label not in used]

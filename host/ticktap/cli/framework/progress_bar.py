"""A progress bar in the last line of a terminal on standard error, with messages above it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from ticktap.cli.framework import output
from ticktap.cli.framework.lazy_commands import JSON
from ticktap.wording import printable


def wanted() -> bool:
    """Whether to show progress: at a terminal, and not with --json."""
    return sys.stderr.isatty() and not click.get_current_context().meta.get(JSON)


@contextmanager
def steps(label: str, total: int) -> Iterator[Callable[[int], object]]:
    """Shows the progress of `total` steps; yields a function that takes the number of steps just done."""
    if not wanted():
        yield lambda _: None
        return
    bar = ProgressBar(total)
    bar.update(0, label)
    done = 0

    def step(count: int) -> None:
        nonlocal done
        done += count
        bar.update(done, label)

    try:
        yield step
    finally:
        bar.close()


class ProgressBar:
    """A progress bar, shown from the first update on. Its methods are not synchronised between threads.

    Other output on standard error appears above the bar.
    """

    def __init__(self, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._console = Console(stderr=True, highlight=False)
        self._progress = Progress(
            BarColumn(24, "bright_black", "green", "green"),
            MofNCompleteColumn(separator=" of "),
            TextColumn("{task.description}", markup=False),
            console=self._console,
            auto_refresh=False,
            transient=True,
            redirect_stdout=False,  # the result of the command
        )
        self._task = self._progress.add_task("", total=total)

    def update(self, done: int, doing: str) -> None:
        """Shows that `done` steps are done, and what is done now."""
        self._progress.start()
        self._progress.update(self._task, completed=done, description=printable(doing), refresh=True)

    def say(self, text: str) -> None:
        """Prints text above the bar."""
        from rich.text import Text

        self._console.print(Text(output.safe(text)), soft_wrap=True)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Removes the bar temporarily, for a question."""
        self._progress.stop()
        try:
            yield
        finally:
            self._progress.start()

    def close(self) -> None:
        """Removes the bar."""
        self._progress.stop()

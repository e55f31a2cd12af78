"""ticktap provision: a box of tokens from a manifest to their users."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli import provision_output
from ticktap.cli.framework import device_session, output
from ticktap.cli.framework.lazy_commands import JSON, Command
from ticktap.cli.framework.options import FileName
from ticktap.cli.framework.registry_choice import beside, is_there, open_registry, opener, registry_options
from ticktap.cli.provision_output import Folders
from ticktap.errors import BadInput, PartFailed, Refused, TicktapError

if TYPE_CHECKING:
    from ticktap.cli.provision_progress import TerminalOperator
    from ticktap.device.transport import Candidate
    from ticktap.provisioning.batch import Batch
    from ticktap.provisioning.context import ProvisionContext
    from ticktap.provisioning.manifest import ManifestRow
    from ticktap.provisioning.plan import Planned
    from ticktap.provisioning.progress import ProvisionProgress
    from ticktap.registry import Registry

Data = dict[str, Any]
_AGAIN = "Give the same command again: it goes on where it stopped."
_KINDS = ("oath", "pam", "csv", "pskc")  # provisioning.export.KINDS, without importing it


class BatchIncomplete(PartFailed):
    """Some rows are not finished, or not all of them fit into a file; `data` says which."""

    text = staticmethod(provision_output.summary)

    def __init__(self, data: Data, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.data = data


class Interrupted(Refused):
    """Ctrl-C; `data` says how far it was."""

    text = staticmethod(provision_output.summary)

    def __init__(self, data: Data) -> None:
        super().__init__("interrupted", _AGAIN)
        self.data = data


@click.command("provision", cls=Command, text=provision_output.summary)
@click.argument("manifest", type=FileName())
@click.option("--dry-run", is_flag=True, help="Check manifest, registry and tokens, and do nothing.")
@click.option("--labels", type=FileName(), metavar="PAGE.html", help="Write the tokens' labels, to print.")
@click.option("--sheets", type=FileName(), metavar="FOLDER", help="Write a recovery sheet for each token.")
@click.option(
    "--pin-letters", type=FileName(), metavar="FOLDER", help="Write PINs that are made to letters to print."
)
@click.option(
    "--backup-codes", type=FileName(), metavar="FOLDER", help="Make backup codes for each user, to print."
)
@click.option(
    "--export",
    "exports",
    type=(click.Choice(_KINDS), FileName()),
    multiple=True,
    metavar="KIND FILE",
    help="Write the accounts for a server: oath, csv, pskc, or pam (a folder); several times for more.",
)
@click.option("--encrypt", is_flag=True, help="Ask for a password and encrypt pskc files.")
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option(
    "--release", multiple=True, metavar="LABEL", help="Free the row of a token that will not come back."
)
@click.option(
    "--port", "ports", multiple=True, metavar="PATH", help="Look at this port too; for simulated tokens."
)
@click.option(
    "--wait", type=click.IntRange(0), metavar="SECONDS", help="End when no token turned up for so long."
)
@registry_options
def provision(
    manifest: Path,
    dry_run: bool,
    labels: Path | None,
    sheets: Path | None,
    pin_letters: Path | None,
    backup_codes: Path | None,
    exports: tuple[tuple[str, Path], ...],
    encrypt: bool,
    force: bool,
    release: tuple[str, ...],
    ports: tuple[str, ...],
    wait: int | None,
) -> Data:
    """Make the tokens of a list ready for their users: a row of MANIFEST for each.

    MANIFEST is a CSV file with the columns user, account (issuer:name, or an otpauth URI without a secret),
    label, pin (none, random, ask), suffix, methods, networks; all but the first two may be left out. Plug
    tokens in, one or many, and press the one that is to be the next row's. An interrupted run goes on when
    the same command is given again.
    """
    from ticktap.provisioning import manifest as manifests

    rows = manifests.read(manifest)
    wishes = provision_output.OutputOptions(labels, exports, encrypt, force)
    if dry_run:
        return _looked_at(rows, ports)
    folders = Folders(sheets, pin_letters, backup_codes)
    wishes.check()
    _check_folders(rows, folders)
    password = wishes.password()
    with _opened() as (journal, registry):
        from ticktap.provisioning import plan

        for label in release:
            gone = plan.release(label, journal, registry)
            output.note(f"{label} is free again; the token {gone.serial} is refused until it is reset.")
        planned = plan.plan(rows, journal.all(), registry)
        box, desk = _box(planned, folders, ports, wait)
        failure = _worked(box, desk)
        planned = plan.plan(rows, journal.all(), registry)
        written = wishes.write(planned, registry, password)
        data = provision_output.data(planned, box, desk.files, written)
    if failure == "interrupted":
        raise Interrupted(data)
    if left := sum(row["state"] in ("free", "begun") for row in data["rows"]):
        raise BatchIncomplete(data, f"{output.counted(left, 'row')} of {len(rows)} left", _AGAIN)
    if data["unfit"]:
        what = f"{output.counted(len(data['unfit']), 'account')} left out of a file"
        raise BatchIncomplete(data, what, "The tokens are finished; export these accounts in another form.")
    return data


def _worked(box: Batch, desk: TerminalOperator) -> str:
    """Runs the box; what ended it before its time."""
    total, done = len(box.pool.rows), len(box.pool.before)
    desk.say(f"{output.counted(total, 'row')}, {done} finished before.")
    try:
        box.run()
    except KeyboardInterrupt:
        return "interrupted"
    finally:
        desk.close()
    return ""


@contextmanager
def _opened() -> Iterator[tuple[ProvisionProgress, Registry]]:
    from ticktap.provisioning.progress import FILE, ProvisionProgress

    with ProvisionProgress.open(beside(FILE)) as journal, open_registry(create=True) as registry:
        yield journal, registry


def _box(
    planned: Sequence[Planned],
    folders: Folders,
    ports: tuple[str, ...],
    wait: int | None,
) -> tuple[Batch, TerminalOperator]:
    from ticktap.cli.provision_progress import TerminalOperator
    from ticktap.provisioning.batch import Batch
    from ticktap.provisioning.job_queue import JobQueue

    terminal = sys.stderr.isatty() and not click.get_current_context().meta.get(JSON)
    pool = JobQueue([each.row for each in planned], [each.entry for each in planned if each.entry])
    stop, open_one = threading.Event(), opener(create=True)
    desk = TerminalOperator(pool, stop, open_one, folders, bar=bool(terminal))
    box = Batch(
        open_shop=_shops(open_one, desk),
        pool=pool,
        desk=desk,
        ports=lambda: _ports(ports),
        until_unplugged=bool(terminal),
        patience=wait,
        between=desk.answer,
        stop=stop,
    )
    return box, desk


def _shops(
    open_one: Callable[[], Registry], desk: TerminalOperator
) -> Callable[[], AbstractContextManager[ProvisionContext]]:
    """What opens the shop of one thread: with a journal, a ledger and a registry of its own."""
    from ticktap.cli.framework import device_access
    from ticktap.clock import host_sync_status
    from ticktap.clock.history import ClockHistory
    from ticktap.clock.sync import SystemTime, checked_host_time
    from ticktap.provisioning.context import ProvisionContext
    from ticktap.provisioning.progress import FILE, ProvisionProgress

    checked_host_time(SystemTime())
    place, source = device_access.owner_place(), host_sync_status.read_status()
    if source.warning:
        output.note(f"Note: {source.warning}.")
    if place.master() is None:
        output.note(f"The owner's key of all tokens is new: {place}. Keep a copy of it in a safe place.")
    master, path = place.create(), beside(FILE)

    @contextmanager
    def open_shop() -> Iterator[ProvisionContext]:
        with ProvisionProgress.open(path) as journal, ClockHistory.open() as history, open_one() as registry:
            yield ProvisionContext(journal, registry, history, desk, master, SystemTime(), source)

    return open_shop


def _ports(named: tuple[str, ...]) -> list[Candidate]:
    """The ports there are now: all that may be a token's, and those named; or the one of --device.

    A simulated token is taken only when it is named: one that somebody tries things with is not for a user.
    """
    from ticktap.device import discovery, transport

    choice = discovery.choice_of(device_session.choice())
    if choice and transport.is_address(choice):
        return [transport.Candidate(choice)] if _there(choice) else []
    found = [each for each in transport.find() if not each.why_rejected]
    if choice:
        found = [each for each in found if each.serial.casefold() == choice.casefold()]
    else:
        found = [each for each in found if not each.simulated]
    return found + [transport.Candidate(each) for each in named if _there(each)]


def _there(address: str) -> bool:
    """Whether a port can be there: a path, unless nothing is at it."""
    return not address.startswith("/") or Path(address).exists()


def _check_folders(rows: list[ManifestRow], folders: Folders) -> None:
    """Makes the folders, before anything is done, and refuses what could not be written."""
    for folder in filter(None, (folders.sheets, folders.letters, folders.codes)):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{folder} cannot be made ({error.strerror})", "Name another folder.") from None
    if any(row.pin == "random" for row in rows) and folders.letters is None and not sys.stderr.isatty():
        raise BadInput(
            "PINs that are made are shown at a terminal only, where nobody logs them",
            "Give --pin-letters FOLDER.",
        )


# --- dry run


def _looked_at(rows: list[ManifestRow], ports: tuple[str, ...]) -> Data:
    """What would be done, by what is there; makes no file."""
    from ticktap.provisioning import plan
    from ticktap.provisioning.job_queue import JobQueue
    from ticktap.provisioning.progress import FILE, ProvisionProgress

    entries = []
    if (path := beside(FILE)).exists():
        with ProvisionProgress.open(path) as journal:
            entries = journal.all()
    registry = _registry_that_is_there()
    try:
        planned = plan.plan(rows, entries, registry)
        pool = JobQueue(rows, entries)
        tokens = [_looked_at_token(each, pool, entries, registry) for each in _ports(ports)]
    finally:
        if registry:
            registry.close()
    return provision_output.data(planned, None, [], None) | {
        "dry_run": True,
        "tokens": [t for t in tokens if t],
    }


def _registry_that_is_there() -> Registry | None:
    """The registry, unless it would have to be made."""
    return open_registry() if is_there() else None


def _looked_at_token(port: Candidate, pool: Any, entries: Any, registry: Any) -> Data | None:
    """Whether a token would be taken; None for a port where none answers."""
    from ticktap.cli.framework import device_access
    from ticktap.device import discovery
    from ticktap.provisioning import eligibility

    try:
        token = discovery.open_at(port.path)
    except TicktapError:
        return None
    serial = str(token.hello["serial"])
    begun = [each for each in entries if each.serial == serial]
    with token.client:
        try:
            row = eligibility.look(
                token,
                next((each for each in begun if not each.done), begun[-1] if begun else None),
                pool,
                registry,
                device_access.owner_place().master(),
            )
        except TicktapError as error:
            return {"token": serial, "fit": False, "label": None, "reason": error.message}
    return {"token": serial, "fit": True, "label": row.label if row else None, "reason": ""}

"""ticktap provision: prepares a batch of tokens from a manifest."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli import provision_output
from ticktap.cli.framework import device_session, output, progress_bar, prompts
from ticktap.cli.framework.lazy_commands import Command
from ticktap.cli.framework.options import FileName
from ticktap.cli.framework.registry_choice import beside, is_there, open_registry, opener, registry_options
from ticktap.cli.provision_output import Folders
from ticktap.errors import BadInput, PartFailed, Refused, TicktapError
from ticktap.formats import registry
from ticktap.wording import counted

if TYPE_CHECKING:
    from ticktap.cli.provision_progress import TerminalOperator
    from ticktap.device.transport import Candidate
    from ticktap.provisioning.batch import Batch
    from ticktap.provisioning.context import ProvisionContext
    from ticktap.provisioning.manifest import ManifestRow
    from ticktap.provisioning.plan import Planned
    from ticktap.provisioning.progress import ProgressEntry, ProvisionProgress
    from ticktap.provisioning.replacement import Replacement
    from ticktap.registry import Registry

Data = dict[str, Any]
_AGAIN = "Repeat the command: it continues where it stopped."
_NAMED = 5  # users named in a question
_KINDS = [name for name, (writer, _) in registry.export_kinds().items() if writer.for_servers]


class BatchIncomplete(PartFailed):
    """Some rows are not finished, or do not fit a file; `data` lists them."""

    text = staticmethod(provision_output.summary)

    def __init__(self, data: Data, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.data = data


class Interrupted(Refused):
    """Ctrl-C; `data` has the progress."""

    text = staticmethod(provision_output.summary)

    def __init__(self, data: Data) -> None:
        super().__init__("interrupted", _AGAIN)
        self.data = data


@click.command("provision", cls=Command, text=provision_output.summary)
@click.argument("manifest", type=FileName(), required=False)
@click.option(
    "--replace", multiple=True, metavar="LABEL", help="Instead of MANIFEST: a successor of a lost token."
)
@click.option("--dry-run", is_flag=True, help="Check manifest, registry and tokens, and change nothing.")
@click.option("--labels", type=FileName(), metavar="PAGE.html", help="Write labels for the tokens, to print.")
@click.option("--sheets", type=FileName(), metavar="FOLDER", help="Write a recovery sheet for each token.")
@click.option(
    "--pin-letters",
    type=FileName(),
    metavar="FOLDER",
    help="Write the generated PINs to letters, to print.",
)
@click.option(
    "--contact",
    default="",
    envvar="TICKTAP_CONTACT",
    metavar="TEXT",
    help="The contact for help in the PIN letters.  [env: TICKTAP_CONTACT]",
)
@click.option(
    "--software",
    default="",
    envvar="TICKTAP_SOFTWARE",
    metavar="TEXT",
    help="Where to get ticktap, a sentence in the PIN letters.  [env: TICKTAP_SOFTWARE]",
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
    help="Write the accounts for a server: oath, csv, pskc, or pam (a folder); may be repeated.",
)
@click.option("--encrypt", is_flag=True, help="Encrypt pskc files with a password.")
@click.option("--force", is_flag=True, help="Replace existing files.")
@click.option("--yes", is_flag=True, help="Do not ask before older backup codes stop working.")
@click.option("--release", multiple=True, metavar="LABEL", help="Free the row of a lost token.")
@click.option(
    "--port", "ports", multiple=True, metavar="PATH", help="Use this port too; for simulated tokens."
)
@click.option(
    "--wait", type=click.IntRange(0), metavar="SECONDS", help="End after this time without a token."
)
@registry_options
def provision(
    manifest: Path | None,
    replace: tuple[str, ...],
    dry_run: bool,
    labels: Path | None,
    sheets: Path | None,
    pin_letters: Path | None,
    contact: str,
    software: str,
    backup_codes: Path | None,
    exports: tuple[tuple[str, Path], ...],
    encrypt: bool,
    force: bool,
    yes: bool,
    release: tuple[str, ...],
    ports: tuple[str, ...],
    wait: int | None,
) -> Data:
    """Prepare the tokens of MANIFEST for their users, one row for each.

    MANIFEST is a CSV file with the columns user, account (issuer:name, or an otpauth URI without a secret),
    label, pin (none, random, ask), suffix, methods, networks; all but the first two are optional. Plug in one
    or many tokens, and press the one that is to get the next row. To continue an interrupted run, repeat the
    command.

    --replace LABEL prepares the successor of a lost token ('ticktap user lost'), with the same label, user,
    account name, PIN and owner, and a new secret.
    """
    from ticktap.provisioning import letters

    rows, replaced = _rows(manifest, replace)
    options = provision_output.OutputOptions(labels, exports, encrypt, force)
    if dry_run:
        return _dry_run(rows, ports, replaced)
    support = letters.Support(letters.checked_line(contact), letters.checked_line(software))
    folders = Folders(sheets, pin_letters, backup_codes, support)
    options.check()
    _check_folders(rows, folders)
    password = options.password()
    with _opened() as (progress, registry):
        from ticktap.provisioning import plan

        progress.update_names(plan.names(registry))
        if backup_codes and not yes:
            again = {*release, *(each.row.label for each in replaced)}
            done = {each.label for each in progress.all() if each.done} - again
            _confirm_new_codes({row.user for row in rows if row.label not in done}, registry)
        for label in release:
            gone = plan.release(label, progress, registry)
            output.note(f"{label} is free again; the token {gone.serial} is rejected until it is reset.")
        for each in replaced:
            progress.retire(each.row.label, each.lost)
        planned = plan.plan(rows, progress.all(), registry)
        batch, operator = _make_batch(planned, folders, ports, wait)
        failure = _run_batch(batch, operator)
        planned = plan.plan(rows, progress.all(), registry)
        written = options.write(planned, registry, password)
        data = provision_output.data(planned, batch, operator.files, written)
    if failure == "interrupted":
        raise Interrupted(data)
    if left := sum(row["state"] in ("free", "begun") for row in data["rows"]):
        raise BatchIncomplete(data, f"{counted(left, 'row')} of {len(rows)} left", _AGAIN)
    if data["unfit"]:
        what = f"{counted(len(data['unfit']), 'account')} left out of a file"
        raise BatchIncomplete(data, what, "The tokens are finished; export these accounts in another format.")
    return data


def _rows(manifest: Path | None, replace: tuple[str, ...]) -> tuple[list[ManifestRow], list[Replacement]]:
    """Returns the rows of a manifest, or those of successors of lost tokens."""
    if (manifest is None) == (not replace):
        raise click.UsageError("give one of MANIFEST and --replace LABEL")
    if manifest:
        from ticktap.provisioning import manifest as manifests

        return manifests.read(manifest), []
    from ticktap.provisioning import replacement

    with open_registry() as registry:
        found = replacement.find(replace, registry, _entries())
    for each in found:
        for text in each.notes:
            output.note(f"Note on {each.row.label}: {text}.")
    return [each.row for each in found], found


def _entries() -> list[ProgressEntry]:
    """Returns the entries of the progress file, without creating one."""
    from ticktap.provisioning.progress import FILE, ProvisionProgress

    if not (path := beside(FILE)).exists():
        return []
    with ProvisionProgress.open(path) as progress:
        return progress.all()


def _run_batch(batch: Batch, operator: TerminalOperator) -> str:
    """Runs the batch; returns what interrupted it."""
    total, done = len(batch.queue.rows), len(batch.queue.before)
    operator.say(f"{counted(total, 'row')}, {done} finished before.")
    try:
        batch.run()
    except KeyboardInterrupt:
        return "interrupted"
    finally:
        operator.close()
    return ""


@contextmanager
def _opened() -> Iterator[tuple[ProvisionProgress, Registry]]:
    from ticktap.provisioning.progress import FILE, ProvisionProgress

    with ProvisionProgress.open(beside(FILE)) as progress, open_registry(create=True) as registry:
        yield progress, registry


def _make_batch(
    planned: Sequence[Planned],
    folders: Folders,
    ports: tuple[str, ...],
    wait: int | None,
) -> tuple[Batch, TerminalOperator]:
    from ticktap.cli.provision_progress import TerminalOperator
    from ticktap.provisioning.batch import Batch
    from ticktap.provisioning.job_queue import JobQueue

    terminal = progress_bar.wanted()
    queue = JobQueue([each.row for each in planned], [each.entry for each in planned if each.entry])
    stop, open_one = threading.Event(), opener(create=True)
    operator = TerminalOperator(queue, stop, open_one, folders, bar=terminal)
    batch = Batch(
        open_context=_context_opener(open_one, operator),
        queue=queue,
        operator=operator,
        ports=lambda: _ports(ports),
        until_unplugged=terminal,
        patience=wait,
        between=operator.answer,
        stop=stop,
    )
    return batch, operator


def _context_opener(
    open_one: Callable[[], Registry], operator: TerminalOperator
) -> Callable[[], AbstractContextManager[ProvisionContext]]:
    """Returns a function that opens the context of one thread, with its own files."""
    from ticktap.cli.framework import device_access
    from ticktap.clock import host_sync_status
    from ticktap.clock.history import ClockHistory
    from ticktap.clock.sync import SystemTime, checked_host_time
    from ticktap.provisioning.context import ProvisionContext
    from ticktap.provisioning.progress import FILE, ProvisionProgress

    checked_host_time(SystemTime())
    place, source = device_access.owner_location(), host_sync_status.read_status()
    if source.warning:
        output.note(f"Note: {source.warning}.")
    if place.master() is None:
        output.note(f"A new owner key for all tokens was created: {place}. Keep a copy in a safe place.")
    master, path = place.create(), beside(FILE)

    @contextmanager
    def open_context() -> Iterator[ProvisionContext]:
        with ProvisionProgress.open(path) as progress, ClockHistory.open() as history, open_one() as registry:
            yield ProvisionContext(progress, registry, history, operator, master, SystemTime(), source)

    return open_context


def _ports(named: tuple[str, ...]) -> list[Candidate]:
    """Returns the present ports: all that may be a token's, and those given; or the one of --device.

    Simulated tokens are used only if given, because they are not for users.
    """
    from ticktap.device import token_choice, transport

    choice = token_choice.choice_of(device_session.choice())
    if choice and transport.is_address(choice):
        return [transport.Candidate(choice)] if _may_exist(choice) else []
    found = [each for each in transport.find() if not each.why_rejected]
    if choice:
        found = [each for each in found if each.serial.casefold() == choice.casefold()]
    else:
        found = [each for each in found if not each.simulated]
    return found + [transport.Candidate(each) for each in named if _may_exist(each)]


def _may_exist(address: str) -> bool:
    """Whether a port may exist; a path must exist."""
    return not address.startswith("/") or Path(address).exists()


def _check_folders(rows: list[ManifestRow], folders: Folders) -> None:
    """Creates the folders first, and refuses what could not be written."""
    for folder in filter(None, (folders.sheets, folders.letters, folders.codes)):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(f"{folder} cannot be created ({error.strerror})", "Use another folder.") from None
    if any(row.pin == "random" for row in rows) and folders.letters is None and not sys.stderr.isatty():
        raise BadInput(
            "the generated PINs are shown at a terminal only, so that they are not logged",
            "Give --pin-letters FOLDER.",
        )


def _confirm_new_codes(users: Collection[str], registry: Registry) -> None:
    """Asks before valid backup codes of these users are replaced.

    Raises:
        Refused: not confirmed. All codes are still valid, and no token was touched.
    """
    from ticktap.registry import overview

    everyone, _ = overview.of_all(registry)
    left = {each.user.name: each.backup_codes_left for each in everyone if each.user.name in users}
    names = sorted(name for name, count in left.items() if count)
    if names:
        others = f" and {len(names) - _NAMED} others" if len(names) > _NAMED else ""
        prompts.confirm(
            f"{counted(sum(left.values()), 'backup code')} of {', '.join(names[:_NAMED])}{others} "
            "will stop working. Make new ones?",
            "In a script give --yes. Without --backup-codes the older codes stay valid.",
        )


# --- dry run


def _dry_run(rows: list[ManifestRow], ports: tuple[str, ...], replaced: Sequence[Replacement]) -> Data:
    """Reports what would be done; creates no file."""
    from ticktap.provisioning import plan, replacement
    from ticktap.provisioning.job_queue import JobQueue

    entries = replacement.without_lost(_entries(), replaced)
    registry = _existing_registry()
    try:
        entries = plan.with_present_names(entries, registry) if registry else entries
        planned = plan.plan(rows, entries, registry)
        queue = JobQueue(rows, entries)
        tokens = [_check_token(each, queue, entries, registry) for each in _ports(ports)]
    finally:
        if registry:
            registry.close()
    return provision_output.data(planned, None, [], None) | {
        "dry_run": True,
        "tokens": [t for t in tokens if t],
    }


def _existing_registry() -> Registry | None:
    """Opens the registry if it exists."""
    return open_registry() if is_there() else None


def _check_token(port: Candidate, queue: Any, entries: Any, registry: Any) -> Data | None:
    """Reports whether a token would be accepted; None for a port without a token."""
    from ticktap.cli.framework import device_access
    from ticktap.device import token_choice
    from ticktap.provisioning import eligibility

    try:
        token = token_choice.open_at(port.path)
    except TicktapError:
        return None
    serial = str(token.hello["serial"])
    begun = [each for each in entries if each.serial == serial]
    with token.client:
        try:
            row = eligibility.check(
                token,
                next((each for each in begun if not each.done), begun[-1] if begun else None),
                queue,
                registry,
                device_access.owner_location().master(),
            )
        except TicktapError as error:
            return {"token": serial, "fit": False, "label": None, "reason": error.message}
    return {"token": serial, "fit": True, "label": row.label if row else None, "reason": ""}

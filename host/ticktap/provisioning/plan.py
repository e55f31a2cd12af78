"""Plans a batch: the rows of a manifest with their state in the progress file and the registry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ticktap.errors import Refused
from ticktap.provisioning.context import Registry
from ticktap.provisioning.export import Finished
from ticktap.provisioning.job import forget
from ticktap.provisioning.manifest import ManifestRow
from ticktap.provisioning.progress import ProgressEntry, ProvisionProgress, renamed

State = Literal["free", "begun", "done", "gone"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A row and its state.

    Args:
        state: "free": the row takes any new token. "begun": it waits for the token it was begun with. "done":
            it is finished. "gone": it is finished, but its account is no longer in the registry.
        entry: its entry in the progress file, if there is one.
    """

    row: ManifestRow
    state: State
    entry: ProgressEntry | None


def names(registry: Registry) -> dict[int, str]:
    """Returns the names of all users by the registry's number."""
    return {each.id: each.name for each in registry.users.all()}


def with_present_names(entries: Sequence[ProgressEntry], registry: Registry) -> list[ProgressEntry]:
    """Returns the entries with the present names of users; it changes no file."""
    changed = {each.label: each for each in renamed(entries, names(registry))}
    return [changed.get(each.label, each) for each in entries]


def plan(
    rows: Sequence[ManifestRow], entries: Sequence[ProgressEntry], registry: Registry | None
) -> list[Planned]:
    """Returns the state of each row, in the manifest's order.

    Args:
        entries: with the present names of users (`with_present_names`).
        registry: None if there is none yet.

    Raises:
        Refused: labels belong to tokens of other users; the message lists them.
    """
    known = {each.label: each for each in entries}
    wrong = [
        f"{row.label} (line {row.line}) was begun for {entry.user}, {entry.account}"
        for row in rows
        if (entry := known.get(row.label)) and (entry.user, entry.account) != (row.user, row.account_label)
    ]
    records = registry.tokens.all() if registry else []
    taken = {each.label: each for each in records if each.holder and each.lost is None}
    wrong += [
        f"{row.label} (line {row.line}) is a token of {taken[row.label].holder} in the registry"
        for row in rows
        if row.label in taken and row.label not in known
    ]
    if wrong:
        told = "".join(f"\n  {each}" for each in wrong)
        raise Refused(
            f"labels of the manifest are in use:{told}",
            "Choose other labels for these tokens; for a renamed user, give the new name.",
        )
    kept = {(each.token, each.token_id) for each in registry.all()} if registry else set()
    return [Planned(row, _state(known.get(row.label), kept), known.get(row.label)) for row in rows]


def _state(entry: ProgressEntry | None, kept: set[tuple[str, int]]) -> State:
    if entry is None:
        return "free"
    if not entry.done:
        return "begun"
    return "done" if (entry.serial, entry.number) in kept else "gone"


def finished(planned: Sequence[Planned], registry: Registry) -> list[Finished]:
    """Returns the finished tokens with their accounts from the registry."""
    kept = {(each.token, each.token_id): each.account for each in registry.all()}
    return [
        Finished(each.row.label, each.row.user, entry.serial, kept[entry.serial, entry.number])
        for each in planned
        if each.state == "done" and (entry := each.entry) and entry.number is not None
    ]


def release(label: str, progress: ProvisionProgress, registry: Registry) -> ProgressEntry:
    """Frees the row of a lost token, and removes its data from the registry.

    Raises:
        NotFound, Refused: as in ProvisionProgress.release.
    """
    entry = progress.release(label)
    forget(registry, entry.serial)
    if any(each.serial == entry.serial for each in registry.tokens.all()):
        registry.tokens.mark_lost(entry.serial)
    return entry

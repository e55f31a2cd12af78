"""The successor of a lost token: a row like that of the lost token."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast, get_args

from ticktap.errors import NotFound, Refused
from ticktap.provisioning.context import Registry
from ticktap.provisioning.manifest import ManifestRow, PinWish
from ticktap.provisioning.progress import ProgressEntry


@dataclass(frozen=True, slots=True)
class Replacement:
    """A successor to prepare, and the lost token.

    Args:
        row: the label, user, account and PIN of the lost token; the user may have another name by now.
        lost: its serial number.
        notes: what the successor will not have, in words.
    """

    row: ManifestRow
    lost: str
    notes: list[str] = field(default_factory=list)


def find(labels: Sequence[str], registry: Registry, entries: Sequence[ProgressEntry]) -> list[Replacement]:
    """Returns one replacement for each label.

    Raises:
        NotFound: no token of that label was lost by a user, with an account on it.
        Refused: a token of that label is not lost.
    """
    return [_find(at, label, registry, entries) for at, label in enumerate(dict.fromkeys(labels), start=1)]


def without_lost(entries: Sequence[ProgressEntry], found: Sequence[Replacement]) -> list[ProgressEntry]:
    """Returns the entries without those of the lost tokens."""
    gone = {(each.row.label, each.lost) for each in found}
    return [each for each in entries if (each.label, each.serial) not in gone]


def _find(at: int, label: str, registry: Registry, entries: Sequence[ProgressEntry]) -> Replacement:
    called = [each for each in registry.tokens.all() if label in (each.label, each.serial)]
    lost = sorted(
        (each for each in called if each.lost is not None and registry.tokens.lost_accounts(each.serial)),
        key=lambda each: each.lost,
    )
    label = lost[-1].label if lost else label
    underway = {each.serial for each in entries if each.label == label and not each.done}
    there = [each for each in called if each.lost is None and each.holder and each.serial not in underway]
    if there:
        raise Refused(
            f"the token {label} of {there[0].holder} is not lost",
            f"If it is: 'ticktap user lost {there[0].holder} {there[0].serial}', then repeat this command.",
        )
    if not lost or not lost[-1].holder:
        raise NotFound(
            f"no user lost a token {label!r} with an account",
            "'ticktap inventory' shows the tokens, 'ticktap user lost' revokes one.",
        )
    return _like(at, lost[-1], registry)


def _like(at: int, record: Any, registry: Registry) -> Replacement:
    first, *others = registry.tokens.lost_accounts(record.serial)
    notes = [
        f"the lost token had the account {each['issuer']}:{each['name']}, too: 'ticktap user enrol' adds one"
        for each in others
    ]
    if record.pin is None:
        notes.append("whether the lost token had a PIN is not known: 'ticktap pin set' gives this one a PIN")
    pin = cast("PinWish", record.pin if record.pin in get_args(PinWish) else "none")
    row = ManifestRow(line=at, user=record.holder, label=record.label, pin=pin, **first)
    return Replacement(row, record.serial, notes)

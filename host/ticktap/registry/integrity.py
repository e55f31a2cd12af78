"""Finds changes by somebody who can write to the database but has no key."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ticktap.registry import audit_chain, decoys, policy, stored_accounts
from ticktap.registry.anchor_file import Anchor
from ticktap.registry.database import OWN, name_of, row_fault
from ticktap.registry.engine import Execute, RegistryError
from ticktap.registry.keys import Keys
from ticktap.registry.sealed_row import SealedRow


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """The result of a check of all chains, and of the values that decide sign-ins.

    Args:
        chains: how many chains there are.
        entries: how many entries all of them have.
        faults: what is wrong, as text; empty: nothing.
    """

    chains: int
    entries: int
    faults: list[str]


def check(run: Execute, keys: Keys, anchors: Sequence[Anchor]) -> AuditCheck:
    """Checks everything in one read transaction."""
    rows = {int(row["id"]): row for table in ("decoys", "users") for row in SealedRow.all(run, table)}
    own = next((row for row in rows.values() if row.values.get("name") == OWN), None)
    faults = list(_origin_faults(keys, rows, own))
    expected = dict.fromkeys(decoys.NUMBERS, "unknown names") if keys.origin else {}
    ends: dict[int, tuple[int, str]] = {}
    if own is not None:
        known, ends = _registry_knows(run, own)
        expected |= known
        expected[own["id"]] = "the registry itself"
    counters = run("select secret_id, counter from used_counters").fetchall()
    used = {stored_accounts.used_name(bytes(secret_id)): counter for secret_id, counter in counters}
    for number in sorted({*expected, *rows}):
        if number not in rows:
            faults.append(f"{expected[number]}: the whole {'user' if number > 0 else 'decoy'} is missing")
            continue
        row = rows[number]
        called = _called(row)
        if number not in expected:
            kind = "user" if number > 0 else "decoy"
            faults.append(f"{called}: the registry's chain does not have this {kind}")
        faults += [f"{called}: {fault}" for fault in _row_faults(run, keys, row, own, used)]
        earlier = [anchor[str(number)] for anchor in anchors if str(number) in anchor]
        earlier += [ends[number]] if number in ends else []
        faults += [f"{called}: {fault}" for fault in audit_chain.faults(run, keys, row, earlier)]
    anchored = {int(number) for anchor in anchors for number in anchor}
    faults += [f"chain {number}: it is missing" for number in sorted(anchored - set(rows))]
    faults += _account_faults(run, keys)
    entries = sum(row["entries"] - row["pruned"] for row in rows.values())
    return AuditCheck(len(rows), entries, list(dict.fromkeys(faults)))


def _called(row: SealedRow) -> str:
    return "unknown names" if row.table == "decoys" else name_of(row)


def _origin_faults(keys: Keys, rows: Mapping[int, SealedRow], own: SealedRow | None) -> Iterator[str]:
    if not keys.origin and rows:
        yield "the registry itself: its origin was changed"
    if keys.origin and own is None:
        yield "the registry itself: its row is missing"
    if own is not None and not hmac.compare_digest(bytes(own["salt"]), keys.origin):
        yield "the registry itself: it was begun again"


def _registry_knows(run: Execute, own: SealedRow) -> tuple[dict[int, str], dict[int, tuple[int, str]]]:
    """Returns the users that the registry's chain has, each with the last name, and the last end of each
    chain.
    """
    known: dict[int, str] = {}
    ends: dict[int, tuple[int, str]] = {}
    for entry in audit_chain.entries(run, [("user_id = ?", [own["id"]])]):
        detail = entry.event.detail
        if entry.event.what in audit_chain.IN_BOTH:
            known[int(detail["id"])] = str(detail["user"])
        elif entry.event.what == audit_chain.HEADS:
            ends |= {int(number): (int(end[0]), str(end[1])) for number, end in detail.items()}
    return known, ends


def recorded_ends(run: Execute, own: SealedRow) -> dict[int, tuple[int, str]]:
    """Returns the last end of each chain that the registry's chain has."""
    return _registry_knows(run, own)[1]


def _row_faults(
    run: Execute, keys: Keys, row: SealedRow, own: SealedRow | None, used: Mapping[str, str]
) -> Iterator[str]:
    if row.table == "decoys":
        if not row.is_genuine(keys):
            yield "a decoy was changed"
    elif fault := row_fault(run, keys, row):
        yield f"{fault}: changed without the key, or restored to an earlier state"
    elif row["used"]:
        for name, counter in stored_accounts.used_by(row).items():
            if used.get(name, "") < counter:
                yield "a used code: it was deleted or changed"
    if row is own:
        try:
            policy.parsed(row["settings"])
        except RegistryError:
            yield "a setting is out of its range"
    if own is not None and row is not own and row["seen"] > own["entries"]:
        yield f"it was written after {row['seen']} of the registry's entries, and there are {own['entries']}"


def _account_faults(run: Execute, keys: Keys) -> Iterator[str]:
    """Decrypts every account, which checks its user and parameters."""
    for (number,) in run("select id from accounts order by id").fetchall():
        try:
            stored_accounts.select(run, keys, "where accounts.id = ?", (number,))
        except RegistryError as error:
            yield error.message

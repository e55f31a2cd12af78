"""Moves old entries of the audit log into a sealed file, so that the database does not grow without limit.

The file has one JSON document on each line: for each chain where its entries begin and end, and the
entries; at the end a keyed BLAKE2b over all of it. The row of each chain stores how many entries were
moved, and the MAC of the last one, so the rest of the chain can still be checked. The registry's own
chain is never shortened.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ticktap.registry import audit_chain
from ticktap.registry.database import Database, Transaction
from ticktap.registry.engine import Execute
from ticktap.registry.keys import Keys
from ticktap.registry.sealed_row import SealedRow, Tampered

_SELECT = """
select entry, at, who, origin, what, detail, mac from audit_log
where user_id = ? and entry <= ? order by entry
"""
_FIRST_KEPT = "select min(entry) from audit_log where user_id = ? and at >= ?"


@dataclass(frozen=True, slots=True)
class _Part:
    """The entries of a chain that are moved: after `row['pruned']`, to `last`."""

    row: SealedRow
    last: int
    mac: bytes
    entries: list[Any]


def archive(database: Database, tx: Transaction, before: int) -> tuple[bytes, int]:
    """Removes final entries of chains of users and decoys, and returns them as a file, and how many they are.

    The caller writes the file durably before the transaction ends.

    Args:
        before: unix time; the entries of a chain up to its first one at or after it.

    Raises:
        Tampered: a chain was changed.
    """
    own = database.own_row(tx)
    lines: list[bytes] = []
    moved, ends = 0, {}
    for row in _rows(database, tx):
        if row["id"] == own["id"] or (part := _part(tx.run, tx.keys, row, before)) is None:
            continue
        about = {
            "chain": row["id"],
            "after": row["pruned"],
            "start": bytes(row["start"]).hex(),
            "last": part.last,
        }
        lines += [json.dumps(each).encode() for each in (about, *part.entries)]
        moved += len(part.entries)
        ends[str(row["id"])] = (part.last, part.mac.hex())
        tx.run("delete from audit_log where user_id = ? and entry <= ?", (row["id"], part.last))
        row.set(pruned=part.last, start=part.mac)
        if row.table == "decoys":
            row.save(tx.run, tx.keys)
    if ends:
        database.note(tx, own["id"], "audit-pruned", {"entries": moved, "before": before})
        database.record_ends(tx, ends)
    content = b"".join(line + b"\n" for line in lines)
    return content + json.dumps({"mac": _seal(tx.keys, content)}).encode() + b"\n", moved


def check_archive(keys: Keys, data: bytes) -> int:
    """Checks a file of `archive`; returns how many entries it has.

    Raises:
        Tampered: it was changed, or is another registry's.
    """
    content, _, last = data.rstrip(b"\n").rpartition(b"\n")
    content += b"\n" if content else b""
    try:
        mac = str(json.loads(last)["mac"])
    except (ValueError, KeyError, TypeError):
        raise Tampered("the archive") from None
    if not hmac.compare_digest(mac.encode(), _seal(keys, content).encode()):
        raise Tampered("the archive")
    return sum(isinstance(json.loads(line), list) for line in content.splitlines())


def _rows(database: Database, tx: Transaction) -> Iterator[SealedRow]:
    for (number,) in tx.run("select id from users order by id").fetchall():
        yield database.row(tx, int(number))
    for (number,) in tx.run("select id from decoys order by id").fetchall():
        row = SealedRow.read(tx.run, "decoys", f"id = ?{database.engine.for_update}", (number,))
        if row is None or not row.is_genuine(tx.keys):
            raise Tampered("a decoy user")
        yield row


def _part(run: Execute, keys: Keys, row: SealedRow, before: int) -> _Part | None:
    """Returns what is to be moved of a chain, after a check of all its entries."""
    if list(audit_chain.faults(run, keys, row)):
        raise Tampered("the audit log")
    final, _ = audit_chain.end(row)
    (kept,) = run(_FIRST_KEPT, (row["id"], before)).fetchone()
    last = final if kept is None else min(final, int(kept) - 1)
    if last <= row["pruned"]:
        return None
    found = run(_SELECT, (row["id"], last)).fetchall()
    entries = [[*entry[:-1], bytes(entry[-1]).hex()] for entry in found]
    return _Part(row, last, bytes(found[-1][-1]), entries)


def _seal(keys: Keys, content: bytes) -> str:
    data = b"archive" + keys.origin + content
    return hashlib.blake2b(data, key=keys.audit_log, digest_size=32).hexdigest()

"""The audit log: who did what, when and from where, as a hash chain for each user.

Each entry has a keyed BLAKE2b (RFC 7693) over itself and the entry before it. The key is not in the
database. The user's row has the number of entries and the MAC of the last one, and is authenticated
itself (sealed_row.py). So a person who can write to the database but has no key cannot change, add,
remove or reorder entries. Each user has a separate chain, so that two sign-ins at the same moment do not
wait for each other. The registry has a chain for events that concern no user, and each decoy has one. The
registry's chain also has the ends of the others, and each row has the length of the registry's chain, so
that one of them cannot be put back to an earlier state alone.

No entry contains a secret, a code or an unknown name, because people type passwords into the wrong field.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ticktap.registry.engine import Execute
from ticktap.registry.keys import Keys
from ticktap.registry.sealed_row import SealedRow, Tampered

HEADS = "heads"
"""The event of the registry's chain with the ends of other chains, by number."""

HIDDEN = (HEADS, "code-used")
"""Events that are shown only on request."""

IN_BOTH = ("user-added", "user-renamed", "user-deleted")
"""Events that are in two chains, the registry's and the user's. They are reported from the user's."""

_TOGETHER = 3600  # seconds
_encode = json.JSONEncoder(sort_keys=True).encode
_INSERT = """
insert into audit_log values (?, ?, ?, ?, ?, ?, ?, ?)
on conflict (user_id, entry) do update set detail = excluded.detail, mac = excluded.mac
    where audit_log.mac = ?
"""
_COLUMNS = "user_id, entry, at, who, origin, what, detail, mac"
_CHAIN = f"select {_COLUMNS} from audit_log where user_id = ? order by entry"


@dataclass(frozen=True, slots=True)
class Event:
    """An event to record.

    Args:
        at: unix time.
        who: who did it: an administrator, or the user who signs in.
        origin: where from: a host or an address.
        what: one word, listed in docs/admin.md.
        detail: a few facts as JSON values; no secrets.
    """

    at: int
    who: str
    origin: str
    what: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An event in its chain.

    Args:
        user_id: the owner of the chain; negative: a decoy.
        entry: its number there, from 1.
        mac: keyed BLAKE2b, 32 bytes, over the entry before and this one.
    """

    user_id: int
    entry: int
    event: Event
    mac: bytes


def begin(keys: Keys, user_id: int) -> dict[str, Any]:
    """Returns the columns of a row whose chain has no entries."""
    first = _beginning(keys, user_id)
    return {"pruned": 0, "entries": 0, "open": "", "start": first, "before": first, "head": first}


def append(run: Execute, keys: Keys, row: SealedRow, event: Event, repeats: bool = False) -> None:
    """Appends an event to the chain of a locked row. The caller saves the row.

    Args:
        repeats: nothing but the audit log records the event. If the entry before was of the same name and
            kind, and less than an hour ago, the event is only counted in it (`times`, `until`,
            `reasons`), so that refused sign-ins cannot fill the disk.

    Raises:
        Tampered: the row is older than its chain.
    """
    number, before, replaced = row["entries"] + 1, bytes(row["head"]), b""
    if repeats and row["open"]:
        first = json.loads(row["open"])
        if first["what"] == event.what and abs(event.at - first["at"]) < _TOGETHER:
            number, before, replaced = row["entries"], bytes(row["before"]), bytes(row["head"])
            event = _counted(Event(**first), event)
    detail = _encode(event.detail)
    facts = (row["id"], number, event.at, event.who, event.origin, event.what, detail)
    mac = _mac(keys, before, facts)
    if run(_INSERT, (*facts, mac, replaced)).rowcount != 1:
        raise Tampered("the audit log")
    opened = ""
    if repeats:
        opened = _encode(
            {
                "at": event.at,
                "who": event.who,
                "origin": event.origin,
                "what": event.what,
                "detail": event.detail,
            }
        )
    row.set(entries=number, open=opened, before=before, head=mac)


def _counted(first: Event, now: Event) -> Event:
    """Returns an event with one more counted in it."""
    detail = dict(first.detail)
    detail["times"] = detail.get("times", 1) + 1
    detail["until"] = now.at
    reason = now.detail.get("reason")
    if reason != detail.get("reason"):
        detail["reasons"] = sorted({*detail.get("reasons", ()), detail.get("reason"), reason} - {None})
    return Event(first.at, first.who, first.origin, first.what, detail)


def entries(
    run: Execute, conditions: Sequence[tuple[str, Sequence[Any]]] = (), last: int | None = None
) -> list[Entry]:
    """Returns unchecked entries, the oldest first.

    Args:
        conditions: SQL conditions, each with its values; an entry must meet all.
        last: only this many, the newest.
    """
    where = f"where {' and '.join(sql for sql, _ in conditions)}" if conditions else ""
    values = [value for _, each in conditions for value in each]
    newest = f"select {_COLUMNS} from audit_log {where} order by at desc, user_id desc, entry desc"
    if last is not None:
        newest, values = f"{newest} limit ?", [*values, last]
    rows = run(newest, values).fetchall()
    return [
        Entry(user, number, Event(at, who, origin, what, json.loads(detail)), bytes(mac))
        for user, number, at, who, origin, what, detail, mac in reversed(rows)
    ]


def faults(
    run: Execute, keys: Keys, row: SealedRow, earlier: Sequence[tuple[int, str]] = ()
) -> Iterator[str]:
    """Yields the faults of a chain as text.

    Args:
        earlier: earlier results of `end`, which the chain must still contain.
    """
    number, mac = row["pruned"], bytes(row["start"])
    wanted = {count for count, _ in earlier}
    found = {number: mac.hex()}
    for cells in run(_CHAIN, (row["id"],)).fetchall():
        number += 1
        if cells[1] != number:
            yield f"entry {number} is missing"
            number = cells[1]
        mac = _mac(keys, mac, tuple(cells[:7]))
        if not hmac.compare_digest(mac, bytes(cells[7])):
            yield f"entry {number} was changed, or what was before it"
            mac = bytes(cells[7])
        if number in wanted:
            found[number] = mac.hex()
    if number != row["entries"]:
        yield f"there are {number} entries, and were {row['entries']}"
    elif not hmac.compare_digest(mac, bytes(row["head"])):
        yield "the end was changed"
    for count, ended in dict.fromkeys(earlier):
        if count >= row["pruned"] and not hmac.compare_digest(found.get(count, ""), ended):
            yield f"it differs from its earlier state with {count} entries"


def end(row: SealedRow) -> tuple[int, str]:
    """Returns how many entries of a chain are final, and the MAC of the last of them in hexadecimal.

    An entry in which events may still be counted is not final.
    """
    if row["open"]:
        return row["entries"] - 1, bytes(row["before"]).hex()
    return row["entries"], bytes(row["head"]).hex()


def _beginning(keys: Keys, user_id: int) -> bytes:
    about = b"begin " + keys.origin + f" {user_id}".encode()
    return hashlib.blake2b(about, key=keys.audit_log, digest_size=32).digest()


def _mac(keys: Keys, before: bytes, facts: tuple[Any, ...]) -> bytes:
    data = before + _encode(facts).encode()
    return hashlib.blake2b(data, key=keys.audit_log, digest_size=32).digest()

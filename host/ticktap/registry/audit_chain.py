"""The audit log: who did what, when and from where, as a hash chain for each user.

Each entry has an HMAC-SHA256 over itself and the entry before it. The key is not in the database. The user's
row has the number of entries, the HMAC of the last one, and an HMAC over both. So a person who can write to
the database but has no key cannot change, add, remove or reorder entries. An anchor kept elsewhere reveals
that a user's row and entries were restored from an old copy. Each user has a separate chain, so that two
sign-ins at the same moment do not wait for each other. The registry has a chain for events that concern no
user, and each decoy has one.

No entry contains a secret, a code or an unknown name, because people type passwords into the wrong field.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ticktap.registry.engine import Execute
from ticktap.registry.keys import Keys

IN_BOTH = ("user-added", "user-renamed", "user-deleted")
"""Events that are in two chains, the registry's and the user's. They are reported from the user's."""

_HASH = 32  # bytes
_encode = json.JSONEncoder(sort_keys=True).encode
_INSERT = "insert into audit_log values (?, ?, ?, ?, ?, ?, ?, ?)"
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
        mac: HMAC-SHA256, 32 bytes, over the entry before and this one.
    """

    user_id: int
    entry: int
    event: Event
    mac: bytes


def begin(keys: Keys, user_id: int) -> bytes:
    """Returns the head of a chain without entries: 64 bytes."""
    return _head(keys, user_id, 0, _beginning(keys, user_id))


def append(run: Execute, keys: Keys, user_id: int, event: Event) -> None:
    """Appends an event. The caller has locked the user's row."""
    count, head = _end(run, user_id)
    extend(run, keys, user_id, count, head, event)


def extend(run: Execute, keys: Keys, user_id: int, count: int, head: bytes, event: Event) -> None:
    """Appends an event, for a caller that has read the number of entries and the head."""
    detail = _encode(event.detail)
    facts = (user_id, count + 1, event.at, event.who, event.origin, event.what, detail)
    mac = _mac(keys, head[:_HASH], facts)
    run(_INSERT, (*facts, mac))
    run(
        f"update {_table(user_id)} set entries = ?, head = ? where id = ?",
        (count + 1, _head(keys, user_id, count + 1, mac), user_id),
    )


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


def faults(run: Execute, keys: Keys, user_id: int, anchored: tuple[int, str] | None = None) -> Iterator[str]:
    """Yields the faults of a chain as text.

    Args:
        anchored: an earlier result of `anchor`.
    """
    count, head = _end(run, user_id)
    mac = _beginning(keys, user_id)
    number = 0
    at_anchor = mac
    for row in run(_CHAIN, (user_id,)).fetchall():
        number += 1
        if row[1] != number:
            yield f"entry {number} is missing"
            number = row[1]
        mac = _mac(keys, mac, tuple(row[:7]))
        if not hmac.compare_digest(mac, bytes(row[7])):
            yield f"entry {number} was changed, or what was before it"
            mac = bytes(row[7])
        if anchored and number == anchored[0]:
            at_anchor = mac
    if number != count:
        yield f"there are {number} entries, and were {count}"
    elif not hmac.compare_digest(head, _head(keys, user_id, number, mac)):
        yield "the end was changed"
    if anchored and (number < anchored[0] or not hmac.compare_digest(at_anchor.hex(), anchored[1])):
        yield f"it is not what it was when it had {anchored[0]} entries"


def anchor(run: Execute, user_id: int) -> tuple[int, str]:
    """Returns how many entries a chain has, and the HMAC of the last one in hexadecimal."""
    count, head = _end(run, user_id)
    return count, head[:_HASH].hex()


def _table(user_id: int) -> str:
    """The table whose row has the end of a chain. The numbers of decoys are negative (decoys.py)."""
    return "users" if user_id > 0 else "decoys"


def _end(run: Execute, user_id: int) -> tuple[int, bytes]:
    """How many entries a chain has, and its head."""
    count, head = run(f"select entries, head from {_table(user_id)} where id = ?", (user_id,)).fetchone()
    return int(count), bytes(head)


def _beginning(keys: Keys, user_id: int) -> bytes:
    return hmac.digest(keys.audit_log, f"begin {user_id}".encode(), "sha256")


def _mac(keys: Keys, before: bytes, facts: tuple[Any, ...]) -> bytes:
    return hmac.digest(keys.audit_log, before + json.dumps(facts).encode(), "sha256")


def _head(keys: Keys, user_id: int, count: int, mac: bytes) -> bytes:
    """Returns the last HMAC, and one that binds it to the number of entries."""
    return mac + hmac.digest(keys.audit_log, f"head {user_id} {count} ".encode() + mac, "sha256")

"""The audit log: who did what, when and from where, as a hash chain for each user.

Each entry has an HMAC-SHA256, under a key that the database does not have, over itself and the entry before.
A user's row holds how many there are, the last one's HMAC, and one over both. So a person who can write
to the database, but has no key, can neither change an entry, nor add, drop, or reorder one. Putting a
whole user back as it was once is found with an anchor that was kept elsewhere. Each user has a chain of
their own, so that two people who sign in at the same moment do not wait for each other; the registry has
one for events of no user.

No entry holds a secret, a code, or an unknown name: people type passwords into the wrong field.
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
"""Events that are in the registry's own chain and in the user's: there they are told."""

_HASH = 32  # bytes
_encode = json.JSONEncoder(sort_keys=True).encode
_INSERT = "insert into trail values (?, ?, ?, ?, ?, ?, ?, ?)"
_COLUMNS = "user_id, entry, at, who, origin, what, detail, mac"
_CHAIN = f"select {_COLUMNS} from trail where user_id = ? order by entry"


@dataclass(frozen=True, slots=True)
class Event:
    """An event to record.

    Args:
        at: unix time.
        who: who did it: an admin, or the user who signs in.
        origin: from where: a host or an address.
        what: one word, listed in docs/admin.md.
        detail: small facts; no secrets.
    """

    at: int
    who: str
    origin: str
    what: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An Event in its chain.

    Args:
        user_id: whose chain it is in.
        entry: its number there, from 1.
        mac: HMAC-SHA256, 32 bytes, over the entry before and this one.
    """

    user_id: int
    entry: int
    event: Event
    mac: bytes


def begin(keys: Keys, user_id: int) -> bytes:
    """The head of a chain without entries."""
    return _head(keys, user_id, 0, _beginning(keys, user_id))


def append(run: Execute, keys: Keys, user_id: int, event: Event) -> None:
    """Appends an event. The caller has locked the user's row."""
    count, head = run("select entries, head from users where id = ?", (user_id,)).fetchone()
    extend(run, keys, user_id, int(count), bytes(head), event)


def extend(run: Execute, keys: Keys, user_id: int, count: int, head: bytes, event: Event) -> None:
    """`append` for a caller that has read the user's row."""
    detail = _encode(event.detail)
    facts = (user_id, count + 1, event.at, event.who, event.origin, event.what, detail)
    mac = _mac(keys, head[:_HASH], facts)
    run(_INSERT, (*facts, mac))
    run(
        "update users set entries = ?, head = ? where id = ?",
        (count + 1, _head(keys, user_id, count + 1, mac), user_id),
    )


def entries(
    run: Execute, conditions: Sequence[tuple[str, Sequence[Any]]] = (), last: int | None = None
) -> list[Entry]:
    """Yields unchecked entries, the oldest first.

    Args:
        conditions: SQL that all of them meet, each with its values.
        last: only so many, the newest.
    """
    where = f"where {' and '.join(sql for sql, _ in conditions)}" if conditions else ""
    values = [value for _, each in conditions for value in each]
    newest = f"select {_COLUMNS} from trail {where} order by at desc, user_id desc, entry desc"
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
        anchored: how many entries there were once, and the last one's HMAC then, in hexadecimal.
    """
    count, head = run("select entries, head from users where id = ?", (user_id,)).fetchone()
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
    elif not hmac.compare_digest(bytes(head), _head(keys, user_id, number, mac)):
        yield "the end was changed"
    if anchored and (number < anchored[0] or not hmac.compare_digest(at_anchor.hex(), anchored[1])):
        yield f"it is not what it was when it had {anchored[0]} entries"


def anchor(run: Execute, user_id: int) -> tuple[int, str]:
    """How many entries a chain has, and the last one's HMAC in hexadecimal: worth keeping elsewhere."""
    count, head = run("select entries, head from users where id = ?", (user_id,)).fetchone()
    return int(count), bytes(head)[:_HASH].hex()


def _beginning(keys: Keys, user_id: int) -> bytes:
    return hmac.digest(keys.trail, f"begin {user_id}".encode(), "sha256")


def _mac(keys: Keys, before: bytes, facts: tuple[Any, ...]) -> bytes:
    return hmac.digest(keys.trail, before + json.dumps(facts).encode(), "sha256")


def _head(keys: Keys, user_id: int, count: int, mac: bytes) -> bytes:
    """The last HMAC, and one that ties it to the number of entries."""
    return mac + hmac.digest(keys.trail, f"head {user_id} {count} ".encode() + mac, "sha256")

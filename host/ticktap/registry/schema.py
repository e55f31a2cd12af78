"""The registry's tables, for SQLite and PostgreSQL alike: what differs between the two has a {name}.

Each step brings a registry from one version to the next, and is never changed after it was published.
Time steps and counters reach 2^64 - 1, more than an integer of either database holds. They are stored as text
of 20 digits, which sorts like the numbers.
"""

from __future__ import annotations

from ticktap.registry import web_tables

# Used counters are stored by secret and permanently: second tokens share them, and so does an account
# that was forgotten and comes back.
#
# users and decoys have columns that only sealed_row.py and audit_chain.py write: pruned, entries, open,
# start, before and head (the audit chain), seen (how many entries the registry's own chain had), accounts
# and factors (digests), used (the used counters of the user's secrets, also of removed ones), fixed and
# mac. The settings are in the registry's own row, as JSON.
#
# origins counts refused attempts by address (origins.py). It is not authenticated.
#
# decoys are rows for unknown names at sign-in (decoys.py). Their numbers are negative, so that a chain of the
# audit log (audit_log.user_id) belongs either to a row of users or to one of decoys.
_TABLES = """
create table key_check (value {bytes} not null);
create table users (
    id {number},
    kind text not null check (kind in ('person', 'deleted', 'registry')),
    name text unique,
    former text,
    full_name text not null default '',
    email text not null default '',
    member_of text not null default '',
    salt {bytes} not null,
    methods text not null default '',
    networks text not null default '',
    created {integer} not null,
    disabled {integer},
    failures {integer} not null default 0,
    wait_until {integer} not null default 0,
    locked {integer},
    signed_in {integer},
    settings text not null default '',
    seen {integer} not null default 0,
    used text not null default '',
    accounts {bytes} not null,
    factors {bytes} not null,
    pruned {integer} not null default 0,
    entries {integer} not null default 0,
    open text not null default '',
    start {bytes} not null,
    before {bytes} not null,
    head {bytes} not null,
    fixed {bytes} not null,
    mac {bytes} not null
);
create table decoys (
    id {integer} primary key check (id < 0),
    failures {integer} not null default 0,
    encrypted {bytes} not null,
    seen {integer} not null default 0,
    pruned {integer} not null default 0,
    entries {integer} not null default 0,
    open text not null default '',
    start {bytes} not null,
    before {bytes} not null,
    head {bytes} not null,
    fixed {bytes} not null,
    mac {bytes} not null
);
create table accounts (
    id {number},
    token text not null,
    token_id integer not null,
    user_id {integer} references users (id),
    secret_id {bytes} not null,
    issuer text not null,
    name text not null,
    encrypted {bytes} not null,
    type text not null,
    algorithm text not null,
    digits integer not null,
    period integer not null,
    counter text not null check (length(counter) = 20),
    suffix text not null,
    drift integer not null default 0,
    resync_counter text check (length(resync_counter) = 20),
    unique (token, token_id)
);
create index accounts_by_user on accounts (user_id);
create table used_counters (
    secret_id {bytes} primary key,
    counter text not null check (length(counter) = 20)
);
create table origins (
    bucket integer primary key,
    since {integer} not null,
    refused {integer} not null
);
create table tokens (
    serial text primary key,
    label text not null,
    firmware text not null,
    holder {integer} references users (id),
    last_seen {integer} not null,
    lost {integer},
    pin text
);
create table lost_accounts (
    token text not null references tokens (serial),
    place integer not null,
    issuer text not null,
    name text not null,
    type text not null,
    algorithm text not null,
    digits integer not null,
    period integer not null,
    suffix text not null,
    primary key (token, place)
);
create table factors (
    id {number},
    user_id {integer} not null references users (id),
    kind text not null check (kind in ('backup-code', 'issued-code', 'app-password')),
    label text not null,
    hash {bytes} not null,
    created {integer} not null,
    expires {integer},
    used {integer}
);
create index factors_by_user on factors (user_id);
create table audit_log (
    user_id {integer} not null,
    entry {integer} not null,
    at {integer} not null,
    who text not null,
    origin text not null,
    what text not null,
    detail text not null,
    mac {bytes} not null,
    primary key (user_id, entry)
);
"""

_STEPS = (_TABLES, web_tables.TABLES)


def steps(**words: str) -> tuple[str, ...]:
    """Returns the steps in the words of one database.

    Args:
        number: the type of a row's own number, which the database assigns and never assigns again.
        integer: an integer of 64 bits.
        bytes: a byte string.
    """
    return tuple(step.format_map(words) for step in _STEPS)

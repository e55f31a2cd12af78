"""The tables of the web pages, for schema.py: passwords, roles and sessions."""

TABLES = """
create table credentials (
    user_id {integer} not null references users (id),
    purpose text not null check (purpose in ('password', 'role')),
    sealed {bytes} not null,
    primary key (user_id, purpose)
);
create table web_sessions (
    id {bytes} primary key,
    user_id {integer} not null references users (id),
    expires {integer} not null,
    sealed {bytes} not null
);
create index web_sessions_by_user on web_sessions (user_id);
"""
"""`sealed` is encrypted with the registry's key (sealed_values.py). The id of a session is a hash."""

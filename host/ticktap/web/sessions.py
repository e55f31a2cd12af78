"""Sessions of the pages: how they begin, how long they last, and when they end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ticktap.registry.database import check_row
from ticktap.registry.user import COLUMNS, User

if TYPE_CHECKING:
    from ticktap.registry.web_sessions import WebSession
    from ticktap.web.site import Site
    from ticktap.web.visit import Visit

LONGEST_S = 12 * 3600
IDLE_S = 30 * 60
_NOTE_S = 60  # a session's last use is stored this often


def begin(visit: Visit, user: User, *, must_change: bool) -> None:
    """Begins a session of a user whose code was accepted now; an earlier one of this browser ends."""
    if visit.session is not None:
        visit.site.sessions.end(visit.session)
    now = visit.now
    data = {"begun": now, "seen": now, "verified": now, "must_change": must_change}
    session = visit.site.sessions.begin(user.id, LONGEST_S, data)
    visit.session, visit.user, visit.saved = session, user, dict(data)
    visit.new_browser()
    visit.set_cookie("session", session.token, LONGEST_S)


def end_if_idle(site: Site, session: WebSession) -> bool:
    """Ends a session that was not used for a while; otherwise notes its use. Returns whether it ended."""
    now = int(site.registry.time())
    seen = int(session.data.get("seen", 0))
    if now >= seen + IDLE_S:
        site.sessions.end(session)
        return True
    if now >= seen + _NOTE_S:
        session.data["seen"] = now
        site.sessions.save(session)
    return False


def load_user(site: Site, number: int) -> User | None:
    """Returns the user of a session; None: deleted or disabled."""
    query = f"select {COLUMNS} from users where kind = 'person' and id = ? and disabled is null"
    with site.registry.reading() as tx:
        row = tx.run(query, (number,)).fetchone()
        if row is not None:
            check_row(tx.run, tx.keys, number)
    return None if row is None else User.of(row)

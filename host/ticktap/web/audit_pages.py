"""The audit log: filtered, exported and verified."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING

from babel.dates import LOCALTZ
from starlette.responses import Response

from ticktap.errors import BadInput, NotFound
from ticktap.files.csv_table import as_csv, utc
from ticktap.registry import anchor_file
from ticktap.web.admin_pages import download
from ticktap.web.texts import EVENTS, N
from ticktap.web.visit import Page, Visit

if TYPE_CHECKING:
    from ticktap.registry import AuditLine

_SHOWN = 100
_COLUMNS = ("at", "user", "what", "who", "origin", "detail", "entry")


def show(visit: Visit) -> Response:
    """The newest entries that match the filter."""
    lines, error = _found(visit, _SHOWN)
    return visit.page(
        "admin/audit.html", lines=[(each, _name(visit, each), detail(each)) for each in reversed(lines)],
        error=error,
        events=[(name, visit.text(text)) for name, text in EVENTS.items()], shown=_SHOWN,
        check=visit.data.get("check"),
        user=visit.query("user"), what=visit.query("what"), since=visit.query("since", 10),
        until=visit.query("until", 10),
        query=visit.request.url.query,
    )  # fmt: skip


def _found(visit: Visit, last: int | None) -> tuple[list[AuditLine], str]:
    what = visit.query("what")
    try:
        since, until = _day(visit.query("since", 10), 0), _day(visit.query("until", 10), 1)
        lines = visit.registry.audit.lines(
            visit.query("user") or None,
            last,
            since=since,
            until=until,
            what=[what] if what.isprintable() and what else [],
        )
    except NotFound:
        return [], visit.text(N("There is no user with this name."))
    except (ValueError, OverflowError):
        return [], visit.text(N("Enter a date like 2026-11-30."))
    return lines, ""


def _day(text: str, later: int) -> int | None:
    """Returns the unix time at which a day begins, in the server's time zone; `later`: days after it."""
    if not text:
        return None
    day = datetime.date.fromisoformat(text) + datetime.timedelta(days=later)
    return int(datetime.datetime.combine(day, datetime.time(), LOCALTZ).timestamp())


def _name(visit: Visit, line: AuditLine) -> str:
    text = EVENTS.get(line.event.what)
    return line.event.what if text is None else visit.text(text)


def detail(line: AuditLine) -> str:
    """Returns the facts of an entry as one line."""
    facts = []
    for key, value in line.event.detail.items():
        shown = " ".join(map(str, value)) if isinstance(value, list) else "-" if value is None else str(value)
        facts.append(f"{key} {shown}")
    return ", ".join(facts)


def as_table(visit: Visit) -> Response:
    """All entries that match the filter, as CSV with times in UTC."""
    lines, _ = _found(visit, None)
    rows = [
        {
            "at": utc(each.event.at),
            "user": each.user or "",
            "what": each.event.what,
            "who": each.event.who,
            "origin": each.event.origin,
            "detail": json.dumps(dict(each.event.detail), sort_keys=True),
            "entry": each.entry,
        }
        for each in lines
    ]
    return download(as_csv(_COLUMNS, rows), "audit.csv")


def verify(visit: Visit) -> Response:
    """Checks that no entry was changed, and with an anchor that no chain was restored to an earlier state."""
    given = visit.files.get("anchor", b"")
    try:
        known = anchor_file.parse(given) if given else None
    except BadInput:
        visit.flash(N("This file is not an anchor."))
        return visit.go("/admin/audit")
    found = visit.registry.audit.check(known)
    visit.data["check"] = {
        "entries": found.entries,
        "faults": found.faults[:20],
        "count": len(found.faults),
        "at": visit.now,
    }
    return visit.go("/admin/audit")


def anchor(visit: Visit) -> Response:
    """The ends of all chains, as `ticktap audit anchor` writes them."""
    line = anchor_file.line(visit.registry.audit.anchor(), visit.now)
    return download(line, "anchor.json", "application/json")


PAGES = [
    Page("/admin/audit", show, right="see-audit"),
    Page("/admin/audit.csv", as_table, right="see-audit"),
    Page("/admin/audit/anchor.json", anchor, right="see-audit"),
    Page("/admin/audit/verify", post=verify, right="see-audit", upload=True),
]

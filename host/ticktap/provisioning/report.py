"""The report: users with sign-in problems, and tokens whose clocks must be set."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from ticktap.clock import maintenance
from ticktap.clock.history import ClockHistory
from ticktap.provisioning import inventory
from ticktap.registry import overview

if TYPE_CHECKING:
    from ticktap.registry.overview import Standing
    from ticktap.registry.policy import Policy
    from ticktap.registry.registry import Registry
    from ticktap.registry.tokens import TokenRecord

Kind = Literal["no-token", "never-signed-in", "locked", "few-backup-codes", "clock-due"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Args:
        user: the user it is about; None: no user.
        token, serial: label and serial number of the token; empty: it is not about a token.
        why: the details, as text.
        at: unix time of the start; for a clock, the time by which it must be set; None: not known.
    """

    kind: Kind
    user: str | None
    full_name: str
    email: str
    token: str
    serial: str
    why: str
    at: int | None


def findings(
    registry: Registry,
    history: ClockHistory,
    now: int,
    kinds: Sequence[Kind] = KINDS,
    *,
    within: int = 14 * DAY,
    bound: float = maintenance.BOUND,
) -> list[Finding]:
    """Returns the findings of the given kinds, in the order of KINDS, without disabled users and lost tokens.

    Args:
        within: seconds ahead in which a clock may be due.
        bound: maximum error of a clock in seconds.
    """
    everyone, rules = overview.of_all(registry)
    tokens = registry.tokens.all()
    active = [each for each in everyone if each.user.disabled is None]
    lost = {each.holder: each for each in tokens if each.lost is not None}
    found: list[Finding] = []
    for each in active:
        found += _of_user(each, rules, lost.get(each.user.name), now)
    if "clock-due" in kinds:
        here = [each for each in tokens if each.lost is None]
        people = {each.user.name: each for each in everyone}
        items = inventory.items(here, history, now, bound)
        found += [each for item in items for each in _of_clock(item, people, now + within)]
    return sorted((each for each in found if each.kind in kinds), key=lambda each: KINDS.index(each.kind))


def _of_user(each: Standing, rules: Policy, lost: TokenRecord | None, now: int) -> Iterator[Finding]:
    user = each.user
    about = (user.name, user.full_name, user.email)
    if "token" in user.methods and not each.accounts:
        if lost is None:
            yield Finding("no-token", *about, "", "", "none was enrolled", user.created)
        else:
            yield Finding("no-token", *about, lost.label, lost.serial, "the last one was lost", lost.lost)
    if user.signed_in is None:
        yield Finding("never-signed-in", *about, "", "", "added, and not seen since", user.created)
    if user.state(rules, now) == "locked":
        ends = user.lock_ends(rules)
        why = f"{user.failures} wrong codes in a row" + ("" if ends else "; only an admin ends it")
        yield Finding("locked", *about, "", "", why, user.locked)
    if "backup-code" in user.methods and each.backup_codes_left <= rules.low_code_warning:
        left = (
            f"{each.backup_codes_left} of {each.backup_codes} left" if each.backup_codes else "none were made"
        )
        yield Finding("few-backup-codes", *about, "", "", left, None)


def _of_clock(item: inventory.Item, people: dict[str, Standing], until: int) -> Iterator[Finding]:
    due = item.sync_by is not None and item.sync_by <= until
    if item.clock not in ("due", "battery") and not due:
        return
    holder = people.get(item.holder or "")
    about = (holder.user.full_name, holder.user.email) if holder else ("", "")
    why = {"due": "may be too far off by now", "battery": "its battery has failed"}.get(
        item.clock, "must be set soon"
    )
    yield Finding("clock-due", item.holder, *about, item.label, item.serial, why, item.sync_by)

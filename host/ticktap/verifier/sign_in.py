"""Sign-in: a code is checked, recorded as used, counted and logged in one durable transaction.

An unknown name, a locked user and a wrong code take about the same time and give the same answer.
`Answer.reason` is for the service's own log; do not show it to a person who has not signed in.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ticktap.registry import audit_chain, policy, stored_accounts
from ticktap.registry.engine import Execute
from ticktap.registry.factors import left
from ticktap.registry.policy import Policy
from ticktap.registry.registry import DECOYS, SALT_BYTES, Registry, Transaction
from ticktap.registry.users import COLUMNS, User, canonical, is_name, within
from ticktap.verifier.factor_match import FactorMatch, ParsedInput, Why, match_factor

_USER = f"""
select {COLUMNS}, entries, head, kind from users where name = ?
"""
_ENTRIES, _HEAD, _KIND = -3, -2, -1  # after the columns that make a User
_LONGEST = 100  # characters of an address or a label in the trail
_SAID = "Not accepted."
_ENROL = " Have a token enrolled, or make new codes."


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one try.

    Args:
        ok: whether to let the person in.
        reason: "ok", or why not. For logs: it would tell a stranger who has an account here.
        message: for the person; says no more than a stranger may know.
        method: how the person got in; one of users.METHODS, or empty.
        left: backup codes left, after one was used.
        few: whether that is few enough to make new ones, or to enrol a new token.
        retry_after: seconds before which no code of this user is accepted; 0: none, or unknown.
        token: serial number of the token whose code it was.
        counter: the used time step or HOTP counter.
        drift: steps that the token's clock is off; negative when it is behind.
        period: seconds of a step.
    """

    ok: bool
    reason: Why
    message: str
    method: str = ""
    left: int | None = None
    few: bool = False
    retry_after: int = 0
    token: str = ""
    counter: int | None = None
    drift: int | None = None
    period: int | None = None


class SignIn:
    """Judges codes against a registry. Several threads, processes and servers may share the registry.

    Args:
        registry: opened; its `time` is the verifier's clock.
        record_code: called after a sign-in with a time-based code, with the token's serial number, the time
            steps that its clock is ahead, the seconds of a step, and the Unix time. With
            `ticktap.clock.history.record_code`, reports show when a clock must be set.
    """

    def __init__(
        self, registry: Registry, record_code: Callable[[str, int, int, int], object] | None = None
    ) -> None:
        self._registry = registry
        self._record_code = record_code
        with registry.writing() as tx:  # makes what is missing in a new registry, and checks the key
            registry.ensure_system_rows(tx)
            self._keys = tx.keys

    def verify(self, user: str, code: str, *, service: str = "", origin: str = "") -> Answer:
        """Decides on one try of one user.

        Args:
            user: the name given, whether or not there is such a user.
            code: as typed: a token's code, a backup code, a code given out by an admin, an app password.
            service: the label of a service that takes app passwords; empty: it takes none.
            origin: the address the person comes from, for the user's networks and for the trail.

        Raises:
            RegistryError: the registry is damaged or out of reach; let no user in.
        """
        user = canonical(user)
        code = code.encode("utf-8", "replace").decode()  # bytes that were no UTF-8 are a wrong code
        parsed = ParsedInput.of(self._keys, lambda: self._salt(user), code, service)
        now = int(self._registry.time())

        def decide(run: Execute) -> tuple[Answer, audit_chain.Event]:
            return self._decide(Transaction(run, self._keys), user, parsed, service, origin, now)

        answer, event = self._registry.engine.run_transaction(decide)
        self._registry.tell(event.who or None, event)
        if self._record_code and answer.drift is not None and answer.period is not None:
            self._record_code(answer.token, answer.drift, answer.period, now)
        return answer

    def _decide(
        self, tx: Transaction, user: str, parsed: ParsedInput, service: str, origin: str, now: int
    ) -> tuple[Answer, audit_chain.Event]:
        """All of one try that is one transaction."""
        row = self._row(tx, user)
        rules = policy.load(tx.run)
        about = User.of(row)
        barred = _denial(about, row[_KIND] == "person", origin, rules, now)
        found = match_factor(tx, about, parsed, rules, now)
        if barred is not None:
            # As a failure would: so it takes as long.
            tx.run("update users set failures = failures where id = ?", (about.id,))
            wait = about.wait_until - now if barred == "waiting" else 0
            answer = Answer(False, barred, _SAID, retry_after=wait)
        elif parsed.kind == "app-password" and not found.method:
            answer = Answer(False, found.reason, _SAID)  # no guess; mail programs ask again and again
        else:
            answer = self._settle(tx, about, found, rules, now)
        return answer, self._note(tx, row, user, answer, origin, service, now)

    # --- what is there

    def _salt(self, user: str) -> bytes:
        """The user's salt; for an unknown name, one that is always the same."""
        made = hmac.digest(self._keys.names, b"salt\0" + user.encode("utf-8", "surrogatepass"), "sha256")
        with self._registry.engine.reading() as run:
            row = run("select salt from users where name = ?", (user if is_name(user) else "",)).fetchone()
        return made[:SALT_BYTES] if row is None else bytes(row[0])

    def _row(self, tx: Transaction, user: str) -> Any:
        """The user's row, or a decoy's; locked until the transaction ends."""
        query = f"{_USER}{self._registry.engine.for_update}"
        row = tx.run(query, (user if is_name(user) else "",)).fetchone()
        if row is not None:
            return row
        digest = hmac.digest(tx.keys.names, user.encode("utf-8", "surrogatepass"), "sha256")
        return tx.run(query, (f"\x7f{digest[0] % DECOYS}",)).fetchone()

    # --- what follows

    def _settle(self, tx: Transaction, user: User, found: FactorMatch, rules: Policy, now: int) -> Answer:
        """Records a matching factor as used and accepts the sign-in; or counts a failure."""
        if found.reason == "ok" and self._record_use(tx, found, now):
            forgiven = (
                "" if found.method == "app-password" else ", failures = 0, wait_until = 0, locked = null"
            )
            tx.run(f"update users set signed_in = ?{forgiven} where id = ?", (now, user.id))
            return self._accepted(tx, user, found, rules)
        reason: Why = "used" if found.reason == "ok" else found.reason
        if found.account is not None and found.reason == "resync":
            expected = None if found.counter is None else stored_accounts.as_text(found.counter + 1)
            tx.run("update accounts set resync_counter = ? where id = ?", (expected, found.account.row))
        failures = (0 if user.locked is not None else user.failures) + 1
        over = failures - rules.failures_before_delay
        wait = min(rules.wait << min(over - 1, 20), rules.longest_wait) if over > 0 else 0
        locked = now if failures >= rules.tries else None
        tx.run(
            "update users set failures = ?, wait_until = ?, locked = ? where id = ?",
            (failures, now + wait if wait else 0, locked, user.id),
        )
        return Answer(False, reason, _SAID, retry_after=0 if locked else wait)

    def _record_use(self, tx: Transaction, found: FactorMatch, now: int) -> bool:
        each = found.account
        if each is None:
            condition = "" if found.method == "app-password" else " and used is null"
            record_used = f"update factors set used = ? where id = ?{condition}"
            return tx.run(record_used, (now, found.factor)).rowcount == 1
        if found.counter is None or not stored_accounts.record_used(tx.run, each.secret_id, found.counter):
            return False
        if each.account.type == "hotp":
            if each.resync_counter is not None:
                tx.run("update accounts set resync_counter = null where id = ?", (each.row,))
        elif found.offset:
            tx.run("update accounts set drift = ? where id = ?", (each.drift + found.offset, each.row))
        return True

    def _accepted(self, tx: Transaction, user: User, found: FactorMatch, rules: Policy) -> Answer:
        if found.method == "backup-code":
            remaining = left(tx.run, user.id)
            few = remaining <= rules.low_code_warning
            codes = "1 backup code is" if remaining == 1 else f"{remaining} backup codes are"
            message = f"Accepted. {codes} left." + (_ENROL if few else "")
            return Answer(True, "ok", message, found.method, left=remaining, few=few)
        each = found.account
        if each is None:
            return Answer(True, "ok", "Accepted.", found.method)
        timed = each.account.type != "hotp"
        return Answer(
            True, "ok", "Accepted.", found.method, token=each.token, counter=found.counter,
            drift=each.drift + (found.offset or 0) if timed else None,
            period=each.account.period if timed else None,
        )  # fmt: skip

    def _note(
        self,
        tx: Transaction,
        row: Any,
        user: str,
        answer: Answer,
        origin: str,
        service: str,
        now: int,
    ) -> audit_chain.Event:
        known = row[_KIND] == "person"
        detail: dict[str, str] = {"method": answer.method} if answer.ok else {"reason": answer.reason}
        if service:
            detail["service"] = _plain(service)
        if answer.token:
            detail["token"] = answer.token
        if not known:  # not the name itself: people type passwords into the wrong field
            name = b"shown\0" + user.encode("utf-8", "surrogatepass")
            detail["name"] = hmac.digest(tx.keys.names, name, "sha256")[:6].hex()
        what = "signed-in" if answer.ok else "sign-in-refused"
        event = audit_chain.Event(now, user if known else "", _plain(origin), what, detail)
        audit_chain.extend(tx.run, tx.keys, row[0], int(row[_ENTRIES]), bytes(row[_HEAD]), event)
        return event


def _plain(text: str) -> str:
    """What others gave, as the trail can have it."""
    return "".join(char if char.isprintable() else "?" for char in text[:_LONGEST])


def _denial(user: User, known: bool, origin: str, rules: Policy, now: int) -> Why | None:
    """Why no code of this user is accepted now, right or wrong; None when one may be."""
    if not known:
        return "unknown-user"
    state = user.state(rules, now)
    if state != "disabled" and not within(user.networks, origin):
        return "network"
    return None if state == "ok" else state

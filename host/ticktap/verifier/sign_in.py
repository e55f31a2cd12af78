"""Sign-in: a code is checked, recorded as used, counted and logged in one durable transaction.

An unknown name, a locked user and a wrong code take about the same time and give the same answer.
`Answer.reason` is for the service's own log; do not show it to a person who has not signed in.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from ticktap.registry import audit_chain, decoys, keys, origins, policy, stored_accounts
from ticktap.registry.database import OWN, SALT_BYTES, Transaction, factor_states, factors_digest
from ticktap.registry.engine import Execute
from ticktap.registry.factors import left
from ticktap.registry.networks import within
from ticktap.registry.policy import Policy
from ticktap.registry.registry import Registry
from ticktap.registry.sealed_row import SealedRow, Tampered, digest
from ticktap.registry.user import User
from ticktap.registry.user_names import canonical, is_name
from ticktap.verifier.factor_match import FactorMatch, ParsedInput, Subject, Why, match_factor

_OWN_ROW = """
select entries, mac, origins.since, origins.refused from users left join origins on origins.bucket = ?
where name = ?
"""
_LONGEST = 100  # characters of an address or a label in the audit log
_REFUSED = "Not accepted."
_ENROL = " Have a token enrolled, or make new codes."


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one attempt.

    Args:
        ok: whether to let the person in.
        reason: "ok", or why not. For logs only: it reveals which names exist.
        message: for the person; it reveals nothing to a stranger.
        method: the method that was used (sign_in_methods.METHODS); empty: not accepted.
        left: unused backup codes, if one was used now; else None.
        few: whether so few are left that new ones should be made.
        retry_after: seconds for which every code of this user is refused; 0: none, or unknown.
        token: the serial number of the token that made the code; empty: another factor.
        counter: the used time step or HOTP counter.
        drift: steps that the token's clock is off; negative: it is behind.
        period: the length of a time step in seconds.
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
    """Checks codes against a registry, which several threads, processes and servers may share.

    It creates the system rows of a new registry, and checks the key file.

    Args:
        registry: an open registry; its `time` is the verifier's clock.
        record_code: called after a sign-in with a time-based code, with the token's serial number, the time
            steps that its clock is ahead, the seconds of a step, and the Unix time. With
            `ticktap.clock.history.record_code`, reports show when a clock must be set.

    Raises:
        KeyFileError: the key file is missing, readable by others, or another registry's.
        RegistryError: the registry is damaged or out of reach.
    """

    def __init__(
        self, registry: Registry, record_code: Callable[[str, int, int, int], object] | None = None
    ) -> None:
        self._registry = registry
        self._record_code = record_code
        with registry.engine.reading() as run:
            ready = keys.in_use(run)
        if ready:
            with registry.reading() as tx:
                ready = bool(tx.keys.origin)
        if not ready:
            with registry.writing() as tx:
                registry.ensure_system_rows(tx)
        with registry.reading() as tx:
            self._keys = tx.keys
        self._dummy = (0, stored_accounts.dummy(self._keys, 0))
        self._settings: tuple[tuple[int, bytes], Policy] | None = None  # of a row that was checked

    def verify(
        self, user: str, code: str, *, service: str = "", origin: str = "", first_factor: bool = True
    ) -> Answer:
        """Checks one attempt. The result is durable before this returns.

        Args:
            user: the given name, whether or not there is such a user.
            code: the text as typed: a code of a token, a backup code, a temporary code or an app password.
            service: the label of a service that accepts app passwords; empty: it accepts none.
            origin: the address of the person, for the user's networks and for the audit log.
            first_factor: whether what the caller checked itself was right, such as a password. If not, the
                attempt takes as long as another, is counted as a wrong code, and uses up no code.

        Raises:
            RegistryError: the registry is damaged or out of reach. Refuse the sign-in.
        """
        user = canonical(user)
        code = code.encode("utf-8", "replace").decode()  # invalid UTF-8 is a wrong code
        parsed = ParsedInput.of(self._keys, lambda: self._salt(user), code, service)
        now = int(self._registry.time())

        def decide(run: Execute) -> tuple[Answer, audit_chain.Event]:
            tx = Transaction(run, self._keys)
            return self._decide(tx, user, parsed, service, origin, now, first_factor)

        answer, event = self._registry.engine.run_transaction(decide)
        self._registry.tell(event.who or None, event)
        if self._record_code and answer.drift is not None and answer.period is not None:
            self._record_code(answer.token, answer.drift, answer.period, now)
        return answer

    def _decide(
        self,
        tx: Transaction,
        user: str,
        parsed: ParsedInput,
        service: str,
        origin: str,
        now: int,
        first_factor: bool,
    ) -> tuple[Answer, audit_chain.Event]:
        """Does the part of an attempt that is one transaction."""
        subject = self._subject(tx, user)
        place = origins.bucket(tx.keys, origin)
        rules, since, refused = self._rules(tx, subject.row, place)
        about = subject.user
        denial = _denial(about, subject.known, origin, rules, now)
        if origins.is_over(since, refused, rules, now):
            denial = "origin"
        found = match_factor(tx, subject, parsed, rules, now)
        if not first_factor:
            found = FactorMatch("first-factor")
        counted = False
        if denial is not None:
            wait = about.wait_until - now if denial == "waiting" else 0
            answer = Answer(False, denial, _REFUSED, retry_after=wait)
        elif parsed.kind == "app-password" and not found.method:
            # Not counted: 99 bits cannot be guessed, and mail programs repeat a revoked password.
            answer = Answer(False, found.reason, _REFUSED)
        else:
            counted = True
            answer = self._settle(tx, subject, found, rules, now)
        event = self._event(tx, subject, user, answer, origin, service, now)
        audit_chain.append(tx.run, tx.keys, subject.row, event, repeats=not counted)
        subject.row.save_attempt(tx.run, tx.keys)
        if not answer.ok and place >= 0:
            origins.count(tx.run, place, rules, now)
        return answer, event

    # --- reading

    def _salt(self, user: str) -> bytes:
        """Returns the user's salt; for an unknown name one derived from the name, always the same."""
        made = hmac.digest(self._keys.names, b"salt\0" + user.encode("utf-8", "surrogatepass"), "sha256")
        with self._registry.engine.reading() as run:
            row = run("select salt from users where name = ?", (user if is_name(user) else "",)).fetchone()
        return made[:SALT_BYTES] if row is None else bytes(row[0])

    def _subject(self, tx: Transaction, user: str) -> Subject:
        """Reads and checks the row of the user, or of a decoy; locks it until the transaction ends."""
        update = self._registry.engine.for_update
        condition = f"kind = 'person' and name = ?{update}"
        row = SealedRow.read_for_attempt(tx.run, "users", condition, (user if is_name(user) else "",))
        if row is not None:
            subject = Subject(row, User.of_attempt(row.values), True, self._dummy)
        else:
            number = decoys.choose(tx.keys, user)
            row = SealedRow.read_for_attempt(tx.run, "decoys", f"id = ?{update}", (number,))
            if row is None:
                raise Tampered("a decoy user")
            nobody = User(number, "", (), (), 0, None, 0, 0, None)
            subject = Subject(row, nobody, False, (number, bytes(row["encrypted"])))
        if not row.is_genuine(tx.keys):
            raise Tampered(f"the user {user}" if subject.known else "a decoy user")
        return subject

    def _rules(self, tx: Transaction, row: SealedRow, place: int) -> tuple[Policy, int | None, int | None]:
        """Returns the settings from the registry's own row, which is checked, and not locked; and the refused
        attempts from the place, with the time of the first.

        The caller has locked `row` already, so the registry's row that is read here is not older.
        """
        found = tx.run(_OWN_ROW, (place, OWN)).fetchone()
        if found is None or row["seen"] > found[0]:
            raise Tampered("the registry's own row")
        row.set(seen=found[0])
        known = self._settings
        if known is None or known[0] != (found[0], bytes(found[1])):
            own = SealedRow.read(tx.run, "users", "name = ?", (OWN,))
            if own is None or not own.is_genuine(tx.keys):
                raise Tampered("the registry's own row")
            known = self._settings = ((own["entries"], own.mac), policy.parsed(own["settings"]))
        return known[1], found[2], found[3]

    # --- writing

    def _settle(
        self, tx: Transaction, subject: Subject, found: FactorMatch, rules: Policy, now: int
    ) -> Answer:
        """Records a matching factor as used and accepts the sign-in; or counts a failure."""
        user, row = subject.user, subject.row
        if found.reason == "ok" and self._record_use(tx, row, found, now):
            row.set(signed_in=now)
            if found.method != "app-password":
                row.set(failures=0, wait_until=0, locked=None)
            return self._accepted(tx, user, found, rules)
        reason: Why = "used" if found.reason == "ok" else found.reason
        if found.account is not None and found.reason == "resync":
            expected = None if found.counter is None else stored_accounts.as_text(found.counter + 1)
            tx.run("update accounts set resync_counter = ? where id = ?", (expected, found.account.row))
            row.set(accounts=digest(stored_accounts.states(tx.run, user.id)))
        failures = (0 if user.locked is not None else user.failures) + 1
        over = failures - rules.failures_before_delay
        wait = min(rules.wait << min(over - 1, 20), rules.longest_wait) if over > 0 else 0
        locked = now if failures >= rules.tries else None
        row.set(failures=failures, wait_until=now + wait if wait else 0, locked=locked)
        return Answer(False, reason, _REFUSED, retry_after=0 if locked else wait)

    def _record_use(self, tx: Transaction, row: SealedRow, found: FactorMatch, now: int) -> bool:
        each = found.account
        if each is None:
            condition = "" if found.method == "app-password" else " and used is null"
            record_used = f"update factors set used = ? where id = ?{condition}"
            if tx.run(record_used, (now, found.factor)).rowcount != 1:
                return False
            row.set(factors=factors_digest(tx.run, row["id"], factor_states(tx.run, row["id"])))
            return True
        counter = found.counter
        if counter is None or not stored_accounts.record_used(tx.run, each.secret_id, counter):
            return False
        name = stored_accounts.used_name(each.secret_id)
        stored_accounts.set_used(row, stored_accounts.used_by(row) | {name: stored_accounts.as_text(counter)})
        if each.account.type == "hotp":
            if each.resync_counter is None:
                return True
            tx.run("update accounts set resync_counter = null where id = ?", (each.row,))
        elif found.offset:
            tx.run("update accounts set drift = ? where id = ?", (each.drift + found.offset, each.row))
        else:
            return True
        row.set(accounts=digest(stored_accounts.states(tx.run, row["id"])))
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

    def _event(
        self,
        tx: Transaction,
        subject: Subject,
        user: str,
        answer: Answer,
        origin: str,
        service: str,
        now: int,
    ) -> audit_chain.Event:
        known = subject.known
        detail: dict[str, str] = {"method": answer.method} if answer.ok else {"reason": answer.reason}
        if service:
            detail["service"] = _plain(service)
        if answer.token:
            detail["token"] = answer.token
        if not known:  # only a hash of the name, because people type passwords into the wrong field
            name = b"shown\0" + user.encode("utf-8", "surrogatepass")
            detail["name"] = hmac.digest(tx.keys.names, name, "sha256")[:6].hex()
        what = "signed-in" if answer.ok else "sign-in-refused"
        return audit_chain.Event(now, user if known else "", _plain(origin), what, detail)


def _plain(text: str) -> str:
    """Returns a text from outside without control characters, cut to the length that the audit log stores."""
    return "".join(char if char.isprintable() else "?" for char in text[:_LONGEST])


def _denial(user: User, known: bool, origin: str, rules: Policy, now: int) -> Why | None:
    """Returns why no code is accepted from this user now, right or wrong; None: codes are checked."""
    if not known:
        return "unknown-user"
    state = user.state(rules, now)
    if state != "disabled" and not within(user.networks, origin):
        return "network"
    return None if state == "ok" else state

"""Provisions one token for one row of a manifest, and recovers from interruptions.

The order of steps makes every interruption harmless. Until the token is claimed, nothing is stored on it.
Then the progress file has its row, so that it can be reset, with a press, and started again. Once the
registry has the account too, a code of the account checks that both agree. It opens no port and does not
prompt: an `Operator` does.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from ticktap.clock import maintenance
from ticktap.device import jsonrpc
from ticktap.device import pin as pins
from ticktap.device.client import Client
from ticktap.device.known_tokens import KnownTokens
from ticktap.device.token_choice import Token
from ticktap.enrolment import bulk_import, prove
from ticktap.errors import NotFound, NotPressed, NotVerified
from ticktap.otp.account import Account, Listed
from ticktap.provisioning import eligibility
from ticktap.provisioning.context import ProvisionContext, Registry, RegistryUser, RowSource
from ticktap.provisioning.manifest import ManifestRow
from ticktap.provisioning.progress import ProgressEntry, Step

PATIENCE = 300  # seconds that a token waits for one press, its maximum; then the request is repeated
TWICE = "twice (again when its light flashes four times a second) "
PIN_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no letters that look alike
PIN_GROUPS, PIN_GROUP = 2, 5  # 49 bits

Result = TypeVar("Result")
_ONE_ARGON2 = threading.Lock()  # Argon2id needs 64 MiB each time


@dataclass
class ProvisionJob:
    """The provisioning of one token. `row` is set by the press that chooses the token."""

    token: Token
    context: ProvisionContext
    rows: RowSource
    row: ManifestRow | None = None
    _pin: str | None = field(default=None, repr=False)

    def run(self) -> ManifestRow:
        """Provisions the token; returns the finished row.

        Raises:
            Refused: the token is not eligible, the press was cancelled, or no row is left.
            TicktapError: something failed. The row continues with this token later, or with any other if it
                was not claimed yet.
        """
        context = self.context
        begun = context.progress.of_token(self.serial)
        self.row = eligibility.check(self.token, begun, self.rows, context.registry, context.master)
        if self.row is None:
            self._identify()
        elif self.token.hello["claimed"]:
            assert begun is not None  # eligibility.check
            if begun.step == "recorded" and self.row.pin == "none" and self._agreed(begun):
                self._finish(self._kept(begun), None)
                return self.row
            self._start_over()
        else:
            context.operator.chosen(self.serial, self.row)
        self._make()
        return self._of()

    @property
    def serial(self) -> str:
        """The token's serial number."""
        return str(self.token.hello["serial"])

    @property
    def _client(self) -> Client:
        return self.token.client

    def _of(self) -> ManifestRow:
        assert self.row is not None  # from _identify on
        return self.row

    # --- before the token has a row

    def _identify(self) -> None:
        """Waits for the press that chooses this token; it also allows its clock to be set."""
        self._until_pressed(lambda: self.context.operator.waits(self.serial), self._client.allow_clock)
        self.row = self._next_row()
        self.context.operator.chosen(self.serial, self.row)

    def _next_row(self) -> ManifestRow:
        """Takes the next free row; another ticktap may have started some meanwhile."""
        while row := self.rows.take():
            entry = self.context.progress.of_label(row.label)
            if entry is None:
                return row
            self.rows.give_back(row, entry)
        raise eligibility.no_row_left()

    # --- a token with an interrupted job

    def _start_over(self) -> None:
        """Erases what an interruption left; the registry's data is replaced at the end."""
        self.context.operator.note(self.serial, self._of(), "its job was interrupted; it starts again")
        KnownTokens().forget(self.serial)  # before it has lost its owner: this may be interrupted
        self._ask(TWICE + "to erase what the interruption left", self._client.reset)
        self.token = replace(self.token, hello=self._client.hello())

    def _agreed(self, begun: ProgressEntry) -> bool:
        """Whether the token makes the codes of the account that the registry has, after a press."""
        kept = self._kept_row(begun)
        if kept is None:
            return False
        eligibility.owned(self.token, self.context.master)
        listed = bulk_import.find(kept.account, map(Listed.from_reply, self._client.accounts()))
        if listed is None or listed.id != begun.number:
            return False
        try:
            reply = self._ask("to prove what was interrupted", lambda t: self._client.code(listed.id, t))
            proof = prove.prove(replace(kept.account, counter=listed.counter), reply)
        except NotVerified:
            return False
        if proof.counter is not None:
            self.context.registry.record_use(kept.row, proof.counter)
        return True

    def _kept_row(self, begun: ProgressEntry) -> Any:
        found = self.context.registry.all(self.serial)
        return next((each for each in found if each.token_id == begun.number), None)

    def _kept(self, begun: ProgressEntry) -> Account:
        account: Account = self._kept_row(begun).account
        return account

    # --- the steps

    def _make(self) -> None:
        row = self._of()
        self._pin = self._wanted_pin()
        self._set_clock()
        self.context.progress.begin(
            row.label, row.user, row.account_label, self.serial, self._known_user_id()
        )
        self._claim()
        if self._pin is not None:
            self._lock(self._pin)
        account, number, proof = self._enrol()
        self._record(account, number, proof)
        self._finish(account, self._pin if row.pin == "random" else None)

    def _wanted_pin(self) -> str | None:
        row = self._of()
        if row.pin == "none":
            return None
        if not self._client.status()["store"]["file"]:
            raise jsonrpc.exception({"code": 17}, "pin.set")
        if row.pin == "random":
            return new_pin()
        chosen = self.context.operator.new_pin(row)
        pins.check_new(chosen)
        return chosen

    def _set_clock(self) -> None:
        """Within half a minute of the press that chose the token; asks for another if it takes longer."""
        done = maintenance.sync(
            self._client,
            self.context.host,
            self.context.history,
            self.serial,
            self.context.source,
            allow=lambda: self._ask("to set its clock", self._client.allow_clock),
        )
        off = done.sync.after
        self._reached(f"clock right to {1000 * (abs(off.seconds) + off.uncertainty):.0f} ms")

    def _claim(self) -> None:
        row = self._of()
        master = self.context.master
        self._ask(
            TWICE + "to become its owner", lambda timeout: self._client.claim(master, self.serial, timeout)
        )
        KnownTokens().note_owned(self.serial)
        self.token.hello["claimed"] = True
        self._step("claimed", "claimed")
        eligibility.owned(self.token, self.context.master)
        self._client.rename_token(row.label)
        self._reached(f"called {row.label}")

    def _lock(self, pin: str) -> None:
        kdf = pins.KdfParams.new()
        with _ONE_ARGON2:
            key = pins.key(pin, kdf)
        self._ask(TWICE + "to set its PIN", lambda timeout: self._client.set_pin(key, kdf, timeout=timeout))
        self._step("locked", "PIN set")

    def _enrol(self) -> tuple[Account, int, prove.Proof]:
        row = self._of()
        account = row.account(secrets.token_bytes(row.secret_bytes))
        prove.require_clock(self._client, account)
        number, proof = self._until_pressed(
            lambda: self.context.operator.press(self.serial, row, f"to add {account.label}"),
            lambda timeout: prove.enrol(self._client, account, lambda: None, timeout),
        )
        self._step("proved", "account proved", number)
        return account, number, proof

    def _record(self, account: Account, number: int, proof: prove.Proof) -> None:
        row, registry = self._of(), self.context.registry
        user = self._user()
        forget(registry, self.serial)
        registry.tokens.record(
            self.serial,
            label=row.label,
            firmware=str(self.token.hello.get("firmware", "")),
            holder=user.name,
            seen=int(self.context.host.time()),
            pin=row.pin,
        )
        kept = registry.keep(account, self.serial, number, user=user.name)
        if proof.counter is not None:
            registry.record_use(kept, proof.counter)
        self._step("recorded", "in the registry", user_id=user.id)

    def _known_user_id(self) -> int | None:
        """Returns the number of the row's user; None if the registry does not have the user."""
        try:
            return int(self.context.registry.users.find(self._of().user).id)
        except NotFound:
            return None

    def _user(self) -> RegistryUser:
        """Returns the row's user, who is created if missing."""
        row, users = self._of(), self.context.registry.users
        policy = {"methods": row.methods, "networks": row.networks}
        given = {key: value for key, value in policy.items() if value}
        try:
            found = users.find(row.user)
        except NotFound:
            return users.add(row.user, **given)
        if any(tuple(getattr(found, key)) != value for key, value in given.items()):
            self.context.operator.note(
                self.serial, row, f"{row.user} exists already: {' and '.join(given)} are not changed"
            )
        return found

    def _finish(self, account: Account, pin: str | None) -> None:
        row = self._of()
        self.context.operator.deliver(self.serial, row, account, pin)
        self._step("done", "done")

    # --- presses and messages

    def _ask(self, why: str, call: Callable[[int], Result]) -> Result:
        return self._until_pressed(lambda: self.context.operator.press(self.serial, self._of(), why), call)

    @staticmethod
    def _until_pressed(say: Callable[[], None], call: Callable[[int], Result]) -> Result:
        """Repeats a request that waits for a press until it is pressed; returns its result."""
        while True:
            say()
            try:
                return call(PATIENCE)
            except NotPressed:
                continue

    def _step(self, step: Step, words: str, number: int | None = None, user_id: int | None = None) -> None:
        self.context.progress.reach(self._of().label, step, number, user_id)
        self._reached(words)

    def _reached(self, words: str) -> None:
        self.context.operator.reached(self.serial, self._of(), words)


def new_pin() -> str:
    """Makes a random PIN of two groups."""
    groups = ("".join(secrets.choice(PIN_LETTERS) for _ in range(PIN_GROUP)) for _ in range(PIN_GROUPS))
    return "-".join(groups)


def forget(registry: Registry, serial: str) -> None:
    """Removes a token's accounts from the registry."""
    for each in registry.all(serial):
        registry.forget(each.row)

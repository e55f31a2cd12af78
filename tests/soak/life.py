"""A token's life: presses, commands, syncs, sleeping hosts, pulled cables at random, and a model kept of it.

The same seed gives the same life. Time between sessions costs nothing, because the token is unplugged then:
ten years take as long as what is done in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

from conformance import enrol
from conformance.desk import Desk
from soak.model import Entry, invented
from ticktap.errors import Refused, TicktapError

LEAST, MOST = 3, 40  # accounts
HEAP_SLACK = (
    12_000  # bytes; hashes are imported when an account first needs them (9 KB), and accounts take some
)
TYPED_MS = 6000  # a guard of 2 s, and time to type
TRUE_TO_S = 1.5  # after setting the clock
MOST_PPM = 3.5  # DS3231 data sheet, -40 to +85 degrees


class Broken(AssertionError):
    """What must hold does not; the text says what, and after what."""


class Life:
    """Of a token on a desk, blank at first. `done` counts what was done."""

    def __init__(self, desk: Desk, seed: int) -> None:
        self.desk = desk
        self.chance = Random(seed)
        self.done: Counter[str] = Counter()
        self.model: list[Entry] = []
        self._named = 0
        self._heap: int | None = None
        self.heap = 0, 0  # bytes free at the first check and at the last
        self._damaged = 0  # torn records, by power cuts; see `_cut`
        self._actions: dict[str, tuple[int, Callable[[], None]]] = {
            "press": (40, self.press),
            "code on request": (10, self.ask_code),
            "listing": (8, self.check),
            "sync": (6, self.sync),
            "account added": (5, self.add),
            "account removed": (4, self.remove),
            "account renamed": (4, self.rename),
            "default chosen": (6, self.choose_default),
            "locks changed": (6, self.change_locks),
            "host asleep": (4, self.sleep),
            "port reopened": (4, self.reopen),
            "cable pulled in a press": (2, self.cut_press),
            "cable pulled in a command": (1, self.cut_command),
        }
        while len(self.model) < LEAST:
            self.add()

    # -- time

    def session(self, actions: int) -> None:
        """Some actions, then everything is checked."""
        weights = [weight for weight, _ in self._actions.values()]
        for name in self.chance.choices(list(self._actions), weights, k=actions):
            self.done[name] += 1
            try:
                self._actions[name][1]()
            except (Broken, TicktapError, OSError, TimeoutError) as error:
                raise Broken(f"{name} (number {self.done.total()}): {error!r}") from error
        self.check()

    def away(self, ms: float) -> None:
        """The token lies in a drawer."""
        self.desk.set_drift(self.chance.uniform(-MOST_PPM, MOST_PPM))
        self.desk.replug(away_ms=ms)
        self.done["replug"] += 1
        self.check()

    # -- actions

    def press(self) -> None:
        self.desk.token.advance(self.chance.uniform(50, 400))
        entry = self._default()
        since = self.desk.clock
        self.desk.token.clear_typed()
        self.desk.token.press(ms=self.chance.uniform(45, 400))
        typed = self.desk.token.advance_until(lambda: len(self.desk.token.typed) >= entry.digits, TYPED_MS, 8)
        self.desk.token.advance(120)
        self._right(entry, self.desk.token.typed if typed else "nothing", since)

    def ask_code(self) -> None:
        entry = self.chance.choice(self.model)
        since = self.desk.clock
        code = self.desk.waiting("code.get", id=entry.id)
        if code.get("error") == 2:
            return self._compact()
        return self._right(entry, code["result"]["code"], since)

    def sync(self) -> None:
        self._or_compact(self._set_clock)
        if abs(self.desk.clock - self.desk.world) > TRUE_TO_S:
            raise Broken(f"the clock is {self.desk.clock - self.desk.world:.1f} s off after it was set")

    def _set_clock(self) -> None:
        enrol.allow_clock(self.desk.token, self.desk.client)
        self.desk.client.set_clock(round(self.desk.world))  # the time after the press

    def add(self) -> None:
        if len(self.model) >= MOST:
            return self.remove()
        self._named += 1
        entry = invented(self.chance, self._named)
        return self._or_compact(lambda: self._add(entry))

    def _add(self, entry: Entry) -> None:
        entry.id = self.desk.add(entry.name, entry.secret, **entry.params())
        self.model.append(entry)

    def remove(self) -> None:
        if len(self.model) <= LEAST:
            return self.add()
        entry = self.chance.choice(self.model)
        return self._or_compact(lambda: self._remove(entry))

    def _remove(self, entry: Entry) -> None:
        self.desk.remove(entry.id)
        self.model.remove(entry)

    def rename(self) -> None:
        entry = self.chance.choice(self.model)
        self._named += 1
        name = f"renamed{self._named}"
        self._or_compact(lambda: self.desk.client.rename(entry.id, "Example", name))
        entry.name = name

    def choose_default(self) -> None:
        entry = self.chance.choice(self.model)
        self._or_compact(lambda: self.desk.client.default(entry.id))

    def change_locks(self) -> None:
        self.desk.token.set_locks(num_lock=self.chance.random() < 0.7)
        self.desk.token.advance(50)

    def sleep(self) -> None:
        """A press for a host that sleeps types nothing, then or later, and uses up no counter."""
        self.desk.token.host.suspended = True
        self.desk.token.advance(self.chance.uniform(50, 500))
        self.desk.token.clear_typed()
        self.desk.token.press()
        self.desk.token.advance(500)
        self.desk.token.host.suspended = False
        self.desk.token.advance(600)
        if self.desk.token.typed:
            raise Broken("a sleeping host was typed to")
        self._read_counters()

    def reopen(self) -> None:
        self.desk.port.close()
        self.desk.token.advance(self.chance.uniform(10, 200))
        self.desk.connect()

    def cut_press(self) -> None:
        entry = self._default()
        self.desk.token.press()
        self.desk.token.advance(self.chance.uniform(0, 120))
        entry.unsure = entry.type == "hotp"
        self._cut()
        self._read_counters()

    def cut_command(self) -> None:
        """Afterwards the account is renamed or it is not, and nothing else has changed."""
        entry = self.chance.choice(self.model)
        self._named += 1
        name = f"cut{self._named}"
        self.desk.send("account.rename", id=entry.id, issuer="Example", name=name)
        self.desk.token.advance(self.chance.uniform(0, 30))
        self._cut()
        if name in [each["name"] for each in self.desk.client.accounts()]:
            entry.name = name

    def _cut(self) -> None:
        """The power goes: a record that was being written may be left torn, and is told of from then on."""
        self.desk.replug(away_ms=500)
        damaged = self.desk.client.status()["store"]["damaged"]
        if damaged > self._damaged + 1:
            raise Broken(f"a cut damaged {damaged - self._damaged} records")
        self.done["record torn by a cut"] += damaged > self._damaged
        self._damaged = damaged

    # -- what must hold

    def check(self) -> None:
        """The token has what the model has, met no error, and its heap is what it was."""
        listed = self.desk.client.accounts()
        found = [(each["id"], each["name"], each["type"], each["counter"]) for each in listed]
        wanted = [(each.id, each.name, each.type, each.counter) for each in self.model]
        if sorted(found) != sorted(wanted):
            raise Broken(f"listed {found}, the model has {wanted}")
        status = self.desk.client.status()
        damaged = status["store"]["damaged"] > self._damaged
        if status["faults"] or damaged or status["store"]["state"] != "ok":
            raise Broken(f"status {status['faults']} {status['fault']} {status['store']}")
        if status["clock"]["state"] != "ok":
            raise Broken(f"clock {status['clock']}")
        if self._heap is None:
            self._heap = status["free_heap"]
        if status["free_heap"] < self._heap - HEAP_SLACK:
            raise Broken(f"free heap {status['free_heap']}, at first {self._heap}")
        self.heap = self._heap, status["free_heap"]

    def _right(self, entry: Entry, code: str, since: float) -> None:
        """The code is one of the account's, and a counter is used up."""
        if code not in entry.codes(since, self.desk.clock):
            raise Broken(f"a wrong code of {len(code)} characters for {entry.type} {entry.algorithm}")
        self.done["codes checked"] += 1
        entry.counter += entry.type == "hotp"

    def _read_counters(self) -> None:
        """After a cut in a press a counter may have been used, once; no other may have moved."""
        listed = {each["id"]: each["counter"] for each in self.desk.client.accounts()}
        for entry in self.model:
            moved = listed.get(entry.id, -1) - entry.counter
            if moved not in ((0, 1) if entry.unsure else (0,)):
                raise Broken(f"the counter of {entry.id} moved by {moved}")
            entry.counter += moved
            entry.unsure = False

    def _default(self) -> Entry:
        chosen = [each["id"] for each in self.desk.client.accounts() if each["default"]]
        for entry in self.model:
            if [entry.id] == chosen:
                return entry
        raise Broken(f"the default account is {chosen}, the model has {[each.id for each in self.model]}")

    def _or_compact(self, action: Callable[[], object]) -> None:
        enrol.allow_changes(self.desk.token, self.desk.client)  # it ends when a host sleeps, and with time
        try:
            action()
        except Refused:
            self._compact()
            action()

    def _compact(self) -> None:
        """What the owner of a full log has to do."""
        self.done["log compacted"] += 1
        reply = self.desk.waiting("store.compact")
        if "error" in reply:
            raise Broken(f"compacting: {reply}")

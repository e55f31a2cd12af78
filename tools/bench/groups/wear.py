"""Flash erases in a year of typical use, counted by the simulator's flash chip."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.board import account
from bench.row import Row
from bench.run import Run, built_drive
from conformance import enrol
from ticktap.clock import sync
from ticktap.device.client import Client
from ticktap.errors import TicktapError
from ticktap.otp.account import Account
from ticktap.simulator import VirtualToken
from ticktap.simulator.jittery_port import SimulatedHostTime
from ticktap.simulator.parts.flash import SECTOR

TITLE = "Wear"
ABOUT = (
    "Years on the simulated flash chip: plugged in every day, presses for two TOTP and three HOTP codes,"
    " a clock sync every week, an account added and another removed every month, the log compacted when it is"
    " full. A press for a TOTP code writes nothing, so their number does not matter. And a day of a program"
    " that writes sync notes as fast as the token takes them."
)
EMULATED = False

RATED = 100_000  # program/erase cycles a sector, W25Q16JV data sheet
DAYS_A_YEAR, DAY_MS = 365, 86_400_000
TOTP_A_DAY, HOTP_A_DAY = 2, 3
YEARS_BUDGET = 100
YEARS_ATTACKED = 10  # under attack without a pause
NOTE = "1795348800 1 -250 120 1000 100 0"  # of a sync, in the form of docs/protocol.md
PRESS_AFTER_MS = 1_200  # the token shows for a second what a press is for
ADVERSARY_HOURS = 24
WRITTEN_BY = 100  # presses for the row on what a TOTP code writes


def rows(run: Run) -> Iterator[Row]:
    years = run.count(3, 10)
    for what, store_file in (("", False), (", with a store file", True)):
        with _token(store_file) as worn:
            for day in range(years * DAYS_A_YEAR):
                worn.day(day)
            erases = worn.most_erased / years
            life = f"{RATED / erases:,.0f} years" if erases else "no end"
            yield Row(
                f"erases a year of the most erased sector{what}",
                erases,
                "",
                RATED / YEARS_BUDGET,
                0,
                "nothing is written",
                f"{years} years; {RATED:,} are rated: {life}; {worn.programs} page programs",
            )
    for what, store_file in (("", False), (", with a store file", True)):
        with _token(store_file) as worn:
            done = worn.attacked(ADVERSARY_HOURS)
            erases = worn.most_erased * 24 / ADVERSARY_HOURS
            life = f"{RATED / erases / DAYS_A_YEAR:,.0f} years" if erases else "no end"
            yield Row(
                f"erases a day of the most erased sector by a program that writes without a press{what}",
                erases,
                "",
                RATED / DAYS_A_YEAR / YEARS_ATTACKED,
                0,
                "nothing is written",
                f"{ADVERSARY_HOURS} h, {done} notes accepted; {RATED:,} are rated: {life}",
            )
    with _token(False) as worn:
        before = worn.programs
        worn.press(WRITTEN_BY)
        yield Row(
            f"page programs by {WRITTEN_BY} presses for TOTP codes",
            worn.programs - before,
            "",
            0,
            0,
            "nothing is written",
        )


@contextmanager
def _token(store_file: bool) -> Iterator[_Worn]:
    with VirtualToken(built_drive(store_file=store_file)) as token:
        yield _Worn(token)


class _Worn:
    """A token in use, with two accounts; counts erases and page programs of its flash since these were
    added."""

    def __init__(self, token: VirtualToken) -> None:
        self._token = token
        client = self._client()
        self._sync(client)
        client.add(account(0).to_params())
        counted = Account("Example", "counted", bytes(range(20)), "hotp", "SHA1", 6, 0, 0, "none")
        self._hotp = client.add(counted.to_params())
        self._newest = client.add(account(1).to_params())
        client.close()
        self._erased = {sector: token.flash.erases_of(sector) for sector in range(token.flash.size // SECTOR)}

    @property
    def most_erased(self) -> int:
        return max(self._token.flash.erases_of(sector) - before for sector, before in self._erased.items())

    @property
    def programs(self) -> int:
        return self._token.flash.operations - self._token.flash.erases

    def day(self, number: int) -> None:
        """One day, ending with a night without power."""
        client = self._client()
        if number % 30 == 0:
            self._do(client, lambda: self._replace(client, number))
        if number % 7 == 0:
            self._do(client, lambda: self._sync(client))
        self.press(TOTP_A_DAY)
        for _ in range(HOTP_A_DAY):
            self._do(client, lambda: self._code(client))
        client.close()
        self._token.unplug()
        self._token.advance(DAY_MS)
        self._token.plug()

    def attacked(self, hours: int) -> int:
        """A program writes sync notes as often as the token takes one.
        Returns the number of accepted notes.
        """
        client, done = Client(self._token.open()), 0
        until = self._token.ms + hours * 3_600_000
        while self._token.ms < until:
            try:
                client.note_sync(NOTE)
                done += 1
            except TicktapError:
                self._token.advance(10_000)
        client.close()
        return done

    def press(self, count: int) -> None:
        """Types codes of the default account, one after the other."""
        for _ in range(count):
            self._token.clear_typed()
            self._token.press()
            typed = self._token.advance_until(lambda: len(self._token.typed) == 6, 5_000, 10)
            assert typed, "the token waits only for the end of a step"
            self._token.advance(300)

    def _replace(self, client: Client, number: int) -> None:
        new = client.add(account(number).to_params())
        enrol.remove(self._token, client, self._newest)
        self._newest = new

    def _sync(self, client: Client) -> None:
        def press() -> None:
            self._token.press_later(PRESS_AFTER_MS)
            client.allow_clock()

        sync.sync(client, SimulatedHostTime(lambda: self._token.unix, self._token.advance), press)
        client.note_sync(NOTE)

    def _code(self, client: Client) -> None:
        self._token.press_later(PRESS_AFTER_MS)
        client.code(self._hotp)

    def _do(self, client: Client, action: Callable[[], object]) -> None:
        """Performs an action; if the log is full, it is compacted first, as the user must do."""
        try:
            action()
        except TicktapError:
            self._token.advance(300)
            self._token.press_later(PRESS_AFTER_MS)
            client.compact()
            self._token.advance(300)
            action()
        self._token.advance(300)

    def _client(self) -> Client:
        client = Client(self._token.open())
        enrol.allow_changes(self._token, client)
        return client

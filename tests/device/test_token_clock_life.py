"""A clock over its life: set over an uneven line, left alone, trimmed, confirmed, looked at in a month."""

import random

import pytest

from ticktap.clock import aging_trim, maintenance
from ticktap.clock import sync as clock_sync
from ticktap.clock.history import ClockHistory
from ticktap.clock.host_sync_status import HostSyncStatus
from ticktap.device.client import Client
from ticktap.errors import ClockNotSettled, ClockUntrusted, Refused
from ticktap.simulator.crystal import Crystal
from ticktap.simulator.jittery_port import JitteryPort, SimulatedHostTime

SOURCE = HostSyncStatus("chrony", True, 0.001)
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
SERIAL = "A"


class Owner:
    """Somebody with a token, a computer that is right, an uneven line, and a drawer."""

    def __init__(self, token, path, low=0.0, high=0.0):
        self.token, self.path = token, path
        self.range = low, high
        self.presses = 0
        self.host = SimulatedHostTime(lambda: token.unix, token.advance)

    def connected(self, work):
        """`work(client, history)` over a port that is closed afterwards."""
        port = JitteryPort(self.token.open(), self.token.advance, *self.range, seed=7)
        with ClockHistory.open(self.path) as history, Client(port) as client:
            return work(client, history)

    def sync(self, **how):
        return self.connected(lambda client, history: self._sync(client, history, **how))

    def _sync(self, client, history, host=None, **how):
        def press():
            self.presses += 1
            self.token.press_later(1200)
            client.allow_clock()

        return maintenance.sync(client, host or self.host, history, SERIAL, SOURCE, **{"allow": press, **how})

    def drawer(self, ms, celsius=22.0):
        """Unplugged for so long, at a temperature."""
        self.token.unplug()
        self.token.rtc.temperature = celsius
        self.token.advance(ms)
        self.token.plug()
        self.token.advance(2_000)

    def trim(self):
        """What `clock trim --write` does."""

        def work(client, history):
            seen, now = maintenance.read_history(client, history, SERIAL), client.clock()
            found = aging_trim.propose(seen, now["aging"], now["temperature"])
            if not found.why_not:

                def press():
                    self.token.press_later(1200)
                    client.allow_clock()

                maintenance.write_aging(client, self.host, history, SERIAL, seen, found.aging, press)
            return found

        return self.connected(work)

    @property
    def off(self):
        """Seconds, as only the simulation knows them."""
        return self.token.rtc.unix - self.token.unix


@pytest.fixture
def owner(desk, tmp_path):
    desk.close()
    return Owner(desk.token, tmp_path / "clocks.db")


@pytest.mark.parametrize("seed", range(3))
def test_a_sync_over_an_uneven_line_is_within_the_goal(owner, seed):
    owner.range = 1.0, 20.0
    owner.token.rtc.set(owner.token.unix + random.Random(seed).uniform(-3, 3))
    owner.drawer(HOUR_MS)
    done = owner.sync()
    assert abs(owner.off) <= clock_sync.GOAL
    assert abs(done.sync.after.seconds - owner.off) <= done.sync.after.uncertainty
    assert owner.presses <= 1


def test_a_second_sync_needs_no_press_and_may_leave_it_alone(owner):
    owner.token.rtc.set(owner.token.unix + 40)
    owner.drawer(HOUR_MS)
    owner.sync()
    assert any(owner.sync().sync.kept for _ in range(8))  # not each one
    assert owner.presses == 1
    owner.token.rtc.ppm = 2.0
    owner.drawer(DAY_MS)
    assert not owner.sync().sync.kept
    assert owner.presses == 1
    assert abs(owner.off) <= clock_sync.GOAL


def test_two_syncs_a_trim_and_a_confirmation(owner):
    owner.token.rtc.crystal = Crystal(error=-2.37, tilt=0.05)
    owner.sync()
    assert "sync" in owner.trim().why_not
    owner.drawer(28 * HOUR_MS)
    owner.sync()
    found = owner.trim()
    assert (found.aging, owner.token.rtc.aging) == (-24, -24)
    assert found.rate == pytest.approx(-2.38, abs=0.1)
    owner.drawer(28 * HOUR_MS)
    assert owner.sync().judged == "better"
    before = owner.off
    owner.drawer(30 * DAY_MS)
    assert abs(owner.off - before) / (30 * 86400) * 1e6 < 0.15

    def look(client, history):
        seen, now = maintenance.read_history(client, history, SERIAL), client.clock()
        return maintenance.forecast(seen, owner.host.time(), now["aging"], now["state"], owner.off)

    view = owner.connected(look)
    assert abs(view.rate.rate) < 0.2
    assert view.synced == pytest.approx(owner.token.unix - 30 * 86400, abs=20)
    assert view.earliest > owner.token.unix + 300 * 86400
    assert view.battery_failed is False


def test_a_trim_that_made_it_worse_is_taken_back(owner):
    owner.token.rtc.ppm = 1.0
    owner.sync()
    owner.drawer(28 * HOUR_MS)
    owner.sync()
    assert owner.trim().aging == 10
    owner.token.rtc.ppm = 5.0  # as if the register worked the wrong way round
    owner.drawer(28 * HOUR_MS)
    done = owner.sync()
    assert (done.judged, done.undone) == ("worse", 0)
    assert owner.token.rtc.aging == 0


def test_a_trim_that_nobody_takes_back_is_asked_for_again(owner):
    owner.token.rtc.ppm = 1.0
    owner.sync()
    owner.drawer(28 * HOUR_MS)
    owner.sync()
    owner.trim()
    owner.token.rtc.ppm = 5.0

    def nobody():
        raise Refused("nobody pressed")

    owner.drawer(28 * HOUR_MS)
    done = owner.sync(allow=nobody)
    assert (done.judged, done.undone, done.noted) == ("worse", None, True)
    assert owner.token.rtc.aging == 10
    assert abs(owner.off) <= clock_sync.GOAL
    owner.drawer(28 * HOUR_MS)
    assert owner.sync().undone == 0
    assert owner.token.rtc.aging == 0


def test_a_setting_that_nobody_noted_spoils_no_estimate(owner):
    """Somebody sets it on the way, on a computer that leaves no note."""
    owner.token.rtc.ppm = 2.0
    owner.sync()
    owner.drawer(20 * DAY_MS)

    def elsewhere(client, history):
        def press():
            owner.token.press_later(1200)
            client.allow_clock()

        clock_sync.sync(client, owner.host, press)

    owner.connected(elsewhere)
    owner.drawer(2 * DAY_MS)
    done = owner.sync()
    view = maintenance.forecast(done.observations, owner.host.time(), 0, "ok", 0.0)
    assert view.rate.intervals == 0
    owner.drawer(2 * DAY_MS)
    done = owner.sync()
    view = maintenance.forecast(done.observations, owner.host.time(), 0, "ok", 0.0)
    assert (view.rate.intervals, view.rate.rate) == (1, pytest.approx(2.0, abs=0.1))


def test_another_computer_takes_over_from_the_tokens_note(owner, tmp_path):
    owner.token.rtc.ppm = -1.5
    owner.sync()
    owner.drawer(3 * DAY_MS)
    owner.sync()
    other = Owner(owner.token, tmp_path / "other.db")
    other.drawer(3 * DAY_MS)
    done = other.sync()
    assert [each.source for each in done.observations][:2] == ["another computer", "another computer"]
    view = maintenance.forecast(done.observations, other.host.time(), 0, "ok", 0.0)
    assert view.rate.rate == pytest.approx(-1.5, abs=0.05)
    assert view.rate.intervals == 2


def test_a_battery_that_failed_is_known(owner):
    owner.sync()
    owner.token.rtc.battery = False
    owner.drawer(DAY_MS)
    owner.token.rtc.battery = True
    done = owner.sync()
    assert done.sync.state_before == "stopped"
    assert maintenance.forecast(done.observations, owner.host.time(), 0, "ok", 0.0).battery_failed is True


def test_a_computer_behind_the_last_sync_is_refused(owner):
    owner.sync()
    wrong = SimulatedHostTime(lambda: owner.token.unix, owner.token.advance, error=-7200.0)
    with pytest.raises(ClockUntrusted, match="before the last sync"):
        owner.sync(host=wrong)
    assert abs(owner.off) < 0.1
    owner.sync(host=wrong, anyway=True)
    assert owner.off == pytest.approx(-7200, abs=0.01)


class WrongHost(SimulatedHostTime):
    """A computer whose clock runs `ppm` fast."""

    def __init__(self, token, ppm):
        super().__init__(lambda: token.unix, token.advance)
        self._began, self._ppm = token.unix, ppm

    def time(self):
        now = super().time()
        return now + (now - self._began) * self._ppm / 1e6


@pytest.mark.parametrize("ppm", [100_000, -100_000])
@pytest.mark.parametrize("wrong", ["chip", "computer"])
def test_clocks_that_run_apart_are_not_set_for_ever(owner, ppm, wrong):
    owner.sync()
    sets = owner.connected(lambda client, history: client.clock()["sets"])
    host = owner.host
    if wrong == "chip":
        owner.token.rtc.ppm = ppm
    else:
        host = WrongHost(owner.token, -ppm)
    owner.token.advance(3_000)
    with pytest.raises(ClockNotSettled) as failure:
        owner.sync(host=host)
    data = failure.value.data
    assert data["rate_ppm"] == pytest.approx(ppm, rel=0.15)
    assert 1 <= data["settings"] <= clock_sync.HANDFUL
    now = owner.connected(lambda client, history: client.clock()["sets"])
    assert now - sets == data["settings"]

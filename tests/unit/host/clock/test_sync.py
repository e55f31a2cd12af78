"""Setting the clock: the second begins on token and host at once, and the report says how nearly."""

import pytest

from support.fake_port import START, FakePort, FakeTime, FakeToken
from ticktap.clock import host_sync_status, sync
from ticktap.device.client import Client
from ticktap.errors import ClockGuarded, ClockUntrusted


def token_with(error=0.0, latency=0.001, state="ok", allowed=True):
    token = FakeToken()
    token.clock_error, token.clock_state, token.clock_allowed = error, state, allowed
    return token, Client(FakePort(token, latency)), token.time


@pytest.mark.parametrize("error", [-86400.3, -1.5, -0.2, 0.0, 0.4, 37.9])
@pytest.mark.parametrize("latency", [0.0002, 0.004, 0.03])
def test_offset_is_right_within_its_uncertainty(error, latency):
    token, client, host = token_with(error, latency)
    found = sync.offset(client, host)
    # 0.25 microseconds: what a float of unix seconds can tell apart
    assert abs(found.seconds - error) <= found.uncertainty + 1e-6
    assert found.uncertainty <= 2 * latency + 1e-6


@pytest.mark.parametrize("start", [START, START + 0.7499, START + 0.73, 1800000000.0])
@pytest.mark.parametrize("latency", [0.0002, 0.004, 0.03])
def test_sync_lands_on_the_second(start, latency):
    token, client, host = token_with(error=12.3, latency=latency)
    host.now = start
    done = sync.sync(client, host)
    assert abs(token.clock_error) < 0.002, "the request arrives as the second begins"
    assert abs(done.after.seconds - token.clock_error) <= done.after.uncertainty + 1e-6
    assert abs(done.before.seconds - 12.3) <= done.before.uncertainty + 1e-6
    assert token.clock_sets == [done.unix]
    assert done.round_trip == pytest.approx(2 * latency, abs=1e-6)


@pytest.mark.parametrize("state", ["stopped", "early"])
def test_sync_revives_a_clock_that_lost_its_time(state):
    token, client, host = token_with(state=state)
    done = sync.sync(client, host)
    assert (done.before, done.state_before) == (None, state)
    assert token.clock_state == "ok"


@pytest.mark.parametrize(("error", "state"), [(12.3, "ok"), (-2.5, "ok"), (0.0, "stopped"), (0.0, "early")])
def test_a_large_move_is_allowed_once_and_then_made(error, state):
    token, client, host = token_with(error, state=state, allowed=False)
    asked = []

    def allow():
        asked.append(host.now)
        client.allow_clock()

    sync.sync(client, host, allow)
    assert len(asked) == 1
    assert abs(token.clock_error) < 0.002
    assert [name for name, _ in token.calls if name.startswith("clock.") and name != "clock.get"] == [
        "clock.set",
        "clock.allow",
        "clock.set",
    ]


def test_a_large_move_that_nobody_allows_is_not_made():
    token, client, host = token_with(error=12.3, allowed=False)
    with pytest.raises(ClockGuarded, match="left: 2000 ms"):
        sync.sync(client, host)
    assert (token.clock_sets, token.clock_error) == ([], 12.3)


@pytest.mark.parametrize("error", [1.5, -1.5])
def test_a_small_move_asks_nobody(error):
    token, client, host = token_with(error, allowed=False)
    sync.sync(client, host, lambda: pytest.fail("asked for a press"))
    assert client.clock()["moved_ms"] == pytest.approx(-1000 * error, abs=50)


@pytest.mark.parametrize("state", ["absent", "bus"])
def test_sync_says_when_the_chip_does_not_take_the_time(state):
    _, client, host = token_with(state=state)
    with pytest.raises(ClockUntrusted, match=f"clock was not set .*{state}") as failure:
        sync.sync(client, host)
    assert "wires" in failure.value.remedy


@pytest.mark.parametrize("waits", [[0.3], [0.3, 1.8]])
def test_tries_that_come_late_are_repeated(waits):
    """The token stores its record first. If that moves a full log to the store file, it takes seconds."""
    token, client, host = token_with(error=12.3)
    set_clock, left = token.do_clock_set, list(waits)

    def late(unix):
        host.sleep(left.pop(0) if left else 0)
        return set_clock(unix)

    token.do_clock_set = late
    done = sync.sync(client, host)
    assert len(token.clock_sets) == len(waits) + 1
    assert abs(done.after.seconds) < 0.01


def test_a_constant_delay_is_known_after_one_setting():
    """A setting takes longer than a reading, because the token stores it first."""
    token, client, host = token_with(error=12.3)
    set_clock = token.do_clock_set

    def late(unix):
        host.sleep(0.016)
        return set_clock(unix)

    token.do_clock_set = late
    done = sync.sync(client, host)
    assert len(token.clock_sets) == 2
    assert abs(done.after.seconds) < 0.002


def test_a_clock_that_ends_up_wrong_is_never_called_set():
    token, client, host = token_with(error=12.3)

    def wrong(unix):
        token.clock_error = 5.0
        return token.do_clock_get()

    token.do_clock_set = wrong
    with pytest.raises(ClockUntrusted, match=r"off right after it was set"):
        sync.sync(client, host)


def test_a_clock_that_stands_still_is_noticed():
    token, client, host = token_with()
    token.unix = lambda: 1800000000
    with pytest.raises(ClockUntrusted, match="has stopped"):
        sync.offset(client, host)


def test_a_clock_that_stops_meanwhile_is_noticed():
    token, client, host = token_with(state="stopped")
    with pytest.raises(ClockUntrusted, match="stopped"):
        sync.offset(client, host)


@pytest.mark.parametrize("now", [0.0, sync.RELEASED - 1, sync.LAST + 1.0])
def test_an_impossible_host_clock_sets_nothing(now):
    token, client, host = token_with()
    host.now = now
    with pytest.raises(ClockUntrusted, match="this computer's clock"):
        sync.sync(client, host)
    assert token.calls == []


@pytest.mark.parametrize("now", [sync.RELEASED, sync.LAST])
def test_the_limits_of_a_possible_host_clock(now):
    assert sync.checked_host_time(FakeTime(float(now))) == now


def test_the_release_time_is_the_firmwares():
    from fob import version

    assert sync.RELEASED == version.BUILT


@pytest.mark.parametrize(
    ("mark", "name"),
    [
        ("run/systemd/timesync/synchronized", "systemd-timesyncd"),
        ("run/chrony/chronyd.pid", "chrony"),
        ("run/ntpd.pid", "ntpd"),
        ("run/other", "unknown"),
    ],
)
def test_the_keeper_of_a_linux_clock_is_known_by_its_file(tmp_path, mark, name):
    (tmp_path / mark).parent.mkdir(parents=True)
    (tmp_path / mark).touch()
    assert host_sync_status.read_status("linux", tmp_path, lambda command: "").name == name


@pytest.mark.parametrize(
    ("platform", "name"), [("darwin", "timed"), ("win32", "w32time"), ("plan9", "unknown")]
)
def test_other_systems_do_not_tell_whether_they_are_synchronised(platform, name):
    assert host_sync_status.read_status(platform, run=lambda command: "") == host_sync_status.HostSyncStatus(
        name, None
    )


def test_the_system_clock_is_a_host_time():
    host = sync.SystemTime()
    before = host.time()
    host.sleep(-1)
    assert host.time() >= before

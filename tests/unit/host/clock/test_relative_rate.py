"""Two clocks that run apart: few settings, then an error that says what was measured."""

import pytest

from support.fake_port import FakePort, FakeToken
from ticktap.clock import relative_rate, sync, system_time
from ticktap.device.client import Client
from ticktap.errors import ClockNotSettled, ClockUntrusted


class Apart(FakeToken):
    """A token whose clock runs `ppm` faster than the host's."""

    def __init__(self, ppm, fine):
        self._ppm, self._error, self._since = ppm, 0.0, 0.0
        super().__init__()
        self.fine, self.clock_allowed = fine, True

    @property
    def clock_error(self):
        return self._error + (self.time.now - self._since) * self._ppm / 1e6

    @clock_error.setter
    def clock_error(self, seconds):
        self._error, self._since = seconds, self.time.now if hasattr(self, "time") else 0.0


@pytest.mark.parametrize("ppm", [100_000, -100_000, 30_000, 0])
@pytest.mark.parametrize("latency", [0.0005, 0.02])
def test_the_rate_is_right_within_its_uncertainty(ppm, latency):
    token = Apart(ppm, fine=False)
    rate = relative_rate.measured(Client(FakePort(token, latency)), token.time)
    assert abs(rate.ppm - ppm) <= rate.doubt_ppm + 1
    assert rate.apart == (ppm != 0)


@pytest.mark.parametrize("fine", [True, False])
@pytest.mark.parametrize("ppm", [100_000, -100_000])
@pytest.mark.parametrize("latency", [0.001, 0.02])
def test_clocks_that_run_apart_are_set_a_handful_of_times(fine, ppm, latency):
    token = Apart(ppm, fine)
    token.clock_error = 1.3
    with pytest.raises(ClockNotSettled, match="faster" if ppm > 0 else "slower") as failure:
        sync.sync(Client(FakePort(token, latency)), token.time)
    error = failure.value
    assert (error.exit_code, error.kind) == (8, "clock")
    assert 2 <= len(token.clock_sets) <= sync.HANDFUL
    assert error.data["settings"] == len(error.data["offsets_ms"]) == len(token.clock_sets)
    assert error.data["rate_ppm"] == pytest.approx(ppm, abs=error.data["rate_uncertainty_ppm"] + 1)
    assert any(abs(each) > 5 for each in error.data["offsets_ms"])
    assert "being adjusted" in error.remedy
    assert f"{error.data['rate_ppm']:+d} ppm" in ClockNotSettled.text(error.data)


def test_a_clock_that_is_never_right_is_not_set_for_ever():
    """Each setting leaves it 0.3 s off, now fast and now slow, and it runs at the right rate."""
    token = Apart(0, fine=True)
    token.clock_error = 0.02
    set_clock = token.do_clock_set

    def wrong(unix):
        set_clock(unix)
        token.clock_error += 0.3 if len(token.clock_sets) % 2 else -0.3
        return token.do_clock_get()

    token.do_clock_set = wrong
    with pytest.raises(ClockNotSettled, match="off right after it was set") as failure:
        sync.sync(Client(FakePort(token)), token.time)
    assert len(token.clock_sets) == sync.MOST_SETTINGS
    assert {abs(round(each, -1)) for each in failure.value.data["offsets_ms"]} == {300}
    assert abs(failure.value.data["rate_ppm"]) <= failure.value.data["rate_uncertainty_ppm"]


def test_a_host_clock_that_is_set_back_ends_the_wait():
    class SetBack:
        now, sleeps = 100.0, 0

        def time(self):
            return self.now

        def sleep(self, seconds):
            self.sleeps += 1
            self.now -= 3600.0

    host = SetBack()
    with pytest.raises(ClockUntrusted, match="was set back during the sync"):
        system_time.sleep_until(host, 101.0)
    assert host.sleeps == 1

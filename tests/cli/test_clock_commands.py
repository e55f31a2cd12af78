"""clock show, sync, history, trim and what verify adds to the record, in words and files."""

import time

import pytest

from cli.command import SECRET, URI
from cli.guarded import give_owner
from ticktap.clock import host_sync_status
from ticktap.clock.drift import Observation
from ticktap.clock.history import ClockHistory
from ticktap.clock.sync_note import to_note
from ticktap.otp import code_check
from ticktap.otp.account import Account

SERIAL = "DE6312"
DAY = 86400


@pytest.fixture
def history(ticktap):
    """The record that the command keeps."""
    with ClockHistory.open(ticktap.home / "kept" / "clocks.db") as opened:
        yield opened


def syncs(history, ppm, *days_ago):
    """Syncs of a clock at a steady rate, the last of them now or some days ago."""
    now, last = round(time.time()), None
    for days in days_ago:
        unix = now - round(days * DAY)
        before = None if last is None else (unix - last) * ppm / 1e6
        history.add(SERIAL, Observation(unix, "sync", before, 0.0, 0.003, 22.0, 0))
        last = unix


def test_a_new_token_is_known_by_the_data_sheet(ticktap, token):
    said = ticktap("clock", "show").out
    assert "none recorded on this computer" in said
    assert "from the data sheet" in said
    assert "battery      unknown" in said


def test_show_tells_rate_and_date_and_warns_in_time(ticktap, token, history):
    syncs(history, 2.0, 170, 85)
    token.clock_error = 85 * DAY * 2e-6
    done = ticktap("clock", "show", "--json")
    assert done.data["drift"]["ppm"] == pytest.approx(2.0, abs=0.05)
    assert done.data["passes"]["soon"] is True
    assert any("sign-ins may begin" in each for each in done.data["warnings"])
    assert history.of(SERIAL)[-1].kind == "seen"
    calm = ticktap("clock", "show", "--json", "--bound", "900").data
    assert calm["passes"]["soon"] is False


def test_a_sync_is_recorded_here_and_on_the_token(ticktap, token, history):
    token.clock_error = 3.0
    said = ticktap("clock", "sync").out
    assert "Set to" in said
    (seen,) = history.of(SERIAL)
    assert seen.kind == "sync"
    assert seen.before == pytest.approx(3.0, abs=0.05)
    assert token.note["unix"] - seen.unix in (-1, 0, 1)
    assert token.note["note"] == to_note(seen, None)
    assert (seen.found, seen.sets) == (0, len(token.clock_sets))


def test_a_sync_that_needs_a_press_asks_for_it(ticktap, token):
    token.clock_error = 90.0
    done = ticktap("clock", "sync")
    assert done.code == 0
    assert "Press the button on the token to allow a larger change of its clock" in done.err


def test_a_clock_that_runs_wrong_is_given_up_and_what_was_measured_is_told(ticktap, token, monkeypatch):
    """Here it gains a tenth, as far as this computer can tell."""
    began, honest = time.time(), token.time

    class Fast:
        now = property(lambda self: honest.now + (honest.now - began) * 0.1)

    token.time = Fast()
    token.clock_allowed = True
    done = ticktap("clock", "sync", "--json")
    assert done.code == 8
    assert done.document["error"]["kind"] == "clock"
    data = done.document["data"]
    assert data["settings"] == len(data["offsets_ms"]) == len(token.clock_sets) <= 5
    assert data["rate_ppm"] == pytest.approx(100_000, rel=0.2)
    said = ticktap("clock", "sync")
    assert "faster than this computer's" in said.err
    assert "Offset after each of" in said.out


def test_a_computer_behind_the_last_sync_is_refused_unless_anyway(ticktap, token, history):
    history.add(SERIAL, Observation(round(time.time()) + 7200, "sync", None, 0.0, 0.003))
    done = ticktap("clock", "sync")
    assert done.code == 8
    assert "before the last sync" in done.err
    assert "--anyway" in done.err
    assert ticktap("clock", "sync", "--anyway").code == 0


def test_trim_proposes_and_writes_on_request(ticktap, token, history):
    syncs(history, -1.62, 3, 1)
    said = ticktap("clock", "trim").out
    assert "Would write -16" in said
    assert token.aging == 0
    token.finger = "none"
    assert ticktap("clock", "trim", "--write").code == 6
    assert token.aging == 0
    token.finger = "press"
    done = ticktap("clock", "trim", "--write")
    assert "Wrote -16" in done.out
    assert "Press the button on the token to allow a larger change of its clock" in done.err
    assert token.aging == -16
    last = history.of(SERIAL)[-1]
    assert (last.kind, last.aging, last.trimmed) == ("trim", 0, -16)


def test_a_trim_of_a_token_with_an_owner_takes_his_key(ticktap, token, history):
    syncs(history, -1.62, 3, 1)
    kept = give_owner(token, ticktap)
    assert ticktap("clock", "trim", "--write").code == 0
    assert token.aging == -16
    kept.unlink()
    token.aging = 0
    assert ticktap("clock", "trim", "--write").code == 6
    assert token.aging == 0


def test_a_token_with_an_owner_keeps_his_notes_only(ticktap, token, history):
    kept = give_owner(token, ticktap)
    done = ticktap("clock", "sync", "--json")
    assert (done.code, bool(token.note)) == (0, True)
    assert not any("stored no note" in each for each in done.data["warnings"])
    kept.unlink()
    token.note = None
    done = ticktap("clock", "sync", "--json")
    assert (done.code, token.note) == (0, None)
    assert any("stored no note" in each for each in done.data["warnings"])
    assert {each.kind for each in history.of(SERIAL)} == {"sync"}


def test_show_says_when_somebody_else_set_the_clock(ticktap, token, history):
    assert ticktap("clock", "sync").code == 0
    assert ticktap("clock", "show", "--json").data["warnings"] == warnings_of_this_computer()
    token.do_clock_set(token.unix())
    said = ticktap("clock", "show").out
    assert "set without a record since then" in said


def warnings_of_this_computer():
    """What is said of the clock of the computer that runs the tests."""
    warning = host_sync_status.read_status().warning
    return [warning] if warning else []


def test_trim_without_syncs_says_what_to_do(ticktap):
    assert "run 'ticktap clock sync' now" in ticktap("clock", "trim").out


def test_history_is_a_table_and_a_picture(ticktap, history):
    assert "starts it" in ticktap("clock", "history").out
    syncs(history, 1.0, 30, 10, 0)
    said = ticktap("clock", "history").out.splitlines()
    assert len(said) == 4
    assert "ppm" in said[0]
    picture = ticktap.home / "clock.svg"
    assert ticktap("clock", "history", "--plot", str(picture)).code == 0
    assert picture.read_text().startswith("<svg")
    assert ticktap("clock", "history", "--plot", str(ticktap.home / "clock.jpg")).code == 2


def test_a_code_that_is_right_is_a_coarse_look_at_the_clock(ticktap, token, history):
    assert ticktap("account", "add", "--keep", "--no-confirm", stdin=URI).code == 0
    code = code_check.code_at(Account("Example", "alice", SECRET), int(time.time()) // 30 - 1)
    done = ticktap("verify", "alice", "--json", "--window", "3", stdin=code)
    assert done.code == 0
    (seen,) = history.of(SERIAL)
    assert seen.kind == "verify"
    assert seen.before == 30.0 * done.data["offset"] < 0
    assert seen.doubt == 45.0
    assert ticktap("verify", "alice", "--window", "3", stdin=code).code == 7
    assert history.of(SERIAL) == [seen]

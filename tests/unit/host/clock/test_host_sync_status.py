"""The output of the tools of time sources, parsed."""

import pytest

from ticktap.clock import host_sync_status, ntp_status
from ticktap.clock.host_sync_status import HostSyncStatus
from ticktap.clock.ntp_status import NtpStatus

CHRONY = (
    "C0A80101,192.168.1.1,2,1795305600.1,0.000012,-0.000020,0.000030,-12.3,0.001,0.05,"
    "0.004000,0.001500,64.5,Normal\n"
)
CHRONY_LOST = "7F7F0101,,0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised\n"
NTPQ = "leap=00, stratum=3,\nrootdelay=12.500, rootdisp=20.250, offset=-0.750\n"
NTPQ_LOST = "leap=11, stratum=16, rootdelay=0.000, rootdisp=300.0, offset=0.0\n"
TIMESYNC = (
    "NTPMessage={ Leap=0, Version=4, Mode=4, Stratum=2, Precision=-24, RootDelay=3.2ms, "
    "RootDispersion=1.100ms, Reference=C0A80101, Ignored=no, Jitter=800us }\n"
)
W32TM = (
    "Leap Indicator: 0(no warning)\nStratum: 4 (secondary reference - syncd by (S)NTP)\n"
    "Precision: -23 (119.209ns per tick)\nRoot Delay: 0.0312500s\nRoot Dispersion: 0.0450000s\n"
    "ReferenceId: 0x0A000001 (source IP:  10.0.0.1)\n"
)
W32TM_GERMAN = (
    "Sprungindikator: 0(keine Warnung)\nStratum: 4 (Sekundärreferenz - synchr. über (S)NTP)\n"
    "Präzision: -23 (119.209ns pro Tick)\nStammverzögerung: 0,0312500s\nStammabweichung: 0,0450000s\n"
)


@pytest.mark.parametrize(
    ("read", "text", "error"),
    [
        (ntp_status.chrony, CHRONY, 0.003512),
        (ntp_status.ntpd, NTPQ, 0.02725),
        (ntp_status.timesyncd, TIMESYNC, 0.0027),
        (ntp_status.w32time, W32TM, 0.060625),
        (ntp_status.w32time, W32TM_GERMAN, 0.060625),
    ],
)
def test_a_keeper_that_follows_another(read, text, error):
    told = read(text)
    assert told.synchronised is True
    assert told.error == pytest.approx(error)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (ntp_status.chrony, CHRONY_LOST),
        (ntp_status.ntpd, NTPQ_LOST),
        (ntp_status.timesyncd, "NTPMessage={ Leap=3, Stratum=0 }"),
        (ntp_status.w32time, "Leap Indicator: 3(not synchronized)\nStratum: 0 (unspecified)\n"),
    ],
)
def test_a_keeper_that_follows_nobody(read, text):
    assert read(text) == NtpStatus(False, None)


@pytest.mark.parametrize(
    "read", [ntp_status.chrony, ntp_status.ntpd, ntp_status.timesyncd, ntp_status.w32time]
)
@pytest.mark.parametrize("text", ["", "506 Cannot talk to daemon", "NTPMessage=", "a,b,c", "stratum="])
def test_what_is_no_answer(read, text):
    assert read(text) is None


@pytest.mark.parametrize(
    ("mark", "name", "asked", "answer", "error"),
    [
        ("run/chrony/chronyd.pid", "chrony", "chronyc", CHRONY, 0.003512),
        ("run/ntpd.pid", "ntpd", "ntpq", NTPQ, 0.02725),
        ("run/systemd/timesync/synchronized", "systemd-timesyncd", "timedatectl", TIMESYNC, 0.0027),
        ("run/chrony/chronyd.pid", "chrony", "chronyc", "", None),
    ],
)
def test_the_keeper_of_a_linux_clock_is_asked(tmp_path, mark, name, asked, answer, error):
    (tmp_path / mark).parent.mkdir(parents=True)
    (tmp_path / mark).touch()
    commands = []

    def run(command):
        commands.append(command[0])
        return answer

    found = host_sync_status.read_status("linux", tmp_path, run)
    assert (found.name, commands) == (name, [asked])
    assert found.error == (error and pytest.approx(error))


def test_windows_is_asked():
    found = host_sync_status.read_status("win32", run=lambda command: W32TM)
    assert (found.name, found.synchronised, found.error) == ("w32time", True, pytest.approx(0.060625))


def test_a_tool_that_is_not_there_says_nothing():
    assert host_sync_status.run(("ticktap-no-such-tool",)) == ""


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (HostSyncStatus("chrony", True, 0.002), ""),
        (HostSyncStatus("timed", None), "does not report"),
        (HostSyncStatus("unknown", False), "no time source"),
        (HostSyncStatus("ntpd", True, 2.0), "2.0 s off"),
    ],
)
def test_warnings(source, words):
    assert bool(source.warning) == bool(words)
    assert words in source.warning

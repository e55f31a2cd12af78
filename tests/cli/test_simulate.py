"""The real command, real pyserial and the real firmware on simulated parts, in real time."""

import json
import signal
import subprocess
import time
from contextlib import contextmanager

import pytest

from cli.command import KEYS_PIN, NEW_PIN, PIN, SECRET, URI, Command
from cli.simulated import Simulated, pressing
from cli.test_terminal import Terminal
from ticktap.otp import code_check
from ticktap.otp.account import Account


@pytest.fixture
def bare(tmp_path):
    """The command with no token chosen."""
    return Command(tmp_path)


@pytest.fixture
def simulated(bare, tmp_path):
    """A token that can be started."""
    return Simulated(bare, tmp_path)


def codes_near(unix):
    """The codes of the step at `unix` on the token's clock, and of the steps beside it."""
    account = Account("Example", "alice", SECRET)
    return {code_check.code_at(account, int(unix - back) // 30) for back in (-30, 0, 30)}


def test_the_whole_path(simulated):
    ticktap = simulated.ticktap
    with simulated.running():
        assert ticktap("account", "add", stdin=URI).code == 8, "a new token does not know the time"
        assert simulated.pressing("clock", "sync")["ok"], "nor may it be set without a press"
        added = simulated.pressing("account", "add", "--keep", stdin=URI)
        assert (added["ok"], added["data"]["proved"]) == (True, True)
        done = simulated.pressing("type", "alice")
        assert done["ok"], done
        seen = simulated.send("status")
        assert seen["typed"] in codes_near(seen["clock"])
        done = ticktap("verify", "alice", stdin=seen["typed"])
        assert done.code == 0, done.err
        shown = simulated.pressing("code", "alice")["data"]
        assert shown["code"] in codes_near(shown["unix"])
        assert simulated.send("typed", "clear=true")["typed"] == seen["typed"], "shown, not typed"
        assert simulated.send("typed") == {"typed": ""}


def test_pin_and_owner_on_the_real_firmware(simulated):
    ticktap = simulated.ticktap
    with simulated.running():
        assert simulated.pressing("clock", "sync")["ok"]
        assert simulated.pressing("account", "add", stdin=URI)["ok"]
        assert simulated.pressing("pin", "set", stdin=PIN)["ok"]
        simulated.replug()
        assert ticktap("account", "list").code == 4
        assert ticktap("unlock", stdin=NEW_PIN).code == 4
        assert ticktap("info", "--json").data["status"]["pin"]["tries"] == 7
        assert ticktap("unlock", stdin=PIN).code == 0
        assert ticktap("account", "list", "--json").data[0]["name"] == "alice"
        assert simulated.pressing("token", "claim")["ok"]
        assert ticktap("account", "rename", "alice", "--name", "ann").code == 0
        assert ticktap("settings", "set", "max_pin_failures=4").code == 0
        (ticktap.home / "kept" / "owner.key").rename(ticktap.home / "safe")
        assert ticktap("account", "rename", "ann", "--name", "x").code == 6
        assert simulated.pressing("code")["data"]["account"] == "account number 1"
        ticktap.home.joinpath("safe").rename(ticktap.home / "kept" / "owner.key")
        assert simulated.pressing("pin", "change", stdin=f"{PIN}\n{NEW_PIN}")["ok"]
        assert simulated.pressing("pin", "keys", stdin=KEYS_PIN)["data"]["keys"] is True
        assert simulated.pressing("pin", "remove", stdin=NEW_PIN)["data"]["set"] is False
        assert simulated.pressing("token", "release")["ok"]
        assert simulated.pressing("token", "reset", "--force")["ok"]
        info = ticktap("info", "--json").data
        assert (info["token"]["claimed"], info["status"]["accounts"]) == (False, 0)


def test_memory_and_clock_go_on_while_it_is_off(simulated):
    with simulated.running():
        assert simulated.pressing("clock", "sync")["ok"]
        assert simulated.pressing("account", "add", "--no-confirm", stdin=URI)["ok"]
        assert simulated.pressing("token", "rename", "desk")["ok"]
    assert simulated.ticktap("info").code == 3
    with simulated.running():
        info = simulated.ticktap("info", "--json").data
        assert (info["token"]["name"], info["status"]["accounts"]) == ("desk", 1)
        assert info["status"]["clock"]["state"] == "ok"
        assert abs(simulated.ticktap("clock", "show", "--json").data["offset"]["ms"]) < 1000


def test_a_token_that_is_pulled_out_is_gone_and_comes_back(simulated):
    with simulated.running():
        assert simulated.send("unplug") == {}
        assert simulated.ticktap("info").code == 3
        simulated.send("plug", "maintenance=true")
        assert simulated.send("status")["plugged"] is True


def test_pulling_it_out_while_a_command_waits_is_an_error(simulated):
    with simulated.running():
        simulated.pressing("clock", "sync")
        simulated.pressing("account", "add", "--no-confirm", stdin=URI)
        process = subprocess.Popen(
            [*simulated.ticktap.python, "code"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=simulated.ticktap.environment(),
        )
        with process.stderr as said:
            assert b"Press the button" in said.readline()
            simulated.send("unplug")
            rest = said.read()
        assert process.wait(30) == 1
        assert b"is gone; it is not known whether" in rest


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_peace(bare, tmp_path, number):
    process = subprocess.Popen(
        [*bare.python, "simulate", "--headless", "--port", str(tmp_path / "port")],
        stdout=subprocess.PIPE,
        env=bare.environment(),
    )
    with process.stdout as out:
        assert out.readline()
        process.send_signal(number)
        assert process.wait(30) == 0
    assert not (tmp_path / "port").is_symlink()


def test_send_without_a_token(bare, tmp_path):
    done = bare("simulate", "send", str(tmp_path / "c"), "press")
    assert done.code == 3
    assert "Start one" in done.err


def test_send_refuses_what_the_token_cannot_do(simulated):
    with simulated.running():
        for words in (["press", "button=9"], ["press", "x"], ["dance"], ["press", "colour=red"]):
            done = simulated.ticktap("simulate", "send", simulated.control, *words)
            assert done.code == 2
            assert done.err.count("\n") == 2


def test_without_a_terminal_it_says_headless(bare):
    done = bare("simulate")
    assert done.code == 2
    assert "--headless" in done.err


def test_at_a_terminal_the_space_bar_is_the_button(bare):
    run = Terminal(bare, "simulate", "--screen", picture=True)
    run.expect("plugged in")
    run.expect("port      /")
    for words, stdin in ((["clock", "sync"], ""), (["account", "add", "--no-confirm"], URI)):
        assert pressing(bare, words, stdin, finger=lambda: run.answer(" "))["ok"], "found by itself"
    run.type(" ")
    while not (typed := run.seen.rpartition("received  ")[2].split("\r\n")[0].strip()):
        run.more()
    assert typed[:1].isdecimal()
    run.expect("│Example alice")
    run.type("u")
    run.expect("unplugged")
    run.type("q")
    assert run.end()[0] == 0
    assert run.seen.endswith("\x1b[?25h"), "the cursor is shown again"


@contextmanager
def headless(bare, *options):
    """A simulated token with no port named; its document."""
    process = subprocess.Popen(
        [*bare.python, "simulate", "--headless", "--json", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=bare.environment(),
    )
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.terminate()
        process.communicate(timeout=30)


def test_a_running_one_is_found_and_listed_as_simulated(bare):
    assert bare("list", "--json").data == []
    with headless(bare) as started:
        (found,) = bare("list", "--json").data
        assert (found["simulated"], found["port"]) == (True, started["data"]["port"])
        assert "simulated" in bare("list").out
        assert bare("info", "--json").data["port"] == found["port"]
        assert f"{found['port']}: simulated token {found['serial']}" in bare("doctor").out
    assert bare("list", "--json").data == [], "it has ended"
    assert "ticktap simulate" in bare("info").err


def test_its_port_stays_the_same_over_unplugging(bare, tmp_path):
    control = str(tmp_path / "c")
    with headless(bare, "--control", control) as started:
        port = started["data"]["port"]
        assert bare("simulate", "send", control, "unplug").code == 0
        assert bare("list", "--json").data == []
        assert bare("simulate", "send", control, "plug").code == 0
        end = time.monotonic() + 60
        while not (found := bare("list", "--json").data):
            assert time.monotonic() < end, "the token did not come back"
        assert [each["port"] for each in found] == [port]


def test_a_second_one_is_another_token(bare):
    with headless(bare) as first, headless(bare) as second:
        found = {each["port"]: each["serial"] for each in bare("list", "--json").data}
        assert set(found) == {first["data"]["port"], second["data"]["port"]}
        assert len(set(found.values())) == 2
        refused = bare("info")
        assert (refused.code, refused.err.count("(simulated)")) == (3, 2)
        assert bare("info", "--json", "--device", found[first["data"]["port"]]).code == 0
        (serial, *_) = found.values()
        again = bare("simulate", "--headless", "--serial", serial)
        assert (again.code, "running already" in again.err) == (2, True)


def test_a_second_one_takes_over_neither_port_nor_state(simulated):
    with simulated.running():
        own = [*("simulate", "--headless"), "--serial", "1111111111111111"]
        for taken in (["--port", simulated.port], ["--state", simulated.state]):
            refused = simulated.ticktap(*own, *taken)
            assert refused.code == 2
            assert "running" in refused.err
            assert simulated.ticktap("info").code == 0, "the first one is as it was"


def test_what_a_killed_one_left_is_no_token(bare):
    process = subprocess.Popen(
        [*bare.python, "simulate", "--headless"], stdout=subprocess.PIPE, env=bare.environment()
    )
    with process.stdout as out:
        assert out.readline()
        process.kill()
        process.wait()
    assert bare("list", "--json").data == []
    with headless(bare):
        assert len(bare("list", "--json").data) == 1


def test_two_at_terminals_have_states_of_their_own(bare):
    first = Terminal(bare, "simulate", picture=True)
    first.expect("port      /")
    second = Terminal(bare, "simulate", picture=True)
    second.expect("port      /")
    assert len({each["serial"] for each in bare("list", "--json").data}) == 2
    for run in (first, second):
        run.type("q")
        assert run.end()[0] == 0
    kept = bare.home / "kept"
    assert {each.name for each in kept.glob("simulated-token*")} == {"simulated-token", "simulated-token-2"}

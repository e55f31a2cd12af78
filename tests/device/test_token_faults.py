"""Errors nobody foresaw, and hangs: counted, named by their type, survived."""

import re
import shutil

import pytest

from support.virtual_desk import SHOWN_MS, Desk, RpcFailure
from ticktap.drive.build import find_drive


class Trouble:
    """A part on the I2C bus in the place of the clock chip; `meet` is called at each START."""

    def __init__(self, meet):
        self._meet = meet

    def start(self, write):
        self._meet()
        return False

    def put(self, byte):
        raise AssertionError("nobody acknowledged")

    get = stop = put


def raises(error):
    def meet():
        raise error

    return Trouble(meet)


@pytest.fixture
def swap(alice):
    """Puts another part in the place of the clock chip, or the chip back."""

    def swap(part=None):
        alice.token.bus.parts[0x68] = part or alice.token.rtc

    return swap


@pytest.mark.parametrize(
    "error", [OSError(5, "secret words"), OSError(116, "x"), RuntimeError("x"), ValueError("x")]
)
def test_errors_of_the_bus_are_states_not_faults(alice, swap, error):
    swap(raises(error))
    alice.token.advance(5000)
    assert alice.click() == ""
    status = alice.status()
    assert status["clock"]["state"] in ("bus", "absent")
    assert (status["last"], status["faults"]) == ("clock", 0)
    swap()
    alice.token.advance(2000)
    assert alice.click() == alice.code()


@pytest.mark.parametrize("error", [ZeroDivisionError("secret words"), MemoryError("x"), KeyError("x")])
def test_unexpected_errors_are_counted_and_the_token_continues(alice, swap, error):
    swap(raises(error))
    alice.token.advance(3000)
    alice.click()
    with pytest.raises(RpcFailure) as told:
        alice.call("clock.get")
    assert (told.value.code, told.value.data) == (-32603, type(error).__name__)
    swap()
    alice.token.advance(2000)
    status = alice.status()
    assert status["faults"] >= 3
    assert status["fault"] == type(error).__name__
    assert re.fullmatch(r"lib/\S+\.py:\d+", status["fault_at"])
    assert b"secret words" not in b"".join(alice.replies)
    assert alice.click() == alice.code()
    assert alice.token.chip.reset_reason == "POWER_ON"


def test_a_waiting_request_gets_the_error(alice, swap):
    number = alice.send("code.type", id=1)
    alice.token.advance(SHOWN_MS)
    alice.token.advance(20)
    swap(raises(ZeroDivisionError()))
    alice.token.press()
    with pytest.raises(RpcFailure) as told:
        alice.result(number)
    assert (told.value.code, told.value.data) == (-32603, "ZeroDivisionError")
    swap()
    alice.token.advance(1000)
    assert alice.token.typed == ""
    number = alice.send("code.get", id=1)
    alice.token.advance(SHOWN_MS)
    alice.token.press_later(20)
    assert alice.result(number)["code"] == alice.code()


def test_one_bad_transfer(alice, swap):
    """The chip does not answer once, in the middle of everything."""
    for _ in range(3):
        swap(raises(OSError(5)))
        alice.token.advance(1100)
        swap()
        alice.token.advance(2100)
        assert alice.click() == alice.code()


def test_a_hang_ends_with_a_restart(alice, swap):
    def hang():
        while True:
            alice.token.chip.consume_time(1_000_000)

    swap(Trouble(hang))
    alice.token.advance(7000)
    assert alice.token.chip.reset_reason == "POWER_ON"
    alice.token.advance(3000)
    assert alice.token.chip.reset_reason == "WATCHDOG"
    swap()
    alice.token.advance(9000)
    alice.connect()
    status = alice.status()
    assert (status["reset"], status["faults"], status["accounts"]) == ("WATCHDOG", 0, 1)
    assert alice.click() == alice.code()


def test_the_watchdog_is_quiet_through_everything_slow(make_desk):
    desk = make_desk(native_hashes=())
    for n in range(3):
        desk.add(f"{n}", bytes(range(128)), algorithm="SHA512")
    desk.call("settings.set", start_delay_ms=5000, inter_key_ms=200)
    desk.to_second(1)
    assert desk.click(wait=9000) == desk.code(bytes(range(128)), algorithm="SHA512")
    desk.token.bus.held_low = True
    desk.token.advance(20_000)
    desk.token.bus.held_low = False
    desk.token.advance(2_000)
    assert desk.status()["reset"] == "POWER_ON"


SHORT_OF_MEMORY = """        if kind == ACCOUNT and id == 2 and not ReplayedState.failed_once:
            ReplayedState.failed_once = True
            raise MemoryError()
        self.highest_id"""


def test_out_of_memory_between_flash_and_index_is_mended_at_once(make_virtual_token, tmp_path):
    """The record is written and the index does not know of it: all is read anew before the next request."""
    worse = shutil.copytree(find_drive(), tmp_path / "drive")
    source = worse / "lib" / "fob" / "store" / "replayed_state.py"
    text = source.read_text()
    assert text.count("        self.highest_id = max") == 1
    text = text.replace("        self.highest_id = max", SHORT_OF_MEMORY + " = max")
    source.write_text(
        text.replace("class ReplayedState:\n", "class ReplayedState:\n    failed_once = False\n")
    )
    desk = Desk(make_virtual_token(drive=worse))
    desk.add()
    with pytest.raises(RpcFailure) as told:
        desk.add("bob")
    assert (told.value.code, told.value.data) == (-32603, "MemoryError")
    assert (desk.status()["store"]["state"], desk.status()["faults"]) == ("ok", 1)
    desk.add("carol")
    assert [each["name"] for each in desk.call("account.list")["accounts"]] == ["alice", "bob", "carol"]


SHORT_HEAP = """        TokenStore.reads = TokenStore.reads + 1
        if TokenStore.reads == 3:
            raise MemoryError()
"""


def test_a_page_of_the_list_ends_before_the_account_for_which_the_heap_is_too_short(
    make_virtual_token, tmp_path
):
    short = shutil.copytree(find_drive(), tmp_path / "drive")
    source = short / "lib" / "fob" / "store" / "token_store.py"
    text = source.read_text()
    head = "    def decrypted(self, id):\n"
    assert text.count(head) == 1
    text = text.replace(head, head + SHORT_HEAP)
    source.write_text(text.replace("class TokenStore:\n", "class TokenStore:\n    reads = 0\n"))
    desk = Desk(make_virtual_token(drive=short))
    for name in ("alice", "bob", "carol", "dave"):
        desk.add(name)
    first = desk.call("account.list")
    rest = desk.call("account.list", start=first["next"])
    assert [each["name"] for each in first["accounts"]] == ["alice", "bob"]
    assert [each["name"] for each in rest["accounts"]] == ["carol", "dave"]
    assert (first["next"], rest["next"], desk.status()["faults"]) == (2, None, 0)

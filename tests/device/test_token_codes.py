"""The codes that are typed, against RFC vectors and the standard library's HMAC."""

import pytest

from support.otp_vectors import OURS, RFC_4226, RFC_4226_KEY, RFC_6238, RFC_6238_KEYS
from support.virtual_desk import hotp, steam

ALGORITHMS = ["SHA1", "SHA256", "SHA512"]
BUILT, LAST = 1795305600, 4102444799
natives = pytest.mark.parametrize(
    "natives", [(), ("sha1",), ("sha1", "sha256")], ids=["own", "native-sha1", "native-both"]
)


def typed_at(desk, unix):
    desk.set_clock(unix)
    return desk.click(wait=700)


def test_rfc_4226(desk):
    desk.add(secret=RFC_4226_KEY, type="hotp")
    for _, _, _, code in RFC_4226:
        assert desk.click(wait=150) == code


@natives
def test_rfc_6238_where_the_chip_can_hold_the_time(make_desk, natives):
    desk = make_desk(native_hashes=natives)
    held = [row for row in RFC_6238 if BUILT <= row[0] <= LAST]
    assert [unix for unix, _ in held] == [2000000000]
    desk.call("settings.set", min_remaining_s=0)
    for id, algorithm in enumerate(ALGORITHMS, 1):
        desk.add(algorithm, RFC_6238_KEYS[algorithm], algorithm=algorithm, digits=8)
        desk.call("account.default", id=id)
        for unix, codes in held:
            assert typed_at(desk, unix) == codes[algorithm]


@natives
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_every_algorithm_digits_and_period(make_desk, natives, algorithm):
    desk = make_desk(native_hashes=natives)
    desk.call("settings.set", min_remaining_s=0)
    secrets = [bytes(range(7, 7 + size)) for size in (10, 16, 20, 64, 65, 128)]
    rows = zip(secrets, (5, 6, 7, 8, 9, 10), (1, 30, 17, 60, 300, 3600), strict=True)
    for id, (secret, digits, period) in enumerate(rows, 1):
        desk.add(f"{digits}", secret, algorithm=algorithm, digits=digits, period=period)
        desk.call("account.default", id=id)
        for unix in (BUILT + 86_400, 2**31 + 5, 4_000_000_001, LAST - 7200):
            step = -(-unix // period)
            assert typed_at(desk, step * period + 0.05) in {
                hotp(secret, at, algorithm, digits) for at in ({step} if period > 1 else {step, step + 1})
            }


@pytest.mark.parametrize(
    ("algorithm", "secret", "unix", "period", "digits", "code"),
    [row for row in OURS if BUILT <= row[2] <= LAST and row[2] % row[3] < row[3] - 2],
)
def test_our_own_vectors(desk, algorithm, secret, unix, period, digits, code):
    desk.call("settings.set", min_remaining_s=0)
    desk.add("ours", secret, algorithm=algorithm, digits=digits, period=period)
    assert typed_at(desk, unix) == code


def test_steam(desk):
    desk.add(type="steam", secret=bytes(range(10)))
    for unix in (BUILT, 2**31, LAST - 29):
        assert typed_at(desk, unix) == steam(bytes(range(10)), unix // 30)


@pytest.mark.parametrize("counter", [2**32 - 1, 2**63, 2**64 - 3])
def test_large_counters(desk, counter):
    desk.add(type="hotp", counter=counter)
    for ahead in (0, 1):
        assert desk.click() == hotp(b"12345678901234567890", counter + ahead)


def test_the_last_counter_is_not_used(desk):
    """The one after it could not be kept."""
    desk.add(type="hotp", counter=2**64 - 1)
    assert desk.click() == ""
    status = desk.call("status")
    assert (status["last"], status["faults"]) == ("store", 0)
    assert desk.call("account.list")["accounts"][0]["name"] == "alice"


@pytest.mark.parametrize("left_ms", [100, 300, 550])
def test_a_code_made_ahead_is_not_used_in_the_next_step(alice, left_ms):
    """The button goes down so long before the end of a step, and up after it."""
    alice.call("settings.set", min_remaining_s=0)
    alice.to_second(29)
    alice.token.advance(1000 - left_ms)
    alice.token.buttons[0].push()
    alice.token.advance(600)
    alice.token.buttons[0].let_go()
    alice.token.clear_typed()
    alice.token.advance(300)
    assert alice.clock % 30 < 1
    assert alice.token.typed == alice.code()


def test_a_code_made_ahead_is_not_typed_after_a_change(alice):
    """What the host changes while the button is down counts."""
    alice.token.buttons[0].push()
    alice.token.advance(100)
    alice.call("account.set", id=1, suffix="enter")
    alice.call("settings.set", layout="de", digits="row")
    alice.token.buttons[0].let_go()
    alice.token.clear_typed()
    alice.token.advance(300)
    assert alice.token.typed == alice.code() + "\n"
    assert alice.token.reports[0][1][2] in range(0x1E, 0x28), "a key of the number row"


def test_a_code_made_ahead_is_forgotten_with_its_account(alice):
    assert alice.click() == alice.code()
    alice.call("account.remove", id=1)
    alice.add("bob", b"another secret")
    assert alice.click() == alice.code(b"another secret")
    alice.token.advance(300)


@pytest.mark.parametrize("wait", [0, 3000], ids=["at once", "after the code was made ahead"])
def test_the_code_for_a_reset_token_is_of_the_new_account(alice, wait):
    number = alice.send("store.reset")
    alice.press_later("store.reset")
    assert alice.result(number) == {}
    alice.add("bob", b"another secret")
    alice.token.advance(wait)
    assert alice.click() == alice.code(b"another secret")

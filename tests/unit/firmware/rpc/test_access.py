"""Leave to change things: levels, the window after a press, and the owner's session with its attackers."""

import pytest
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.cmac import CMAC

from fob.rpc import limits, session_calls
from fob.rpc.access import ANYONE, CHANGE, NONCE_SIZE, PRESSED, READ, Access, Denied
from fob.rpc.errors import RpcError
from support.aes import Aes, Dice
from support.owner_proofs import Proofs

KEY = bytes(range(32))
PRESS_KEY = bytes(range(50, 82))
HOST_NONCE = bytes(range(100, 116))
SERIAL = "DE6348109F2A4C17"
LEVELS = (ANYONE, READ, CHANGE, PRESSED)


class TokenStore:
    def __init__(self, key=None, damaged=False):
        self.key = key
        self.damaged = damaged

    @property
    def claimed(self):
        return self.key is not None

    def owner(self):
        return None if self.damaged else self.key


class System:
    serial = SERIAL
    aes = Aes

    def __init__(self):
        self.random = Dice()


def denied(act, *args):
    """What a Denied asks for: "owner" or "press"; None when it was not raised."""
    try:
        act(*args)
    except Denied as error:
        return "owner" if error.owner else "press"
    return None


@pytest.fixture
def free():
    return Access(TokenStore(), System())


@pytest.fixture
def owned():
    return Access(TokenStore(KEY), System())


def proofs(access, key=KEY, host_nonce=HOST_NONCE, serial=SERIAL):
    return Proofs(key, serial, session_calls.open_proof(access, host_nonce), host_nonce)


def session(access, now=1000):
    """A session; the owner's proofs for it."""
    ours = proofs(access)
    assert session_calls.prove(access, ours.host, now) == ours.token
    return ours


# --- a token without an owner


def pressed(access, now=0, key=PRESS_KEY):
    """A session that a press allowed; makes the MAC of a call."""
    session_calls.allow(access, key, now)

    def mac(number, text):
        cmac = CMAC(AES(key))
        cmac.update(number.to_bytes(4, "big") + text.encode())
        return cmac.finalize()

    return mac


def test_levels_without_an_owner(free):
    assert [denied(free.check, level, False) for level in LEVELS] == [None, None, "press", None]
    assert [denied(free.check, level, True) for level in LEVELS] == [None] * 4
    assert free.changes(0) == "press"
    pressed(free)
    assert [denied(free.check, level, False) for level in LEVELS] == [None, None, "press", None]
    assert free.changes(1) == "open"


def test_the_press_lasts_a_minute_after_the_last_call(free):
    mac = pressed(free, 1000)
    for number, now in enumerate((1000, 60_000, 119_999), 1):
        assert session_calls.call(free, number, "{}", mac(number, "{}"), now) is True
    assert (free.changes(179_998), free.changes(179_999)) == ("open", "press")
    assert session_calls.call(free, 4, "{}", mac(4, "{}"), 179_999) is False
    assert session_calls.call(free, 4, "{}", mac(4, "{}"), 179_000) is False  # it is over


def test_wrong_calls_do_not_prolong_it(free):
    mac = pressed(free)
    for bad in ((1, "{}", bytes(16)), (2, "{}", mac(2, "{}")), (1, "[]", mac(1, "{}"))):
        assert denied(session_calls.call, free, *bad, 59_000) == "press"
    assert free.changes(60_000) == "press"


def test_a_request_that_waits_prolongs_an_open_session(free):
    pressed(free)
    free.extend(10_000, 40_000)
    assert (free.changes(99_999), free.changes(100_000)) == ("open", "press")
    free.extend(110_000, 140_000)  # it is over
    assert free.changes(111_000) == "press"


def test_another_press_begins_another_session(free):
    first = pressed(free)
    pressed(free, 0, bytes(32))
    assert denied(session_calls.call, free, 1, "{}", first(1, "{}"), 1) == "press"


def test_a_press_without_a_key_opens_nothing(free):
    session_calls.allow(free, None, 0)
    assert free.changes(1) == "press"


def test_leave_to_set_the_clock_lasts_thirty_seconds(free):
    assert not free.may_set_clock(0)
    session_calls.allow_clock(free, 1000)
    assert [free.may_set_clock(now) for now in (1000, 30_999, 31_000, 10**9)] == [True, True, False, False]
    assert free.changes(1000) == "press"  # it is leave for the clock only
    session_calls.allow_clock(free, 1000)
    pressed(free, 2000)
    assert not free.may_set_clock(2001)  # it was another one's


def test_a_free_token_has_no_owners_sessions(free):
    ours = proofs(free)
    assert denied(session_calls.prove, free, ours.host, 0) == "owner"
    assert session_calls.call(free, 1, "{}", ours.call(1, "{}"), 0) is False


@pytest.mark.parametrize(
    ("count", "most", "each_ms"), [("count_write", 64, 300_000), ("count_wait", 20, 30_000)]
)
def test_limits(free, count, most, each_ms):
    """So many at once, and one more each time; not more after a long pause."""

    def accepted(now):
        done = 0
        while True:
            try:
                getattr(limits, count)(free, now)
            except RpcError as error:
                assert error.code == 20
                assert 1 <= error.data <= each_ms // 1000
                return done
            done += 1

    assert [accepted(now) for now in (0, 0, each_ms - 1, each_ms, 10**9)] == [most, 0, 0, 1, most]
    free.end()
    assert accepted(10**9) == 0  # another connection is none to count anew


def test_a_press_ends_the_limit_of_requests_that_wait(free):
    for _ in range(20):
        limits.count_wait(free, 0)
    free.waits_full_at = 0
    limits.count_wait(free, 0)


def test_all_of_it_ends_with_the_connection(free):
    pressed(free)
    session_calls.allow_clock(free, 0)
    free.check(CHANGE, True)
    free.unlocked_here = True
    free.note_added(9)
    free.note_added(7)  # after a reset ids begin anew
    assert (free.added_here(6), free.added_here(7), free.added_here(8)) == (False, True, True)
    free.end()
    assert free.changes(1) == "press"
    assert not free.may_set_clock(1)
    assert (free.unlocked_here, free.added_here(7)) == (False, False)


# --- a token with an owner


def test_levels_with_an_owner(owned):
    assert [denied(owned.check, level, False) for level in LEVELS] == [None] + ["owner"] * 3
    assert [denied(owned.check, level, True) for level in LEVELS] == [None] * 4
    assert owned.changes(0) == "owner"


def test_who_unlocked_it_may_read_and_no_more(owned):
    owned.unlocked_here = True
    assert [denied(owned.check, level, False) for level in LEVELS] == [None, None, "owner", "owner"]


def test_a_press_from_before_it_was_claimed_is_worth_nothing(owned):
    pressed(owned)
    assert denied(owned.check, CHANGE, False) == "owner"
    assert owned.changes(1) == "owner"


def test_calls_of_a_session(owned):
    ours = session(owned)
    for number in range(1, 600):
        text = f'{{"method": "hello {number} é"}}'
        session_calls.call(owned, number, text, ours.call(number, text), 1000 + number)


def test_the_nonce_is_fresh_every_time(owned):
    nonces = [session_calls.open_proof(owned, HOST_NONCE) for _ in range(50)]
    assert len(set(nonces)) == 50
    assert {len(nonce) for nonce in nonces} == {NONCE_SIZE}


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": bytes(32)},
        {"key": KEY[:-1] + b"\0"},
        {"serial": "DE6348109F2A4C18"},
        {"host_nonce": bytes(16)},
    ],
    ids=str,
)
def test_a_wrong_proof_opens_nothing_and_uses_the_nonces_up(owned, wrong):
    token_nonce = session_calls.open_proof(owned, HOST_NONCE)
    right = Proofs(KEY, SERIAL, token_nonce, HOST_NONCE)
    given = {"key": KEY, "serial": SERIAL, "token_nonce": token_nonce, "host_nonce": HOST_NONCE}
    bad = Proofs(**{**given, **wrong})
    assert denied(session_calls.prove, owned, bad.host, 0) == "owner"
    assert denied(session_calls.prove, owned, right.host, 0) == "owner"  # once only
    assert denied(session_calls.call, owned, 1, "{}", right.call(1, "{}"), 0) == "owner"


def test_no_bit_of_a_proof_may_differ(owned):
    for at in range(32):
        proof = bytearray(proofs(owned).host)
        proof[at] ^= 1 << at % 8
        assert denied(session_calls.prove, owned, bytes(proof), 0) == "owner"
    for proof in (b"", bytes(32), proofs(owned).host[:31], proofs(owned).token):
        assert denied(session_calls.prove, owned, proof, 0) == "owner"
        session_calls.open_proof(owned, HOST_NONCE)


def test_a_recorded_proof_is_worth_nothing(owned):
    recorded = proofs(owned)
    session_calls.prove(owned, recorded.host, 0)
    assert denied(session_calls.prove, owned, recorded.host, 0) == "owner"
    owned.end()
    session_calls.open_proof(owned, HOST_NONCE)  # the same nonce of the host, another one of the token
    assert denied(session_calls.prove, owned, recorded.host, 0) == "owner"


def test_replayed_reordered_and_changed_calls_do_nothing(owned):
    ours = session(owned)
    texts = [f'{{"method": "m{number}"}}' for number in range(4)]
    lines = [(number, text, ours.call(number, text)) for number, text in enumerate(texts, 1)]
    session_calls.call(owned, *lines[0], 1001)
    for bad in (
        lines[0],  # again
        lines[2],  # too early
        (2, texts[2], lines[2][2]),  # another one's number
        (2, texts[2], lines[1][2]),  # another text
        (2, texts[1] + " ", lines[1][2]),
        (2, texts[1], bytes(16)),
        (2, texts[1], lines[1][2][:15]),
        (0, texts[1], ours.call(0, texts[1])),
        (2**32 - 1, texts[1], ours.call(2**32 - 1, texts[1])),
    ):
        assert denied(session_calls.call, owned, *bad, 1002) == "owner"
    for at in range(16):
        proof = bytearray(lines[1][2])
        proof[at] ^= 0x80
        assert denied(session_calls.call, owned, 2, texts[1], bytes(proof), 1002) == "owner"
    for line in lines[1:]:
        session_calls.call(owned, *line, 1003)  # none of them changed anything


def test_a_call_of_one_session_is_none_in_the_next(owned):
    first = session(owned)
    text = '{"method": "hello"}'
    recorded = first.call(1, text)
    second = session(owned)
    assert denied(session_calls.call, owned, 1, text, recorded, 1000) == "owner"
    session_calls.call(owned, 1, text, second.call(1, text), 1000)


def test_a_second_client_without_the_key_cannot_disturb_a_session(owned):
    ours = session(owned)
    session_calls.open_proof(owned, bytes(16))
    assert denied(session_calls.prove, owned, bytes(32), 1000) == "owner"
    session_calls.call(owned, 1, "{}", ours.call(1, "{}"), 1000)


def test_a_session_lasts_ten_minutes_after_its_last_call(owned):
    ours = session(owned, 0)
    session_calls.call(owned, 1, "{}", ours.call(1, "{}"), 599_999)
    session_calls.call(owned, 2, "{}", ours.call(2, "{}"), 1_199_998)
    assert denied(session_calls.call, owned, 3, "{}", ours.call(3, "{}"), 1_799_998) == "owner"
    assert denied(session_calls.call, owned, 3, "{}", ours.call(3, "{}"), 1_199_999) == "owner"  # it is over


def test_wrong_calls_do_not_prolong_a_session(owned):
    ours = session(owned, 0)
    assert denied(session_calls.call, owned, 1, "{}", bytes(16), 599_000) == "owner"
    assert denied(session_calls.call, owned, 1, "{}", ours.call(1, "{}"), 600_000) == "owner"


def test_closing(owned):
    ours = session(owned)
    owned.end()
    assert denied(session_calls.call, owned, 1, "{}", ours.call(1, "{}"), 1000) == "owner"


def test_a_token_that_was_released_meanwhile(owned):
    ours = session(owned)
    owned.store.key = None
    assert session_calls.call(owned, 1, "{}", ours.call(1, "{}"), 1000) is False


def test_a_damaged_record_of_the_owner_frees_nothing():
    access = Access(TokenStore(KEY, damaged=True), System())
    for key in (KEY, bytes(32), b""):
        assert denied(session_calls.prove, access, proofs(access, key).host, 0) == "owner"
    assert [denied(access.check, level, False) for level in LEVELS] == [None] + ["owner"] * 3

"""The protocol campaign in short, and proof that it would find what it looks for."""

import shutil

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import protocol
from fuzz.expected_answers import Finding
from fuzz.grammar import encoded
from fuzz.harness import Harness
from fuzz.shrink import shortest
from support.canaries import Canary, encodings
from ticktap.drive.build import find_drive

SEEDS = (1, 3, 4, 7)  # with presses, without, with resets, with owner and PIN
LINES = 800

# What a careless change could do to the firmware: file, what is replaced, by what, and what is then found.
PLANTED = {
    "true is a number": (
        *("fob/rpc/params.py", "type(value) is not int or not", "not"),
        ("internal error", "a bystander changed", "accounts differ after a replug", "fault", "restarted"),
    ),
    "the secret is listed": (
        *(
            "fob/rpc/account.py",
            "write(b'\"')",
            'write(b"\\""); '
            'write(b", " + json.dumps({"key": list(store.account(id).secret)})[1:-1].encode("utf-8"))',
        ),
        ("secret in a reply", "reply too long"),
    ),
    "a long name is told at length": (
        *(
            "fob/rpc/account.py",
            "write(b'\"')",
            'write(b"\\""); write(b\', "more": "\' + b"x" * (len(name) // 33 * 4096) + b\'"\')',
        ),
        ("reply too long",),
    ),
    "errors quote the line": (
        *("fob/rpc/dispatch.py", "raise RpcError(errors.PARSE)", "raise RpcError(errors.PARSE, str(line))"),
        ("reply too long", "not a reply", "fault", "internal error", "code.py ended"),
    ),
    "parsing is not guarded": (
        *("fob/rpc/dispatch.py", "(ValueError, RuntimeError, MemoryError)", "MemoryError"),
        ("fault", "internal error", "not answered"),
    ),
    "a request needs no press": (
        *(
            "fob/app/requests.py",
            "self.waiting = PressRequest(",
            "account and token.deliver(account); self.waiting = PressRequest(",
        ),
        ("typed without a press", "a counter used twice", "not the counter that was listed"),
    ),
    "a cancelled request is not answered": (
        *(
            "fob/app/requests.py",
            "self.refuse(RpcError(errors.CANCELLED))",
            "self.waiting = None",
        ),
        ("never answered", "not answered"),
    ),
}


@pytest.mark.parametrize("seed", SEEDS)
def test_a_session(seed):
    outcome = protocol.attack(seed, LINES)
    assert outcome.finding == "", f"tools/campaign.py protocol --seed {seed} --lines {LINES} tells more"
    assert outcome.lines >= LINES


def test_every_method_cut_at_every_byte():
    assert protocol.attack(protocol.BOUNDARIES).finding == ""


def _worse_drive(folder, change):
    """The built drive with one defect in it."""
    file, before, after = change
    drive = shutil.copytree(find_drive(), folder / "drive")
    (path,) = drive.rglob(file)
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))
    return drive


@pytest.mark.parametrize("defect", PLANTED)
def test_a_planted_defect_is_found(tmp_path, defect):
    *change, kinds = PLANTED[defect]
    drive = _worse_drive(tmp_path, change)
    for seed in (1, 2, 5):
        with Harness(drive) as harness:
            try:
                harness.run(protocol.actions_of(seed, 1500))
            except Finding as found:
                assert found.kind in kinds, found
                return
    pytest.fail("nothing was found")


@pytest.fixture(scope="module")
def harness():
    with Harness() as harness:
        yield harness


@settings(max_examples=150, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    lines=st.lists(
        st.binary(max_size=40)
        | st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(max_size=9) | st.floats(),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
            ),
            max_leaves=6,
        ).map(lambda value: encoded({"jsonrpc": "2.0", "id": 1, "method": "status", "params": value})),
        max_size=6,
    ),
    cut=st.integers(0, 200),
)
def test_lines_that_hypothesis_thinks_of(harness, lines, cut):
    data = b"\n".join(lines)
    harness.perform([("send", data[:cut]), ("wait", 3), ("send", data[cut:]), ("sync",)])


def test_a_code_that_waits_when_its_account_is_erased(harness):
    """Found by seed 49: the press that confirms store.reset, while a code waits for its next step."""
    erase = {"jsonrpc": "2.0", "id": 1, "method": "store.reset", "params": {"timeout": 9}}
    careful = {"jsonrpc": "2.0", "id": 2, "method": "settings.set", "params": {"min_remaining_s": 30}}
    late = (29.0 - harness.token.rtc.unix) % 30
    harness.perform(
        [("sync",), ("send", encoded(careful) + b"\n"), ("wait", late * 1000), ("press", 60), ("wait", 20)]
    )
    assert harness.call("status")["last"] == "waiting"
    harness.perform(
        [("send", encoded(erase) + b"\n"), ("wait", 20), ("press", 60), ("wait", 2000), ("sync",)]
    )


def test_a_session_is_the_same_each_time():
    assert protocol.actions_of(7, 500) == protocol.actions_of(7, 500)
    assert protocol.actions_of(7, 500) != protocol.actions_of(8, 500)


def test_the_shortest_list_is_found():
    assert shortest(range(100), lambda items: {17, 60} <= set(items)) == [17, 60]


def test_the_search_finds_a_mark_in_every_encoding():
    canary = Canary("to be found")
    for form, text in encodings(canary.secret):
        assert form in canary.forms_in(b'{"a": "' + text + b'"}'), form
        assert canary.forms_in(text[: len(text) * 2 // 3]), form
    assert canary.forms_in(Canary("another").secret * 20) == []

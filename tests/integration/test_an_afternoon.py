"""An organisation's first afternoon: a box of tokens, people who sign in through PAM, a loss and a lock."""

import time

import pytest

from integration.pam_exec import PamExec
from support.provisioning_table import Table, typed
from ticktap.clock.history import ClockHistory
from ticktap.provisioning.inventory import items

PEOPLE = {"sqlite": 20, "postgresql": 8}
COUNTING = 5  # of them, with accounts that count; the others' go by the clock
AHEAD = 30  # seconds that the tokens' time begins back; it is brought to now at each sign-in
SPARE = "user,account,label\nuser07,Firm:user07,A-100\n"


@pytest.fixture
def table(request, tmp_path, make_virtual_token):
    """New tokens for all and a spare, which lies in a drawer."""
    people = PEOPLE[request.param]
    where = request.getfixturevalue("postgres").address() if request.param == "postgresql" else None
    tokens = [
        make_virtual_token(
            serial=f"bag {n:04}".encode(), unix=time.time() - AHEAD, rtc_set=False, store_file=True
        )
        for n in range(people + 1)
    ]
    tokens[-1].unplug()
    table = Table(tmp_path, tokens, where)
    yield table
    table.registry.close()


def manifest(people):
    """A line for each, with a label."""
    return "user,account,label\n" + "".join(
        f"user{n:02},{f'otpauth://hotp/Firm:user{n:02}' if n < COUNTING else f'Firm:user{n:02}'},A-{n:03}\n"
        for n in range(people)
    )


@pytest.mark.parametrize("table", PEOPLE, indirect=True)
def test_from_a_box_of_boards_to_people_who_sign_in(table, tmp_path):
    people = len(table.tokens) - 1
    box = manifest(people)
    registry = table.registry
    folder = tmp_path / "pam"
    folder.mkdir()
    key = str(tmp_path / "registry.key")
    pam = PamExec(folder, tmp_path, "--registry", str(table.where), "--registry-key", key)
    assert table.run(box).queue.all_done()
    tokens = {each.user: table.tokens[each.serial] for each in table.finished(box).values()}
    registry.time = time.time
    assert len(tokens) == len({token.serial for token in tokens.values()}) == people

    def code(user):
        """What the user's token types now."""
        token = tokens[user]
        token.advance((time.time() - token.unix) * 1000)
        return typed(token)

    for user in sorted(tokens):
        given = code(user)
        assert pam.accepts(user, given), user
    assert not pam.accepts(user, given), "once"

    # One loses a token, comes in with a backup code, and gets the spare.
    backup, *_ = registry.factors.new_backup_codes("user07")
    (held,) = registry.tokens.of("user07")
    registry.tokens.mark_lost(held.serial)
    assert not pam.accepts("user07", code("user07"))
    assert pam.accepts("user07", backup)
    for token in table.tokens.values():
        token.unplug()
    spare = list(table.tokens.values())[-1]
    spare.plug()
    spare.advance(1000)
    registry.time = table.now
    assert table.run(SPARE).queue.all_done()
    registry.time = time.time
    tokens["user07"] = spare
    assert pam.accepts("user07", code("user07"))

    # One is locked out by somebody who guesses, and let in again by an admin.
    registry.set_policy("wait", 0)
    tokens["user01"].plug()
    tokens["user01"].advance(1000)
    for _ in range(8):
        assert not pam.accepts("user01", "000000")
    assert registry.users.find("user01").locked is not None
    assert not pam.accepts("user01", code("user01"))
    registry.users.unlock("user01")
    assert pam.accepts("user01", code("user01"))

    assert registry.audit.check().faults == []
    with ClockHistory.open(table.rig.folder / "clocks.db") as history:
        found = {each.label: each for each in items(registry.tokens.all(), history, int(time.time()))}
    assert len(found) == people + 1
    assert (found["A-007"].lost is not None, found["A-100"].holder) == (True, "user07")

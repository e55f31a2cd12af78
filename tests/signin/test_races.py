"""Several programs, one registry: one code gets one of them in, and a kill gives no code back."""

from signin.desk import COUNTED
from signin.racing import Program, killed, race
from ticktap.verifier import code_at

HERE = ()


def test_of_racing_programs_with_the_same_code_exactly_one_gets_in(desk):
    desk.add()
    tally = race(desk, 600, threads=3, hosts=[HERE, HERE])
    assert tally.wrong == []
    assert (tally.tries, tally.accepted) == (600, 100)
    assert desk.registry.audit.check().faults == []


def test_programs_see_what_the_others_did(desk):
    """An open registry, looked at and written to, and programs that come and go meanwhile."""
    desk.add(account=COUNTED)
    for counter in range(5, 9):
        assert desk.registry.users.find("ann").failures == 0
        program = Program(desk)
        program.give(desk.now, code_at(COUNTED, counter))
        program.give(desk.now, "000000")
        assert [program.answer(), program.answer()] == [["ok"], ["no-match"]]
        program.close()
        assert desk.registry.all()[0].last_used == counter
        assert desk.registry.users.unlock("ann").failures == 0
    assert len(desk.registry.audit.lines("ann")) == 2 + 3 * 4


def test_after_a_kill_no_accepted_code_is_accepted_again(desk):
    desk.add(account=COUNTED)
    tally = killed(desk, 80)
    assert tally.wrong == []
    assert tally.kills > 2 and 0 < tally.accepted <= tally.tries
    (kept,) = desk.registry.all()
    assert desk.verify(code_at(COUNTED, kept.last_used + 1)).ok

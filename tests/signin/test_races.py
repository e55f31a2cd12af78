"""Several programs, one registry: one code gets one of them in, and a kill gives no code back."""

from random import Random

from signin.desk import COUNTED
from signin.racing import Program
from ticktap.verifier import code_at

ROUNDS = 40
KILLS = 12


def test_of_racing_programs_with_the_same_code_exactly_one_gets_in(desk):
    desk.add()
    desk.registry.set_policy("tries", 100)
    desk.registry.set_policy("wait", 0)
    programs = [Program(desk.where, desk.key) for _ in range(3)]
    try:
        for _ in range(ROUNDS):
            desk.later()
            for program in programs:
                program.give(desk.now, desk.code())
            assert sorted(program.answer() for program in programs) == ["ok", "used", "used"]
    finally:
        for program in programs:
            program.close()
    assert desk.registry.audit.check().faults == []


def test_programs_see_what_the_others_did(desk):
    """An open registry, looked at and written to, and programs that come and go meanwhile."""
    desk.add(account=COUNTED)
    for counter in range(5, 11):
        assert desk.registry.users.find("ann").failures == 0
        program = Program(desk.where, desk.key)
        program.give(desk.now, code_at(COUNTED, counter))
        program.give(desk.now, "000000")
        assert [program.answer(), program.answer()] == ["ok", "no-match"]
        program.close()
        assert desk.registry.all()[0].last_used == counter
        assert desk.registry.users.unlock("ann").failures == 0
    assert len(desk.registry.audit.lines("ann")) == 2 + 3 * 6


def test_after_a_kill_no_accepted_code_is_accepted_again(desk):
    """Killed after some answers, with more codes on their way: what it said "ok" to is spent."""
    desk.add(account=COUNTED)
    chance = Random(7)
    counter, said = COUNTED.counter, 0
    for _ in range(KILLS):
        program = Program(desk.where, desk.key)
        codes = [code_at(COUNTED, counter + ahead) for ahead in range(chance.randrange(1, 8))]
        for code in codes:
            program.give(desk.now, code)
        answers = [program.answer() for _ in range(chance.randrange(len(codes) + 1))]
        program.kill()
        while len(answers) < len(codes) and (late := program.answer()):
            answers.append(late)
        program.close()
        assert set(answers) <= {"ok"}
        said += len(answers)
        (kept,) = desk.registry.all()
        spent = 0 if kept.last_used is None else kept.last_used + 1 - counter
        assert len(answers) <= spent <= len(codes)
        for code in codes[:spent]:
            assert desk.verify(code).reason in ("used", "no-match")
            desk.registry.users.unlock("ann")
        counter += spent
    assert said >= KILLS // 2
    assert desk.verify(code_at(COUNTED, counter)).ok
    assert desk.registry.audit.check().faults == []

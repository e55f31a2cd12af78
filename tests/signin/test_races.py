"""Several programs, one registry: one code gets one of them in, and a kill gives no code back."""

import threading
from concurrent.futures import ThreadPoolExecutor

from signin.desk import COUNTED
from signin.racing import Program, killed, race
from ticktap.otp.code_check import code_at
from ticktap.registry import decoys

HERE = ()


def test_of_racing_programs_with_the_same_code_exactly_one_gets_in(desk):
    desk.add()
    tally = race(desk, 600, threads=3, hosts=[HERE, HERE])
    assert tally.wrong == []
    assert (tally.tries, tally.accepted) == (600, 100)
    assert desk.registry.audit.check().faults == []


def test_a_new_registry_is_made_once_whoever_comes_first(desk):
    with desk.registry.engine.writing() as run:
        for table in ("users", "decoys", "key_check"):  # as it was before the desk came
            run(f"delete from {table}")
    ready = threading.Barrier(8)

    def come(number):
        with desk.open() as registry:
            ready.wait()
            registry.users.add(f"user{number}")
            registry.tokens.record(f"token{number}", seen=0)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(come, range(8)))
    assert desk.registry.audit.check().faults == []
    assert len(desk.registry.users.all()) == len(desk.registry.tokens.all()) == 8
    with desk.registry.engine.reading() as run:
        assert run("select count(*) from key_check").fetchone()[0] == 1
        rows = run("select kind, count(*) from users group by kind").fetchall()
        assert run("select count(*) from decoys").fetchone()[0] == decoys.COUNT
    assert sorted(rows) == [("person", 8), ("registry", 1)]


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

"""Programs that give the same codes at the same moment, and programs that are killed in the middle.

Run as `python -m signin.racing WHERE KEY USER THREADS` it is one such program: to each line "NOW CODE" it
answers with the reasons that so many sign-ins at once gave.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from ticktap.otp.code_check import code_at

if TYPE_CHECKING:
    from signin.desk import Desk

TESTS = Path(__file__).parents[1]
AT_ONCE = 5  # codes under way; with all racers' failures they are fewer than lock a user


class Program:
    """Sign-ins in a process of its own; `host` is what to put before a command that runs elsewhere."""

    def __init__(self, desk: Desk, user: str = "ann", threads: int = 1, host: Sequence[str] = ()) -> None:
        self._process = subprocess.Popen(
            [
                *host,
                sys.executable,
                "-m",
                "signin.racing",
                str(desk.where),
                str(desk.key),
                user,
                str(threads),
            ],
            cwd=TESTS,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def give(self, now: float, code: str) -> None:
        """Has it try a code; `answer` tells what came of it."""
        assert self._process.stdin
        self._process.stdin.write(f"{now} {code}\n")
        self._process.stdin.flush()

    def answer(self) -> list[str]:
        """What came of the earliest code not answered yet, for each thread; empty when it was killed."""
        assert self._process.stdout
        return self._process.stdout.readline().split()

    def kill(self) -> None:
        """Kills it as the system does, without a chance to tidy up."""
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """Has it end."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(BrokenPipeError):  # what it was given, and did not read
            self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


@dataclass
class Tally:
    """What was tried, and what must not have been."""

    tries: int = 0
    accepted: int = 0
    kills: int = 0
    wrong: list[str] = field(default_factory=list)


def race(desk: Desk, tries: int, threads: int, hosts: Sequence[Sequence[str]]) -> Tally:
    """The same code from every thread of every program, again and again; exactly one may get in each time.

    The desk has a user "ann" with its usual account.

    Args:
        hosts: for each program, what to put before its command; nothing: it runs here.
    """
    tally = Tally()
    desk.registry.set_policy("tries", 100)
    desk.registry.set_policy("failures_before_delay", 100)
    racers = [Program(desk, threads=threads, host=host) for host in hosts]
    try:
        while tally.tries < tries:
            for _ in range(AT_ONCE):
                desk.later()
                for racer in racers:
                    racer.give(desk.now, desk.code())
            for _ in range(AT_ONCE):
                answers = [reason for racer in racers for reason in racer.answer()]
                tally.tries += len(answers)
                tally.accepted += answers.count("ok")
                if sorted(answers) != ["ok"] + ["used"] * (len(hosts) * threads - 1):
                    tally.wrong.append(" ".join(answers))
    finally:
        for racer in racers:
            racer.close()
    return tally


def killed(desk: Desk, tries: int, seed: int = 1) -> Tally:
    """Programs killed after some answers, with more codes on their way: what got in is spent, for ever.

    The desk has a user "ann" with an account that counts.
    """
    tally, chance = Tally(), Random(seed)
    account = desk.registry.all()[0].account
    counter = account.counter
    while tally.tries < tries:
        program = Program(desk)
        codes = [code_at(account, counter + ahead) for ahead in range(chance.randrange(1, 41))]
        for code in codes:
            program.give(desk.now, code)
        answers = [program.answer() for _ in range(chance.randrange(len(codes) + 1))]
        program.kill()
        while len(answers) < len(codes) and (late := program.answer()):
            answers.append(late)
        program.close()
        # A server may still be at the commit that its client was killed in; a change of the user waits.
        desk.registry.users.unlock("ann")
        (kept,) = desk.registry.all()
        spent = 0 if kept.last_used is None else kept.last_used + 1 - counter
        tally.kills += 1
        tally.tries += spent
        tally.accepted += len(answers)
        if any(answer != ["ok"] for answer in answers) or not len(answers) <= spent <= len(codes):
            tally.wrong.append(f"answered {answers}, spent {spent}")
        for code in codes[max(0, spent - 2) : spent]:  # the last ones are what a cut could give back
            answer = desk.verify(code)
            if answer.ok or answer.reason not in ("used", "no-match"):
                tally.wrong.append(f"{answer.reason} for a code that was spent")
            desk.registry.users.unlock("ann")
        counter += spent
    tally.wrong += desk.registry.audit.check().faults
    return tally


def main() -> None:
    """One program."""
    from ticktap.registry import Registry
    from ticktap.verifier.sign_in import SignIn

    where, key, user, threads = sys.argv[1:]
    now = 0.0
    registry = Registry.open(where, Path(key), time=lambda: now)
    sign_in = SignIn(registry)
    with ThreadPoolExecutor(int(threads)) as pool:
        for line in sys.stdin:
            stamp, code = line.split()
            now = float(stamp)
            answers = pool.map(lambda code: sign_in.verify(user, code).reason, [code] * int(threads))
            print(*answers, flush=True)


if __name__ == "__main__":
    main()

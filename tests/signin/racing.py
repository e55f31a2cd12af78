"""Programs that give the same codes at the same moment, and one that is killed in the middle.

Run as `python -m signin.racing WHERE KEY ...` it is one such program: it reads lines "NOW CODE" and answers
each with the reason that the sign-in gave.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]


class Program:
    """A sign-in in a process of its own."""

    def __init__(self, where: str | Path, key: Path, user: str = "ann") -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "signin.racing", str(where), str(key), user],
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

    def answer(self) -> str:
        """What came of the earliest code that was not answered yet; empty when it was killed before that."""
        assert self._process.stdout
        return self._process.stdout.readline().strip()

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


def main() -> None:
    """One program."""
    from ticktap.registry import Registry
    from ticktap.verifier.signin import SignIn

    where, key, user = sys.argv[1:]
    now = 0.0
    registry = Registry.open(where, Path(key), time=lambda: now)
    sign_in = SignIn(registry)
    for line in sys.stdin:
        stamp, code = line.split()
        now = float(stamp)
        print(sign_in.verify(user, code).reason, flush=True)


if __name__ == "__main__":
    main()

"""The protocol campaign: sessions by seed against virtual tokens; a failing one is made short."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from fuzz.actions import Move, boundaries, line_by_line, session
from fuzz.expected_answers import Finding
from fuzz.harness import Rig
from fuzz.shrink import shortest

LINES_A_SESSION = 10_000
BOUNDARIES = -1  # the seed of the session that cuts each method at every byte


@dataclass(frozen=True)
class Outcome:
    """What became of one session. `finding` is "" when all held."""

    seed: int
    lines: int
    presses: int
    codes: int
    kind: str = ""
    finding: str = ""


def moves_of(seed: int, lines: int) -> list[Move]:
    return boundaries(seed) if seed == BOUNDARIES else session(seed, lines)


def attack(seed: int, lines: int = LINES_A_SESSION) -> Outcome:
    """One session on a new token."""
    return perform(seed, moves_of(seed, lines))


def perform(seed: int, moves: list[Move]) -> Outcome:
    rig = Rig()
    kind = finding = ""
    try:
        with rig:
            rig.run(moves)
    except Finding as found:
        kind, finding = found.kind, str(found)
    return Outcome(seed, rig.expected.lines, rig.presses, rig.expected.codes, kind, finding)


def campaign(lines: int, first_seed: int, jobs: int = os.cpu_count() or 1) -> Iterator[Outcome]:
    """Sessions until so many lines are tried; the first is the one that cuts at every byte."""
    sessions = -(-lines // LINES_A_SESSION)
    seeds = [BOUNDARIES, *range(first_seed, first_seed + sessions)]
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(attack, seeds)


def minimised(
    seed: int, lines: int = LINES_A_SESSION, perform: Callable[[int, list[Move]], Outcome] = perform
) -> list[Move]:
    """The shortest list of moves found that fails as the session of `seed` does; [] if that holds."""
    moves = moves_of(seed, lines)
    kind = perform(seed, moves).kind
    if not kind:
        return []
    return shortest(line_by_line(moves), lambda fewer: perform(seed, fewer).kind == kind)

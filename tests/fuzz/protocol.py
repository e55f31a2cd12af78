"""The protocol campaign: sessions by seed against virtual tokens; a failing one is made short."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from fuzz.actions import Action, boundaries, line_by_line, session
from fuzz.expected_answers import Finding
from fuzz.harness import Harness
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


def actions_of(seed: int, lines: int) -> list[Action]:
    return boundaries(seed) if seed == BOUNDARIES else session(seed, lines)


def attack(seed: int, lines: int = LINES_A_SESSION) -> Outcome:
    """One session on a new token."""
    return perform(seed, actions_of(seed, lines))


def perform(seed: int, actions: list[Action]) -> Outcome:
    harness = Harness()
    kind = finding = ""
    try:
        with harness:
            harness.run(actions)
    except Finding as found:
        kind, finding = found.kind, str(found)
    return Outcome(seed, harness.expected.lines, harness.presses, harness.expected.codes, kind, finding)


def campaign(lines: int, first_seed: int, jobs: int = os.cpu_count() or 1) -> Iterator[Outcome]:
    """Sessions until so many lines are tried; the first is the one that cuts at every byte."""
    sessions = -(-lines // LINES_A_SESSION)
    seeds = [BOUNDARIES, *range(first_seed, first_seed + sessions)]
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(attack, seeds)


def minimised(
    seed: int, lines: int = LINES_A_SESSION, perform: Callable[[int, list[Action]], Outcome] = perform
) -> list[Action]:
    """The shortest list of actions found that fails as the session of `seed` does; [] if that holds."""
    actions = actions_of(seed, lines)
    kind = perform(seed, actions).kind
    if not kind:
        return []
    return shortest(line_by_line(actions), lambda fewer: perform(seed, fewer).kind == kind)

"""Which operations are cut in which situations, and how closely: the long form on several processes."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fault_injection.cut_operations import OPERATIONS, nothing
from fault_injection.cut_rights import RIGHTS
from fault_injection.cut_situations import SITUATIONS, Made, build
from fault_injection.power_cuts import Case, Tally

EVERY = OPERATIONS + RIGHTS
HALF = (0.5,)
CLOSE = tuple(n / 10 for n in range(10))
FULL = "store file full"
IN_FULL = (
    "remove",
    "HOTP click, the account's first",
    "reset",
    "PIN changed",
)  # there the flash does the same for the rest
SAMPLE_IN_FULL = 40
TWICE = "log full again"
CUT_TWICE = ("add", "remove", "HOTP click, the account's first", "reset")


@dataclass(frozen=True)
class Job:
    """One operation in one situation. `how`: "close", "half", "twice", or how many cuts to sample."""

    operation: str
    situation: str
    how: str | int


def long_form() -> list[Job]:
    """Every flash operation cut at ten fractions; with a full store file (thousands of them), at half."""
    jobs = []
    for situation in SITUATIONS:
        for operation in EVERY:
            in_full = "half" if operation.name in IN_FULL else SAMPLE_IN_FULL
            jobs.append(Job(operation.name, situation, in_full if situation == FULL else "close"))
    jobs += [Job(name, TWICE, "twice") for name in CUT_TWICE]
    return sorted(
        jobs, key=lambda job: ("half", "twice", "close").index(job.how) if type(job.how) is str else 3
    )


def campaign(drive: Path, processes: int) -> Iterator[Tally]:
    """What came of each job of the long form."""
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        yield from pool.imap_unordered(_Worker(drive), long_form())


@dataclass(frozen=True)
class _Worker:
    drive: Path

    def __call__(self, job: Job) -> Tally:
        return run(job, self.drive)


def run(job: Job, drive: Path) -> Tally:
    """One job."""
    operation = next(each for each in EVERY if each.name == job.operation)
    if operation.prepare is nothing:
        made = _prepared(job.situation, drive)
    else:
        made = build(job.situation, drive, operation.prepare)
    with Case(operation, job.situation, made, drive) as case:
        if type(job.how) is int:
            return case.sample(job.how)
        if job.how == "twice":
            return case.again()
        return case.run(HALF if job.how == "half" else CLOSE)


@lru_cache(maxsize=8)
def _prepared(situation: str, drive: Path) -> Made:
    return build(situation, drive)

"""`make campaign`: the attacks on token and command line in full, with figures (docs/campaigns.md).

    campaign.py                                 everything
    campaign.py PART...                         some of: protocol, emulated, unplug, hosts, leaks,
                                                cuts-simulator, cuts-circuitpython, damage, capacity,
                                                signin
    campaign.py protocol --seed N --lines M     repeats one session, and shortens it if it fails

The figures of each part go to docs/campaigns.json, and from there into the table in docs/campaigns.md. The
campaigns live in tests/fault_injection, fuzz and secret_leaks: run it as `PYTHONPATH=tests:firmware python -P
tools/campaign.py` (-P prevents that this file is imported instead of that folder).
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

from emulated import cuts
from emulated.capacity import Filled
from emulated.enrolling import flash_with_store_file
from emulated.uf2 import HOW_TO_GET, find_uf2
from fault_injection import bit_flips, cut_plan, unplug
from fault_injection.cut_token import drive_with_store_file
from fuzz import emulated_lines, protocol, sessions
from fuzz.expected_answers import Finding
from secret_leaks import search
from signin import network
from signin.desk import COUNTED
from signin.desk import Desk as SignInDesk
from signin.postgres import Postgres
from signin.racing import Tally, killed, race
from support import campaign_figures
from support import two_hosts as support_two_hosts
from support.campaign_figures import PARTS, Row
from support.unpluggable_desk import Desk
from ticktap.errors import TicktapError

ROOT = Path(__file__).parents[1]
LINES = 1_000_000
EMULATED_LINES = 300
MIXED_EVERY = 4  # bytes of the first host's request between two positions where the second one interrupts
STALE = 200
SESSIONS = 40
CUTS = 40
FLIPS = 5000
ACCOUNTS = (250, 1000)
RACES, KILLS = 500_000, 5_000  # sign-ins with each database
PROGRAMS, THREADS = 2, 8


def main() -> int:
    asked = _arguments()
    if asked.seed is not None:
        return again(asked.seed, asked.lines or protocol.LINES_A_SESSION)
    parts: dict[str, Callable[[], Iterator[Row]]] = {
        "protocol": lambda: lines(asked.lines or LINES, asked.first_seed, asked.jobs),
        "emulated": lambda: emulated(asked.first_seed),
        "unplug": unplugged,
        "hosts": two_hosts,
        "leaks": leaking,
        "cuts-simulator": lambda: simulated_cuts(asked.jobs),
        "cuts-circuitpython": lambda: circuitpython_cuts(asked.cuts, asked.first_seed, asked.jobs),
        "damage": damaged,
        "capacity": capacities,
        "signin": signing_in,
    }
    failures = 0
    for part in asked.parts or PARTS:
        start = time.monotonic()
        rows = []
        for row in parts[part]():
            rows.append(row)
            failures += row.failures
            print(f"{row.text} ({time.monotonic() - start:.0f} s)", flush=True)
        campaign_figures.keep(part, rows)
    campaign_figures.write()
    return 1 if failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Fuzzing and fault injection; see docs/campaigns.md.")
    parser.add_argument("parts", nargs="*", metavar="PART", choices=[*PARTS, []])
    parser.add_argument("--lines", type=int, help="lines of the protocol campaign, or of one session")
    parser.add_argument("--first-seed", type=int, default=1, help="the first seed")
    parser.add_argument("--seed", type=int, help="only this session of the protocol campaign")
    parser.add_argument("--cuts", type=int, default=CUTS, help="cuts of each operation on real CircuitPython")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    return parser.parse_args()


def again(seed: int, lines: int) -> int:
    """Runs one session; prints the faults and the actions that cause them."""
    outcome = protocol.attack(seed, lines)
    print(outcome)
    if not outcome.kind:
        return 0
    moves = protocol.minimised(seed, lines)
    print("\n".join(map(repr, moves)))
    print(protocol.perform(seed, moves).finding)
    return 1


def lines(count: int, first_seed: int, jobs: int) -> Iterator[Row]:
    tried = presses = codes = 0
    kinds: Counter[str] = Counter()
    for outcome in protocol.campaign(count, first_seed, jobs):
        tried += outcome.lines
        presses += outcome.presses
        codes += outcome.codes
        if outcome.finding:
            kinds[outcome.kind] += 1
            print(f"seed {outcome.seed}: {outcome.finding}", flush=True)
    found = ", ".join(f"{count} x {kind}" for kind, count in kinds.items()) or "0 crashes, 0 other findings"
    what = f"request lines, simulated token, seeds from {first_seed}"
    yield Row(what, tried, "lines", f"{found} ({presses} presses, {codes} codes given)", kinds.total())


def emulated(first_seed: int) -> Iterator[Row]:
    what = f"request lines, real CircuitPython (emulated RP2040), seed {first_seed}"
    if not find_uf2():
        print(HOW_TO_GET)
        yield Row(what, 0, "lines", "not run: no UF2", 1)
        return
    try:
        seen = emulated_lines.attack(first_seed, EMULATED_LINES)
    except Finding as finding:
        yield Row(what, 0, "lines", str(finding), 1)
        return
    heaps = " → ".join(map(str, seen.free))
    yield Row(what, seen.lines, "lines", f"0 crashes; free heap after each quarter {heaps} bytes", 0)


def unplugged() -> Iterator[Row]:
    kinds: Counter[str] = Counter()
    left: Counter[str] = Counter()
    with Desk() as desk:
        campaign = unplug.Campaign(desk)
        for command in unplug.COMMANDS:
            for trial in campaign.trials(command):
                kinds[trial.kind] += 1
                left[unplug.left_behind(trial)] += 1
                if trial.kind not in ("before", "after"):
                    print(f"{command}, {trial.cut}: {trial.kind}", flush=True)
    bad = kinds.total() - kinds["before"] - kinds["after"]
    found = f"{bad} half-made or unclean; {kinds['before']} as before, {kinds['after']} as after"
    yield Row(f"cables pulled in {len(unplug.COMMANDS)} commands", kinds.total(), "unplugs", found, bad)
    told = f"{left['told']} named in the error, {left['hinted']} said to be likely"
    stayed = left["told"] + left["hinted"] + left["untold"]
    yield Row("of these, enrolments whose account stayed", stayed, "unplugs", told, left["untold"])


def two_hosts() -> Iterator[Row]:
    chance = Random(1)
    tried = failed = believed = 0
    with Desk() as desk:
        support_two_hosts.prepare(desk)
        for first in support_two_hosts.CALLS:
            for second in support_two_hosts.CALLS:
                for at in range(0, 80, MIXED_EVERY):
                    tried += 1
                    failed += _fails(
                        lambda at=at, f=first, s=second: support_two_hosts.mixed(desk, f, s, at, chance)
                    )
        yield Row(
            "two hosts' bytes mixed, a quarter of the replies stolen", tried, "pairs", _bad(failed), failed
        )
        for seed in range(STALE):
            believed += _fails(lambda seed=seed: support_two_hosts.stale(desk, seed))
        yield Row("sessions among replies of earlier programs", STALE, "sessions", _bad(believed), believed)
        waits = [support_two_hosts.while_waiting(desk, second) for second in support_two_hosts.WAITING_CALLS]
        lost = sum(not code for _, code in waits) - 1  # press.cancel is meant to end it
        yield Row("second hosts while one waits for a press", len(waits), "calls", _bad(lost), lost)
    yield _sessions()
    reply = b'{"jsonrpc": "2.0", "id": 1, "result": {"accounts": 3, "default": 1, "faults": 0}}\n'
    *torn, _ = support_two_hosts.torn_replies(reply)
    yield Row("replies torn at every byte, real pyserial", len(torn), "tears", _bad(sum(torn)), sum(torn))


def _sessions() -> Row:
    lines = taken = failed = 0
    with Desk() as desk:
        sessions.prepare(desk)
        for seed in range(SESSIONS):
            tried = sessions.attack(desk, seed)
            lines += tried.lines
            taken += tried.taken
            failed += tried.owner_failed
    found = f"{taken} did anything; {failed} of the owner's calls failed meanwhile"
    what = "lines of a second program during the owner's session: replayed, reordered, changed, without a key"
    return Row(what, lines, "lines", found, taken + failed)


def _fails(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except AssertionError as error:
        print(error, flush=True)
        return True
    return False


def _bad(count: int) -> str:
    return f"{count} wrong outcomes"


def leaking() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        with ExitStack() as stack:
            scene = stack.enter_context(search.stage(Path(folder)))
            search.everything(scene)
        left = len(list(scene.temporary.iterdir()))
    for leak in scene.leaks:
        print(leak, flush=True)
    found = (
        f"{len(scene.leaks)} marks found; exit codes {', '.join(map(str, sorted(scene.codes)))}; "
        f"{len(scene.watch.processes)} processes and {len(scene.watch.files)} kinds of file looked at; "
        f"{left} temporary files left"
    )
    bad = len(scene.leaks) + left + len(scene.codes - set(range(10)))
    yield Row("commands with marked secrets", scene.runs, "runs", found, bad)


def simulated_cuts(jobs: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        tallies = list(cut_plan.campaign(drive_with_store_file(Path(folder)), jobs))
    for lost in (lost for tally in tallies for lost in tally.lost):
        print(lost, flush=True)
    for situation in sorted({tally.situation for tally in tallies}):
        here = [tally for tally in tallies if tally.situation == situation]
        lost = sum(len(tally.lost) for tally in here)
        before, after = sum(tally.before for tally in here), sum(tally.after for tally in here)
        images = sum(tally.images for tally in here)
        found = f"{lost} lost; {before:,} as before, {after:,} as after; {images:,} different flashes booted"
        operations = len({tally.operation for tally in here})
        what = f"power cuts in {operations} operations, simulated chip, {situation}"
        yield Row(what, before + after + lost, "cuts", found, lost)


def circuitpython_cuts(count: int, first_seed: int, jobs: int) -> Iterator[Row]:
    what = f"random power cuts in {len(cuts.ACTS)} operations, real CircuitPython, seeds from {first_seed}"
    if not find_uf2():
        print(HOW_TO_GET)
        yield Row(what, 0, "cuts", "not run: no UF2", 1)
        return
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        made = cuts.nearly_full(flash_with_store_file(Path(folder)))
    names, seeds = list(cuts.ACTS), range(first_seed, first_seed + count)
    shares = [(made, names[number::jobs], seeds) for number in range(min(jobs, len(names)))]
    with multiprocessing.get_context("spawn").Pool(len(shares)) as pool:
        kinds = Counter(kind for share in pool.imap_unordered(_cut, shares) for kind in share)
    lost = kinds.total() - kinds["before"] - kinds["after"]
    for kind in kinds.keys() - {"before", "after"}:
        print(kind, flush=True)
    rate = kinds.total() / (time.monotonic() - start) * 60
    found = f"{lost} lost; {kinds['before']} as before, {kinds['after']} as after; {rate:.0f} a minute"
    yield Row(what, kinds.total(), "cuts", found, lost)


def _cut(share: tuple[cuts.Made, list[str], range]) -> list[str]:
    return list(cuts.trials(*share))


def damaged() -> Iterator[Row]:
    for where, place in (
        (bit_flips.in_records, "records"),
        (bit_flips.in_heads, "first records and headers"),
    ):
        kinds = bit_flips.flips(bit_flips.subject(), FLIPS, 1, where)
        bad = kinds.total() - kinds["detected"] - kinds["harmless"]
        found = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        yield Row(
            f"single bits flipped in {place} of log and store file, model of the chip",
            FLIPS,
            "bits",
            found,
            bad,
        )


def capacities() -> Iterator[Row]:
    if not find_uf2():
        print(HOW_TO_GET)
        yield Row("accounts on real CircuitPython", 0, "accounts", "not run: no UF2", 1)
        return
    with tempfile.TemporaryDirectory() as folder:
        filled = Filled(Path(folder))
        for count in ACCOUNTS:
            try:
                filled.grow(count)
                seen = filled.measure()
            except TicktapError as error:
                yield Row("accounts, real CircuitPython", count, "accounts", f"at {filled.count}: {error}", 1)
                return
            yield Row("accounts, real CircuitPython", count, "accounts", seen.text, seen.resets + seen.faults)


def signing_in() -> Iterator[Row]:
    for called in ("SQLite", "PostgreSQL"):
        with _desk(called, durable=False) as desk:
            desk.add()
            what = f"the same code from {PROGRAMS} programs of {THREADS} threads, {called}"
            yield _raced(what, race(desk, RACES, THREADS, [()] * PROGRAMS))
        with _desk(called, durable=True) as desk:
            desk.add(account=COUNTED)
            tally = killed(desk, KILLS)
            print(*tally.wrong, sep="\n", end="")
            found = f"{tally.kills} killed; {len(tally.wrong)} codes accepted again or trails damaged"
            yield Row(
                f"programs killed at sign-ins, {called}", tally.tries, "sign-ins", found, len(tally.wrong)
            )

    if network.possible():
        with network.hosts(PROGRAMS) as there, _desk("PostgreSQL", durable=True, far=True) as desk:
            desk.add()
            what = f"the same code from {PROGRAMS} hosts of {THREADS} threads, PostgreSQL over TCP"
            yield _raced(what, race(desk, RACES // 5, THREADS, there))
    else:
        print("hosts with a network between them can only be made by root, with the program ip")


def _raced(what: str, tally: Tally) -> Row:
    found = f"{tally.accepted:,} accepted, one of each {PROGRAMS * THREADS}; {len(tally.wrong)} replays"
    return Row(what, tally.tries, "sign-ins", found, len(tally.wrong))


@contextmanager
def _desk(called: str, durable: bool, far: bool = False) -> Iterator[SignInDesk]:
    """Opens a registry in a new database."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        where: str | Path = Path(folder, "registry.db")
        if called == "PostgreSQL":
            server = Postgres(Path(folder, "server"), durable, network.NETWORK if far else "")
            stack.callback(server.stop)
            where = server.address(network.HERE if far else "")
        desk = SignInDesk(where, Path(folder, "registry.key"))
        stack.callback(desk.registry.close)
        yield desk


if __name__ == "__main__":
    sys.exit(main())

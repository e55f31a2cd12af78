"""From the button to the reports at the host."""

from __future__ import annotations

import random
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from bench import board
from bench.groups.start import MACROPAD_PACKAGES
from bench.row import Row
from bench.run import Run
from emulated.token import EmulatedToken

TITLE = "Press to reports"
ABOUT = (
    "Medians over presses of 60 ms at any phase of the token's loop, the clock and the endpoint. ticktap"
    " decides at the release (a hold is something else), the library baseline at the press. The floor is a"
    " program that sends ready-made reports."
)
EMULATED = True

CONTACT_MS = 60
FIRST_BUDGET_MS, LAST_BUDGET_MS, WORST_BUDGET_MS = 32, 66, 76
USUAL = 50  # presses of SHA-1 accounts: enough for the worst
REPORTS = 7  # of a code without equal neighbours: six keys and a release
LIBRARY_REPORTS = 12
FLOOR_IS = "the same keys, ready made, at the same scan rate and endpoint"
WARM_MS = 1200  # the token makes the code of a new step ahead within a second


@dataclass(frozen=True)
class Times:
    """Medians and worst, in emulated ms; from the release unless named otherwise."""

    first: float
    last: float
    worst: float
    press_to_first: float
    press_to_last: float


def rows(run: Run) -> Iterator[Row]:
    presses = run.count(8, 60)
    floor = program_times(run.peer_flash("floor", ()), presses, REPORTS)
    with board.powered(run.flash()) as token:
        client = board.connect(token)
        ours = {}
        for algorithm in ("SHA1", "SHA256", "SHA512"):
            client.default(board.enrol(client, 1, algorithm))
            count = max(presses, USUAL) if algorithm == "SHA1" else presses
            ours[algorithm] = times(token, count, REPORTS)
    with board.powered(run.screen_flash(), screen=True) as token:
        board.enrol(board.connect(token), 1)
        ours["SHA1, with a screen"] = times(token, presses, REPORTS)
    peer = program_times(run.peer_flash("macropad", MACROPAD_PACKAGES), presses, LIBRARY_REPORTS)
    for algorithm, measured in ours.items():
        note = f"{max(presses, USUAL) if algorithm == 'SHA1' else presses} presses"
        yield Row(
            f"release to first report, {algorithm}",
            measured.first,
            "ms",
            FIRST_BUDGET_MS,
            floor.first,
            FLOOR_IS,
            note,
        )
        yield Row(
            f"release to last report, {algorithm}",
            measured.last,
            "ms",
            LAST_BUDGET_MS,
            floor.last,
            FLOOR_IS,
            f"worst {measured.worst:.0f}",
        )
    sha1 = ours["SHA1"]
    yield Row(
        "release to last report, SHA1, worst",
        sha1.worst,
        "ms",
        WORST_BUDGET_MS,
        floor.worst,
        FLOOR_IS,
        f"of {max(presses, USUAL)} presses",
    )
    floors = {"floor": floor.press_to_first, "floor_is": FLOOR_IS}
    yield Row("press to first report, SHA1, 60 ms contact", sha1.press_to_first, "ms", **floors)
    floors["floor"] = floor.press_to_last
    yield Row("press to last report, SHA1, 60 ms contact", sha1.press_to_last, "ms", bar="ticktap", **floors)
    yield Row("press to first report, library baseline", peer.press_to_first, "ms", peer=True)
    yield Row(
        "press to last report, library baseline",
        peer.press_to_last,
        "ms",
        peer=True,
        bar="library baseline",
        note=f"{LIBRARY_REPORTS} reports; types at the press, whatever its length",
    )


def program_times(flash: bytes, presses: int, reports: int) -> Times:
    """Times a program of `drives/`."""
    with board.powered(flash) as token:
        token.plug()
        token.advance(2500)
        return times(token, presses, reports, 50)


def times(token: EmulatedToken, presses: int, reports: int, rest_ms: float = WARM_MS) -> Times:
    """Presses until `presses` codes took exactly `reports` reports each; other codes are not counted."""
    chance = random.Random(2)
    firsts, lasts = [], []
    from_press = []
    while len(lasts) < presses:
        token.rtc(unix=board.NOON + 300 * chance.randrange(1000) + 3)
        token.advance(rest_ms + 40 * chance.random())
        token.clear_typed()
        token.press(ms=CONTACT_MS)
        token.advance(300)
        if len(token.reports) != reports:
            continue
        edges = token.edge_times
        first, last = edges.reports_ns[0] / 1e6, edges.reports_ns[-1] / 1e6
        pushed, released = edges.press_ns / 1e6, edges.release_ns / 1e6
        firsts.append(first - released)
        lasts.append(last - released)
        from_press.append((first - pushed, last - pushed))
    return Times(
        statistics.median(firsts),
        statistics.median(lasts),
        max(lasts),
        statistics.median(first for first, _ in from_press),
        statistics.median(last for _, last in from_press),
    )

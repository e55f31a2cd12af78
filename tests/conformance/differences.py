"""What two transcripts of one scenario have that the other has not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from conformance.desk import Transcript

LONGEST = 300

_SURROGATES = "CircuitPython keeps halves of a surrogate pair in a str, which Python cannot encode"
KNOWN: dict[tuple[str, str], str] = {
    ("lines-lenient", r"""b'{"jsonrpc":"2.0","id":"\\ud800","method":"press.cancel"}'"""): _SURROGATES,
    ("lines-odd", r"""b'{"jsonrpc":"2.0","id":"\\ud83d\\ude00","method":"press.cancel"}'"""): _SURROGATES,
}
"""(scenario, note) of differences that stay, and why. Everything else is mended in the simulator."""


@dataclass(frozen=True)
class Difference:
    """One note of a scenario that the places tell differently."""

    scenario: str
    what: str
    simulated: Any
    real: Any

    def __str__(self) -> str:
        reason = KNOWN.get((self.scenario, self.what))
        told = [f"{value!r:.{LONGEST}}" for value in unlike(self.simulated, self.real)]
        known = f" (known: {reason})" if reason else ""
        return f"{self.scenario}: {self.what}: simulator {told[0]}, CircuitPython {told[1]}{known}"


def unlike(one: Any, other: Any) -> tuple[Any, Any]:
    """What of two values is not the same in both: of dicts, the entries that differ."""
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return one, other
    apart = [name for name in {**one, **other} if one.get(name, ...) != other.get(name, ...)]
    pairs = {name: unlike(one.get(name), other.get(name)) for name in apart}
    return {name: pairs[name][0] for name in apart if name in one}, {
        name: pairs[name][1] for name in apart if name in other
    }


def compare(scenario: str, simulated: Transcript, real: Transcript) -> Iterator[Difference]:
    """The differences, in the order of the scenario. A scenario that took another path differs in `notes`."""
    ours, theirs = ([what for what, _ in each.notes] for each in (simulated, real))
    if ours != theirs:
        yield Difference(scenario, "notes", ours, theirs)
        return
    for (what, value), (_, other) in zip(simulated.notes, real.notes, strict=True):
        if value != other:
            yield Difference(scenario, what, value, other)


def times(scenario: str, simulated: Transcript, real: Transcript) -> Iterator[str]:
    """The times of both, as text."""
    for what, ms in simulated.times.items():
        if what in real.times:
            yield f"{scenario}: {what}: simulator {ms:.1f} ms, CircuitPython {real.times[what]:.1f} ms"

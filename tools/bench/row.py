"""One measured figure, and whether it meets its budget."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A line of the report.

    budget    its maximum (its minimum, with `at_least`); None if nothing is promised
    floor     a limit that no program can beat, in the same unit; `floor_is` describes it
    note      more information: counts, conditions, a worst value
    why       what is known about missing the budget; shown only when it is missed
    peer      the figure of another implementation, for comparison
    bar       the name under which the plot shows it; "" keeps it out
    """

    what: str
    value: float
    unit: str
    budget: float | None = None
    floor: float | None = None
    floor_is: str = ""
    note: str = ""
    why: str = ""
    at_least: bool = False
    peer: bool = False
    bar: str = ""

    @property
    def missed(self) -> bool:
        if self.budget is None:
            return False
        return self.value < self.budget if self.at_least else self.value > self.budget

"""Writes the table of formats in docs/interop.md from a run: `make interop-page`."""

from pathlib import Path

from formats import interop

PAGE = Path(__file__).parents[1] / "docs" / "interop.md"


def main() -> None:
    """Replaces what stands between the marks."""
    begin, end = interop.MARKS
    before, _, rest = PAGE.read_text().partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n{interop.table()}\n{end}{after}")


if __name__ == "__main__":
    main()

"""docs/interop.md says what this run sees."""

from pathlib import Path

from formats import table

PAGE = Path(__file__).parents[2] / "docs" / "interop.md"


def test_every_account_that_should_come_out_right_does():
    assert [text for text, right in table.rows() if not right] == []


def test_the_page_has_the_table_of_this_run():
    """`make interop-page` writes it."""
    begin, end = table.MARKS
    written = PAGE.read_text().partition(begin)[2].partition(end)[0].strip()
    assert written == table.table()

"""Servers and modules of others take the codes that the token types, and docs/interop.md says what they did.

`make verifiers-page` writes its tables.
"""

import pytest

from interop import page


@pytest.mark.parametrize(
    "verifier", page.VERIFIERS, ids=lambda verifier: verifier.__name__.rpartition(".")[2]
)
def test_everyone_whom_the_export_takes_signs_in(verifier, desk, tmp_path):
    report = verifier.report(desk, tmp_path)
    for row in report.rows:
        assert row.right == row.accounts - len(row.refused), row.cells()
    for section, lines in page.cells(report).items():
        on_the_page = [line for line in page.written(section) if line[0].strip() in verifier.NAMES]
        seen, expected = ([page.comparable(section, line) for line in each] for each in (lines, on_the_page))
        assert seen == expected


def test_the_page_tells_of_no_other_verifier():
    known = {name for verifier in page.VERIFIERS for name in verifier.NAMES}
    for section in page.HEADINGS:
        assert {line[0].strip() for line in page.written(section)} <= known

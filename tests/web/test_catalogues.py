"""The catalogues are complete, and their translations have the same places."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

sys.path.append(str(Path(__file__).parents[2] / "tools"))
import catalogues  # noqa: E402

FILES = sorted(catalogues.WEB.glob("locale/*/LC_MESSAGES/*.po"))
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parents[1].name)
def test_every_text_is_translated(path: Path) -> None:
    with path.open("rb") as source:
        catalogue = read_po(source, abort_invalid=True)
    texts = {each.id for each in catalogues.extracted() if each.id}
    assert len(texts) > 150
    assert {each.id for each in catalogue if each.id} == texts, "run make catalogues"
    assert [each.id for each in catalogue if each.id and (not each.string or each.fuzzy)] == []
    for each in catalogue:
        if each.id:
            assert sorted(PLACES.findall(each.id)) == sorted(PLACES.findall(str(each.string))), each.id

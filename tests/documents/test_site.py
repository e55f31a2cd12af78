"""What `make docs` hands to Sphinx: every document, once in the navigation; links to folders made good."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "pages"
    subprocess.run(
        [sys.executable, "-m", "docsite.stage", str(folder)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "tools")},
        check=True,
    )
    return folder


def navigated(page: Path) -> list[str]:
    """The pages in a page's tables of contents, from the top, without .md."""
    blocks = re.findall(
        r"^```\{toctree\}\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    entries = [line for block in blocks for line in block.splitlines() if line and not line.startswith(":")]
    return [re.sub(r".*<(.+)>", r"\1", entry) for entry in entries]


def test_each_document_is_in_the_navigation_once(pages: Path) -> None:
    found = navigated(pages / "index.md")
    found += [f"docs/decisions/{name}" for name in navigated(pages / "docs/decisions/README.md")]
    documents = [
        REPOSITORY / "CONTRIBUTING.md",
        REPOSITORY / "CHANGELOG.md",
        REPOSITORY / "SECURITY.md",
        REPOSITORY / "hardware/README.md",
    ]
    documents += (REPOSITORY / "docs").rglob("*.md")
    assert Counter(found) == Counter(
        path.relative_to(REPOSITORY).as_posix().removesuffix(".md") for path in documents
    )


def test_a_link_to_a_folder_goes_to_its_readme_or_to_a_list_of_its_files(pages: Path) -> None:
    assert "](docs/decisions/README.md)" in (pages / "index.md").read_text(encoding="utf-8")
    assert "](ticktap_hardware/index.md)" in (pages / "hardware/README.md").read_text(encoding="utf-8")
    assert "[board_pins.py](board_pins.py)" in (pages / "hardware/ticktap_hardware/index.md").read_text(
        encoding="utf-8"
    )


def test_what_is_linked_and_no_document_is_taken_along(pages: Path) -> None:
    for path in (
        "LICENSE",
        "hardware/bom/qtpy.csv",
        "hardware/pictures/token.png",
        "docs/casts/first-token.svg",
    ):
        assert (pages / path).read_bytes() == (REPOSITORY / path).read_bytes()

"""Every relative link, anchor and picture of the documents is there; the checks see one that is not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.links import anchors, dead, links

REPOSITORY = Path(__file__).parents[2]
NOT_OURS = ("build", "dist", "node_modules")


def documents() -> Iterator[Path]:
    for folder, folders, files in os.walk(REPOSITORY):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.startswith(".")]
        yield from (Path(folder, name) for name in files if name.endswith(".md"))


DOCUMENTS = sorted(path.relative_to(REPOSITORY).as_posix() for path in documents())


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    assert dead(REPOSITORY / document) == []


def test_the_documents_are_found_and_have_links() -> None:
    assert {"README.md", "docs/cli.md", "hardware/README.md", "docs/decisions/README.md"} <= set(DOCUMENTS)
    assert "docs/hardware.md" in links((REPOSITORY / "README.md").read_text())


def test_a_dead_link_a_missing_anchor_and_a_missing_picture_are_seen(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Here it is\n")
    page = tmp_path / "page.md"
    page.write_text(
        "# A page\n[fine](other.md) [fine](other.md#here-it-is) [fine](#a-page) [away](https://example.com)\n"
        "`[code](code.md)`\n\n```\n[code](fence.md)\n```\n"
        '[no](none.md) [no](other.md#nowhere) [no](#gone) ![no](none.png) <img src="none.svg">\n'
        "\n[ref]: none-2.md\n"
    )
    assert dead(page) == ["none.md", "other.md#nowhere", "#gone", "none.png", "none.svg", "none-2.md"]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("## What lies where", "what-lies-where"),
        ("# `ticktap code`, and more", "ticktap-code-and-more"),
        ("### The [clock](clock.md) - and more", "the-clock---and-more"),
        ("## はじめに", "はじめに"),
    ],
)
def test_anchors_are_named_as_a_page_view_names_them(heading: str, anchor: str) -> None:
    assert anchors(f"{heading}\n") == {anchor}


def test_the_second_heading_of_a_name_is_numbered() -> None:
    assert anchors("# Use\n## Use\n## Use\n") == {"use", "use-1", "use-2"}


def test_the_check_of_the_built_site_sees_what_is_dead_and_what_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "other.html").write_text('<p id="here">')
    (tmp_path / "style.css").write_text("body { background: url(https://example.com/x.png) }")
    (tmp_path / "index.html").write_text(
        '<link rel="stylesheet" href="style.css"><a href="other.html#here">1</a><a href="https://example.com">2</a>'
        '<a href="other.html#gone">3</a><a href="none.html">4</a><img src="none.png">'
        '<script src="https://example.com/x.js"></script>'
    )
    done = subprocess.run(
        [sys.executable, "-m", "docsite.check", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "tools")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert sorted(done.stderr.splitlines()) == [
        "index.html: dead: none.html",
        "index.html: dead: none.png",
        "index.html: dead: other.html#gone",
        "index.html: fetches https://example.com/x.js",
        "style.css: fetches https://example.com/x.png",
    ]

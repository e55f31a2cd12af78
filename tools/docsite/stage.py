"""Copies the repository's documents for Sphinx, in the same tree, so that relative links stay valid.

    python -m docsite.stage FOLDER

README.md becomes the front page, with the contents of docs/site/contents.toml. A link to a folder goes to the
folder's README, or to a list of its files. Every file that a page links to is copied.
"""

from __future__ import annotations

import re
import shutil
import sys
import tomllib
from os.path import relpath
from pathlib import Path
from typing import NamedTuple

REPOSITORY = Path(__file__).parents[2]
CONTENTS = REPOSITORY / "docs/site/contents.toml"
_LINK = re.compile(r"(?<=\]\()(?![a-z]+:|#)([^)#\s]+)|(?<=<img src=\")([^\":]+)")
_FENCE = "\n```{{toctree}}\n{options}\n\n{pages}\n```\n"


class Part(NamedTuple):
    """One heading of the navigation, with (file, short title) of each page."""

    caption: str
    pages: list[tuple[str, str]]


def documents() -> list[str]:
    """Paths of all documents, relative to the repository."""
    found = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/**/*.md"), *REPOSITORY.glob("hardware/**/*.md")]
    return sorted(path.relative_to(REPOSITORY).as_posix() for path in found)


def contents(there: list[str]) -> list[Part]:
    """The navigation for the documents `there`: those of contents.toml in its order, then the others."""
    parts = [Part(part["caption"], part["pages"]) for part in tomllib.loads(CONTENTS.read_text())["part"]]
    listed = {page for part in parts for page, _ in part.pages} | {"README.md"}
    folders = {Path(page).parent for page in listed if page.endswith("/README.md")}
    others = [page for page in there if page not in listed and Path(page).parent not in folders]
    parts.append(Part("More", [(page, "") for page in others]))
    kept = [Part(part.caption, [page for page in part.pages if page[0] in there]) for part in parts]
    return [part for part in kept if part.pages]


class Stage:
    """The copied tree, in a folder that does not exist yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages = documents()

    def lay(self) -> None:
        for page in self.pages:
            self._write("index.md" if page == "README.md" else page, self._text(page))

    def _text(self, page: str) -> str:
        place = (REPOSITORY / page).parent
        text = _LINK.sub(lambda link: self._target(place, link[0]), (REPOSITORY / page).read_text())
        if page == "README.md":
            return text + "".join(_toctree(part) for part in contents(self.pages))
        beside = [other for other in self.pages if (REPOSITORY / other).parent == place and other != page]
        if page.endswith("/README.md") and beside:
            pages = "\n".join(Path(other).stem for other in beside)
            text += _FENCE.format(options=":maxdepth: 1", pages=pages)
        return text

    def _target(self, place: Path, link: str) -> str:
        """Returns the target in the copied tree of a link on a page in the folder `place`."""
        target = (place / link).resolve()
        if target == REPOSITORY / "README.md":
            return relpath(REPOSITORY / "index.md", place)
        if target.is_dir():
            if (target / "README.md").is_file():
                return f"{link.rstrip('/')}/README.md"
            self._list(target)
            return f"{link.rstrip('/')}/index.md"
        if target.is_file() and target.suffix != ".md":
            self._take(target)
        return link

    def _list(self, folder: Path) -> None:
        """A page with the files of a folder that has no README."""
        files = sorted(path for path in folder.iterdir() if path.is_file())
        for path in files:
            self._take(path)
        lines = [f"- [{path.name}]({path.name})" for path in files]
        name = folder.relative_to(REPOSITORY).as_posix()
        self._write(
            f"{name}/index.md", "\n".join(["---", "orphan: true", "---", "", f"# {name}", "", *lines])
        )

    def _take(self, path: Path) -> None:
        place = self.folder / path.relative_to(REPOSITORY)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)

    def _write(self, page: str, text: str) -> None:
        place = self.folder / page
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")


def _toctree(part: Part) -> str:
    lines = [
        f"{title} <{page.removesuffix('.md')}>" if title else page.removesuffix(".md")
        for page, title in part.pages
    ]
    return _FENCE.format(options=f":hidden:\n:caption: {part.caption}", pages="\n".join(lines))


if __name__ == "__main__":
    Stage(Path(sys.argv[1])).lay()

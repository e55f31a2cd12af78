"""Checks that every link of the built site works, and that no page loads anything from other sites.

python -m docsite.check FOLDER        exit 1, and a line for each fault
"""

from __future__ import annotations

import re
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_FETCHES = {"src", "srcset", "data", "poster"}  # and href, of <link>
_STYLE = re.compile(r"url\(\s*['\"]?\s*((?:https?:)?//[^)'\"]+)|@import\s+['\"]?([^'\";]+)")


class Page(HTMLParser):
    """The anchors of a page, the targets of its links, and what a browser loads to show it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" or (tag == "a" and name == "name"):
                self.anchors.add(value or "")
            elif name == "href" and tag == "a":
                self.links.append(value or "")
            elif name in _FETCHES or (name == "href" and tag == "link"):
                self.fetched.append(value or "")


@cache
def page(path: Path) -> Page:
    return Page(path.read_text(encoding="utf-8"))


def faults(site: Path) -> list[str]:
    """Returns a line for each dead link, missing anchor or picture, and resource of another site."""
    pages = sorted(site.rglob("*.html"))
    found = [f"{path.relative_to(site)}: {fault}" for path in pages for fault in _page_faults(path)]
    for style in site.rglob("*.css"):
        hits = [hit[0] or hit[1] for hit in _STYLE.findall(style.read_text(encoding="utf-8"))]
        found += [f"{style.relative_to(site)}: fetches {hit}" for hit in hits]
    return found if pages else [f"{site}: no pages"]


def _page_faults(path: Path) -> list[str]:
    found = [f"fetches {link}" for link in page(path).fetched if _elsewhere(link)]
    inside = [link for link in page(path).links + page(path).fetched if not _elsewhere(link)]
    return found + [f"dead: {link}" for link in inside if not _alive(path, link)]


def _elsewhere(link: str) -> bool:
    parts = urlsplit(link)
    return bool(parts.netloc) or parts.scheme in ("http", "https", "mailto")


def _alive(path: Path, link: str) -> bool:
    parts = urlsplit(link)
    if parts.scheme == "data":
        return True
    target = path if not parts.path else path.parent / unquote(parts.path)
    if not target.is_file():
        return False
    anchor = unquote(parts.fragment)
    return not anchor or target.suffix != ".html" or anchor in page(target.resolve()).anchors


def main(site: Path) -> int:
    found = faults(site.resolve())
    for fault in found:
        print(fault, file=sys.stderr)
    print(f"{site}: {len(list(site.rglob('*.html')))} pages, {len(found)} faults")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

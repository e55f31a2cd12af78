"""Links and anchors of CommonMark documents, as a repository's own page view makes them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from urllib.parse import unquote

_FENCED = re.compile(r"^ *(`{3,}|~{3,}).*?^ *\1`*$", re.M | re.S)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.S)
_LINK = re.compile(
    r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|^ *\[[^\]]+\]:\s*(\S+)|<(?:img|a)\s[^>]*(?:src|href)=\"([^\"]+)\"", re.M
)
_HEADING = re.compile(r"^#{1,6} +(.*?)(?: +#+)? *$", re.M)
_ANCHOR = re.compile(r"<a\s[^>]*(?:id|name)=\"([^\"]+)\"")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.I)


def links(text: str) -> list[str]:
    """The relative targets of links and pictures, code left out."""
    plain = _CODE.sub("", _FENCED.sub("", text))
    found = [next(filter(None, hit)) for hit in _LINK.findall(plain)]
    return [target for target in found if not _SCHEME.match(target)]


def anchors(text: str) -> set[str]:
    """What `#...` may name: each heading in small letters, without punctuation, spaces as hyphens; the second
    of a name has `-1` after it."""
    bare = _FENCED.sub("", text)
    found = set(_ANCHOR.findall(bare))
    seen: Counter[str] = Counter()
    for heading in _HEADING.findall(bare):
        words = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        name = re.sub(r"[^\w\- ]", "", words).replace(" ", "-")
        found.add(f"{name}-{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


def dead(document: Path) -> list[str]:
    """The targets in a document that lead nowhere."""
    return [target for target in links(document.read_text(encoding="utf-8")) if not _leads(document, target)]


def _leads(document: Path, target: str) -> bool:
    path, _, anchor = target.partition("#")
    there = document.parent / unquote(path) if path else document
    if not there.exists():
        return False
    return not anchor or (
        there.suffix == ".md" and unquote(anchor) in anchors(there.read_text(encoding="utf-8"))
    )

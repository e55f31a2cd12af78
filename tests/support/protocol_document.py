"""Parses docs/protocol.md: its methods, errors, shapes and permissions."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """What is below a heading, to the next one of its level."""
    level, found = re.search(rf"^(#+) {re.escape(title)}\n(.*?)(?=^\1 |\Z)", TEXT, re.M | re.S).groups()
    assert level in ("##", "###")
    return found


def rows(title: str) -> list[list[str]]:
    """The cells of the tables in a section, without heads."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    rules = [at for at, row in enumerate(cells) if set("".join(row)) == {"-"}]
    return [row for at, row in enumerate(cells) if at not in rules and at + 1 not in rules]


_DESCRIBED = section("Methods") + section("Who may do what")


def methods() -> dict[str, set[str]]:
    """Every method and the names of its parameters; `...` and `name` are returned literally."""
    found: dict[str, set[str]] = {}
    for name, given in re.findall(r"`([a-z]+(?:\.[a-z]+)?) (\{[^`]*\})`", _DESCRIBED):
        if "." in name:
            found.setdefault(name, set()).update(re.findall(r'(?<!: )"(\w+)"', given))
    for name in re.findall(r"^`([a-z]+(?:\.[a-z]+)?)` →", _DESCRIBED, re.M):
        found.setdefault(name, set())
    return found


def errors() -> dict[int, str]:
    return {int(code): name for code, name, _, _ in rows("Errors")}


def settings() -> list[str]:
    return [row[0] for row in rows("Settings")]


def shape(start: str) -> dict:
    """The keys, with those inside them, of the first object written after `start`: {key: {...} or None}."""
    at = TEXT.index("{", TEXT.index(start) + len(start))
    stack: list[dict] = []
    key = None
    for word in re.findall(r'"\w+":|[{}]', TEXT[at:]):
        if word == "{":
            stack.append({})
            if key is not None:
                stack[-2][key] = stack[-1]
            key = None
        elif word == "}":
            done = stack.pop()
            if not stack:
                return done
        else:
            key = word[1:-2]
            stack[-1][key] = None
    raise AssertionError(f"no object after {start}")


def who() -> list[tuple[list[str], str, str]]:
    """(methods, on a token without an owner, on one with) of each row of "Who may do what"."""
    return [(_named(cell), free, claimed) for cell, free, claimed in rows("Who may do what")]


def _named(cell: str) -> list[str]:
    """`account.add` `rename` means account.rename; `session.*` every one of them."""
    noun, out = "", []
    for word in re.findall(r"`([^`]+)`", cell):
        if word.endswith(".*"):
            out += sorted(name for name in methods() if name.startswith(word[:-1]))
        elif "." in word or word in methods():
            noun = word.split(".")[0]
            out.append(word)
        else:
            out.append(f"{noun}.{word}")
    return out

"""S-expressions as KiCad writes them: lists, bare words, quoted text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

# A list holds Words, strings, numbers and lists. mypy cannot say that without recursion into invariance.
Expr = list[Any]

_TOKEN = re.compile(r'\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))', re.DOTALL)


class Word(str):
    """A bare word; a plain str is quoted."""


def words(text: str) -> list[Word]:
    return [Word(word) for word in text.split()]


def parse(text: str) -> Expr:
    """Parses a text that is one list. Raises ValueError."""
    stack: list[Expr] = [[]]
    for paren, quoted, bare in _tokens(text):
        if paren == "(":
            stack.append([])
        elif paren == ")":
            if len(stack) < 2:
                raise ValueError("a ) too many")
            done = stack.pop()
            stack[-1].append(done)
        elif bare:
            stack[-1].append(Word(bare))
        else:
            stack[-1].append(re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], quoted))
    if len(stack) != 1 or len(stack[0]) != 1 or not isinstance(stack[0][0], list):
        raise ValueError("not one whole list")
    return stack[0][0]


def _tokens(text: str) -> Iterator[tuple[str, str, str]]:
    at = 0
    end = len(text.rstrip())
    while at < end:
        match = _TOKEN.match(text, at)
        if not match:
            raise ValueError(f"unreadable at character {at}")
        at = match.end()
        yield match[1] or "", match[2] or "", match[3] or ""


def children(expr: Sequence[Any], head: str) -> list[Expr]:
    """The lists in it that begin with a word."""
    return [item for item in expr if isinstance(item, list) and item and item[0] == head]


def child(expr: Sequence[Any], head: str) -> Expr:
    """Returns the first such list. Raises KeyError."""
    for item in children(expr, head):
        return item
    raise KeyError(head)


def dump(expr: Expr, depth: int = 0) -> str:
    """Text; lists that hold lists of lists get a line for each."""
    if not any(isinstance(item, list) and any(isinstance(part, list) for part in item) for item in expr):
        return (
            "(" + " ".join(_atom(item) if not isinstance(item, list) else dump(item) for item in expr) + ")"
        )
    indent = "\n" + "  " * (depth + 1)
    head = []
    rest = list(expr)
    while rest and not isinstance(rest[0], list):
        head.append(_atom(rest.pop(0)))
    lines = [dump(item, depth + 1) if isinstance(item, list) else _atom(item) for item in rest]
    return "(" + " ".join(head) + "".join(indent + line for line in lines) + "\n" + "  " * depth + ")"


def number(value: float) -> str:
    """Six decimals at most, no trailing zeros, no minus zero."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _atom(item: object) -> str:
    if isinstance(item, Word):
        return str(item)
    if isinstance(item, str):
        return '"' + item.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(item, (int, float)):
        return number(item)
    raise TypeError(type(item).__name__)

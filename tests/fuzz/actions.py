"""A session as a list of actions, made from a seed: what a host and a user do to one token.

An action is a tuple: ("send", bytes), ("wait", ms), ("press", ms), ("open",), ("close",), ("deaf", bool),
("locks", bool) or ("sync",), which waits until everything sent was carried out. A list of them can be
printed, repeated and made shorter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

from fuzz.grammar import NEEDS_PRESS, Grammar, encoded
from support.canaries import Canary

LINES = re.compile(rb"[^\n]*\n|[^\n]+")
Action = tuple  # the name, then its arguments
POOL = [Canary(f"enrolled {number}", size) for number, size in enumerate((10, 20, 32, 64, 128))]
BURST = 150  # lines between barriers, about

TWICE = ("token.claim", "store.reset", "pin.set", "pin.remove", "pin.keys")  # need two presses


def session(seed: int, lines: int) -> list[Action]:
    """The session of a seed with about so many lines. Every third never touches the button.

    On the others the token may be reset, or get an owner and a PIN, with some seeds.
    """
    chance = Random(seed)
    pressing = seed % 3 != 0
    grammar = Grammar(chance, POOL, reset=seed % 5 == 4, guard=pressing and seed % 5 == 2)
    actions: list[Action] = list(_allow(grammar)) if pressing else []
    done = 0
    while done < lines:
        burst = b"".join(grammar.line() for _ in range(chance.randrange(BURST // 2, BURST * 3 // 2)))
        if pressing and done and chance.random() < 0.5:
            actions.extend(_allow(grammar))
        done += sum(len(line) > 1 for line in LINES.findall(burst))
        for piece in _pieces(chance, burst):
            actions.append(("send", piece))
            actions.extend(_between(chance))
            if pressing and actions[-1] == ("open",) and chance.random() < 0.8:
                actions.extend(_allow(grammar))
            if pressing and chance.random() < 0.1:
                actions.extend(_press(chance, grammar))
        actions.append(("sync",))
    return actions


def _pieces(chance: Random, burst: bytes) -> Iterator[bytes]:
    """The burst whole, cut at random, or a stretch of it byte by byte."""
    style = chance.random()
    if style < 0.5:
        yield burst
        return
    if style < 0.6:
        at = chance.randrange(len(burst) + 1)
        yield burst[:at]
        for byte in burst[at : at + 40]:
            yield bytes((byte,))
        yield burst[at + 40 :]
        return
    cuts = sorted(chance.randrange(len(burst) + 1) for _ in range(chance.randrange(1, 10)))
    for start, stop in zip([0, *cuts], [*cuts, len(burst)], strict=True):
        yield burst[start:stop]


def _between(chance: Random) -> Iterator[Action]:
    """What happens between two pieces; mostly nothing, or a few ms."""
    act = chance.random()
    if act < 0.5:
        yield ("wait", chance.choice((0.3, 1, 3, 10)))
    elif act < 0.55:
        yield ("close",)
        yield ("wait", chance.choice((0, 0, 1, 4, 20)))
        yield ("open",)
    elif act < 0.56:
        yield ("wait", chance.choice((400, 1500, 5000)))
    elif act < 0.565:
        yield ("deaf", True)
        yield ("wait", chance.choice((5, 1200)))
        yield ("deaf", False)
    elif act < 0.58:
        yield ("locks", chance.random() < 0.5)


def _allow(grammar: Grammar) -> Iterator[Action]:
    """Leave to change things on this connection; what else waits for a press is cancelled."""
    for method in ("press.cancel", "session.allow"):
        yield ("send", b"\n" + encoded(grammar.request(method)) + b"\n")
    yield ("wait", 1_200)
    yield ("press", 250)


def _press(chance: Random, grammar: Grammar) -> Iterator[Action]:
    """The button, in half of the cases after a request that waits for it."""
    method = ""
    if chance.random() < 0.5:
        method = chance.choice([name for name in grammar.names if name in NEEDS_PRESS])
        yield ("send", b"\n" + encoded(grammar.request(method)) + b"\n")
        yield ("wait", chance.choice((5, 1_200, 1_200)))
    if method in TWICE:
        yield ("press", 250)
        yield ("wait", chance.choice((5, 1_200)))
    yield ("press", chance.choice((2, 25, 60, 60, 210, 210, 250, 900, 1500)))


def boundaries(seed: int) -> list[Action]:
    """One request of every method cut in two at every byte, and two of them joined at every byte."""
    chance = Random(seed)
    grammar = Grammar(chance, POOL, guard=True)
    actions: list[Action] = list(_allow(grammar))
    for name in grammar.names:
        length = len(encoded(grammar.request(name))) + 1
        for at in range(length + 1):
            line = encoded(grammar.request(name)) + b"\n"
            following = encoded(grammar.request("hello")) + b"\n"
            actions += [("send", line[:at]), ("wait", 3), ("send", line[at:] + following[:at])]
            actions += [("wait", 3), ("send", following[at:])]
        actions.append(("sync",))
    return actions


def line_by_line(actions: list[Action]) -> list[Action]:
    """The same actions with one line in each "send", so that fewer can be tried."""
    out: list[Action] = []
    for action in actions:
        pieces = LINES.findall(action[1]) if action[0] == "send" else []
        out += [("send", piece) for piece in pieces] if pieces else [action]
    return out

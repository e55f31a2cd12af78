"""The documents' terminal recordings: each kept picture is drawn from its recording; what counts as stale."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

REPOSITORY = Path(__file__).parents[2]
CASTS = REPOSITORY / "docs/casts"


@pytest.fixture(scope="module")
def casts() -> Iterator[ModuleType]:
    """The tool's package, which is on no other test's path."""
    sys.path.insert(0, str(REPOSITORY / "tools"))
    try:
        import docsite.casts.__main__ as main

        yield main
    finally:
        sys.path.remove(str(REPOSITORY / "tools"))


def made(casts: ModuleType, *events: tuple[float, str, str], columns: int = 20) -> object:
    return casts.Cast("A terminal", columns, 6, events)


def last(casts: ModuleType, cast: object) -> list[str]:
    """The rows of text that stand at the end, the cursor left out."""
    from docsite.casts import screen

    *_, (_, rows) = screen.frames(cast)
    lines = [
        "".join(" " * (run.column if not at else 0) + run.text for at, run in enumerate(row)) for row in rows
    ]
    return [line.replace("\N{FULL BLOCK}", "") for line in lines if line.strip("\N{FULL BLOCK} ")]


def test_each_scene_is_kept_and_drawn(casts: ModuleType) -> None:
    kept = {path.stem for path in CASTS.glob("*.cast")}
    assert kept == casts.SCENES.keys() == {path.stem for path in CASTS.glob("*.svg")}
    assert [fault for name in kept if (fault := casts.undrawn(CASTS / f"{name}.cast"))] == []


@pytest.mark.parametrize("name", ["first-token", "watch", "provision", "doctor"])
def test_a_picture_fetches_and_runs_nothing_and_can_stand_still(casts: ModuleType, name: str) -> None:
    text = (CASTS / f"{name}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    kinds = {element.tag.partition("}")[2] for element in root.iter()}
    assert kinds == {"svg", "title", "style", "rect", "path", "circle", "text"}
    assert not any(
        "href" in attribute or attribute.startswith("on")
        for element in root.iter()
        for attribute in element.attrib
    )
    assert "url(" not in text
    shown = {word for element in root.iter() for word in element.get("class", "").split() if word[0] == "t"}
    assert shown and shown == set(re.findall(r"@keyframes (\w+)", text))
    presses = sum(event[1:] == ("m", "press") for event in casts.read(CASTS / f"{name}.cast").events)
    assert presses and text.count("<circle class=") == 1
    assert "prefers-reduced-motion:reduce" in text
    assert root[0].text and root[0].text.startswith("A terminal: ")


def test_other_words_make_it_stale_and_other_times_do_not(casts: ModuleType, tmp_path: Path) -> None:
    cast = made(casts, (0.0, "o", "Off by +3.1 ms.\r\n"), (0.5, "m", "press"), (2.0, "o", "Right."))
    path = tmp_path / "kept.cast"
    assert casts.stale(path, cast) == "is missing"
    casts.write(path, cast)
    assert casts.read(path) == cast
    slower = ((0.0, "o", "Off by "), (1.0, "o", "-0.4 ms.\r\n"), (9.5, "m", "press"), (12.0, "o", "Right."))
    assert casts.stale(path, replace(cast, events=slower)) == ""
    wrong = (*cast.events[:2], (2.0, "o", "Wrong."))
    assert "Right." in casts.stale(path, replace(cast, events=wrong))
    unpressed = (cast.events[0], cast.events[2])
    assert casts.stale(path, replace(cast, events=unpressed))
    assert casts.stale(path, replace(cast, columns=21)) == "has another title or size"


def test_other_bars_do_not_make_it_stale_but_other_counts_do(casts: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "kept.cast"
    for kept, same, other in (
        ("━━━━╸━ 22 s left", "━━╺━━━ 9 s left", "━━╺━━━ 9 s gone"),
        ("━━╺━━ 1 of 2 A: clock right to 9 ms", "━━╺━ 1 of 2 A: named", "━━╺━ 2 of 2 A: named"),
    ):
        casts.write(path, made(casts, (0.0, "o", f"$\r\n{kept}")))
        assert casts.stale(path, made(casts, (0.0, "o", f"$\r\n{same}"))) == ""
        assert casts.stale(path, made(casts, (0.0, "o", f"$\r\n{other}")))


def test_a_picture_of_another_recording_is_found(casts: ModuleType, tmp_path: Path) -> None:
    path = tmp_path / "kept.cast"
    casts.write(path, made(casts, (0.0, "o", "One")))
    path.with_suffix(".svg").write_text(casts.draw(casts.read(path)), encoding="utf-8")
    assert casts.undrawn(path) == ""
    casts.write(path, made(casts, (0.0, "o", "Two")))
    assert casts.undrawn(path) == "kept.svg is not drawn from it"


def test_lines_break_between_words_unless_wrapping_is_off(casts: ModuleType) -> None:
    text = "one two three four five"
    assert last(casts, made(casts, (0.0, "o", text), columns=11)) == ["one two", "three four", "five"]
    assert last(casts, made(casts, (0.0, "o", "one two thr ee"), columns=11)) == ["one two thr", "ee"]
    assert last(casts, made(casts, (0.0, "o", "x" * 12), columns=11)) == ["x" * 11, "x"]
    assert last(casts, made(casts, (0.0, "o", f"\x1b[?7l{text}"), columns=11)) == ["one two thre"[:10] + "e"]


def test_after_a_full_screen_view_what_was_there_is_back(casts: ModuleType) -> None:
    view = "before\r\n\x1b[?1049h\x1b[1;1HVIEW\x1b[2J\x1b[?1049lafter"
    assert last(casts, made(casts, (0.0, "o", view))) == ["before", "after"]


def test_long_waits_are_shortened_and_nothing_changes_its_place(casts: ModuleType) -> None:
    from docsite.casts.castfile import LONGEST, steady

    events = ((5.0, "o", "a"), (5.3, "m", "press"), (65.3, "o", "b"), (65.3, "o", "c"))
    assert steady(events) == ((0.0, "o", "a"), (0.3, "m", "press"), (round(0.3 + LONGEST, 1), "o", "bc"))

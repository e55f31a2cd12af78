"""The picture of a clock's record: it is well-formed, in its file, and everything seen is in it."""

import xml.etree.ElementTree as tree

import pytest
from PIL import Image

from ticktap.clock import plot
from ticktap.clock.drift import Observation
from ticktap.errors import BadInput, TicktapError

SVG = "{http://www.w3.org/2000/svg}"
DAY = 86400
SEEN = [
    Observation(1_800_000_000, "sync", None, 0.0, 0.002, 20.0, 0, state="stopped"),
    Observation(1_800_000_000 + 2 * DAY, "sync", 0.45, 0.001, 0.002, 23.5, 0),
    Observation(1_800_000_000 + 2 * DAY + 9, "trim", None, 0.001, 0.002, 23.5, 0, 26),
    Observation(1_800_000_000 + 30 * DAY, "seen", -0.05, -0.05, 0.002, 19.0, 26),
    Observation(1_800_000_000 + 31 * DAY, "verify", 30.0, 30.0, 45.0),
]


def parts(text, name):
    return tree.fromstring(text).iter(SVG + name)


def test_it_is_a_picture_of_everything_seen():
    text = plot.svg(SEEN, "Clock of <desk> & co")
    words = [each.text for each in parts(text, "text")]
    assert "Clock of <desk> & co" in words
    assert "+26" in words
    assert "°C" in words
    circles = list(parts(text, "circle"))
    # two in the legend; the first sync as left, the second as found and left, a look; four temperatures
    assert len(circles) == 2 + 1 + 2 + 1 + 4
    for circle in circles:
        assert 0 < float(circle.get("cx")) < plot.WIDTH
        assert 0 < float(circle.get("cy")) < plot.HEIGHT


def test_a_later_look_is_further_right_and_a_larger_offset_further_up():
    text = plot.svg(SEEN[:2], "x")
    found, left = list(parts(text, "circle"))[-4:-2], list(parts(text, "circle"))[:2]
    assert len(left) == 2
    assert float(found[0].get("cy")) != float(found[1].get("cy"))


@pytest.mark.parametrize("span", [600, 7200, DAY, 40 * DAY, 3000 * DAY])
def test_any_span_has_a_few_dates(span):
    text = plot.svg([SEEN[0], Observation(SEEN[0].unix + span, "sync", 1e-3, 0.0, 1e-3)], "x")
    words = [each.text or "" for each in parts(text, "text")]
    assert 1 <= sum(word.startswith("20") or ":" in word for word in words) <= 9


@pytest.mark.parametrize("offset", [0.0, 1e-6, 0.003, 12.5, -3000.0])
def test_any_offset_has_a_few_marks(offset):
    axis = plot._axis(min(0.0, offset), max(0.0, offset), 400, 60, 6)
    assert 2 <= len(axis.marks) <= 9
    assert axis.at(axis.low) == 400
    assert axis.at(axis.high) == 60


def test_it_is_written_as_svg_and_as_png(tmp_path):
    plot.write(str(tmp_path / "a.svg"), SEEN, "x")
    tree.parse(tmp_path / "a.svg")
    plot.write(str(tmp_path / "a.png"), SEEN, "x")
    with Image.open(tmp_path / "a.png") as picture:
        assert picture.size == (2 * plot.WIDTH, 2 * plot.HEIGHT)
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 20


def test_what_cannot_be_drawn(tmp_path):
    with pytest.raises(BadInput, match="svg or .png"):
        plot.write(str(tmp_path / "a.jpg"), SEEN, "x")
    with pytest.raises(BadInput, match="nothing to draw"):
        plot.svg([SEEN[0], SEEN[-1]], "x")
    with pytest.raises(TicktapError, match="cannot be written"):
        plot.write(str(tmp_path / "no" / "a.svg"), SEEN, "x")

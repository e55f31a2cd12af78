"""The lists of what to buy are complete, and what the pages say it costs is their sum."""

import csv
import io
import itertools
import re

import pytest

from ticktap_hardware import bom, layout
from ticktap_hardware.carrier import CARRIER
from ticktap_hardware.footprint import pin_at
from ticktap_hardware.texts import HERE

CIRCUITS = {circuit.name: circuit for circuit in bom.circuits()}
SOLDER_ONLY = {"JP1"}  # two pads, nothing to buy


@pytest.mark.parametrize("name", CIRCUITS)
def test_everything_is_on_the_list(name):
    rows = list(csv.DictReader(io.StringIO(bom.table(CIRCUITS[name]))))
    refs = " ".join(row["References"] for row in rows).split()
    for part in CIRCUITS[name].parts:
        assert (part.ref in refs) == (part.ref not in SOLDER_ONLY), part.ref
    for row in rows:
        assert row["Maker"]
        assert row["Number"]
        assert len(row["Suppliers"].split("; ")) >= 2, row
        assert float(row[bom.HEAD[6]]) > 0
        named = [ref for ref in row["References"].split() if ref != "cell"]
        assert len(named) in (0, int(row["Quantity"])), row


def test_alike_parts_are_one_line():
    rows = list(csv.DictReader(io.StringIO(bom.table(CARRIER))))
    assert [row["Quantity"] for row in rows if row["References"] == "R1 R2"] == ["2"]


@pytest.mark.parametrize("name", CIRCUITS)
def test_the_page_says_what_it_costs(name):
    page = (HERE / "README.md").read_text()
    told = re.search(rf"bom/{name}\.csv\)[^|]*\| about \$(\d+)", page)
    assert told, name
    assert int(told[1]) == round(bom.total(CIRCUITS[name]))
    assert bom.PRICES_OF in page


def test_every_part_has_its_place_and_every_net_its_copper():
    assert set(layout.PLACED) == {part.ref for part in CARRIER.parts}
    copper = {track.net for track in layout.TRACKS}
    assert copper == set(CARRIER.nets) - {"GND"}, "ground is the fill of both sides"


def test_no_track_runs_right_under_the_clock_chip():
    """DS3231 data sheet, "Handling, PC Board Layout, and Assembly": not without ground between."""
    chip = layout.PLACED["U2"]
    for track in layout.TRACKS:
        if track.layer != layout.FRONT:
            continue  # the front's ground is between
        for (x, y), (to_x, to_y) in itertools.pairwise(track.points):
            for step in range(101):
                at_x, at_y = x + (to_x - x) * step / 100, y + (to_y - y) * step / 100
                assert abs(at_x - chip.x) > 3.6 or abs(at_y - chip.y) > 5.15, track


def test_the_picos_pads_are_where_a_pico_has_them():
    assert pin_at(1) == (-8.89, 1.37)
    assert pin_at(20) == pytest.approx((-8.89, 1.37 + 19 * 2.54))
    assert pin_at(21) == pytest.approx((8.89, 1.37 + 19 * 2.54))
    assert pin_at(40) == (8.89, 1.37)

"""The carrier's layout, and that each check of it rejects a layout that is wrong."""

import itertools
from dataclasses import replace

import pytest

from ticktap_hardware import bodies, copper, xiao_footprint
from ticktap_hardware.carrier import CARRIER
from ticktap_hardware.carrier_layout import LAYOUT
from ticktap_hardware.footprint import BARE, SHELL_HOLES, pin_at
from ticktap_hardware.layout import BACK, FRONT, Placed
from ticktap_hardware.own_boards import OWN_BOARDS
from ticktap_hardware.texts import HERE
from ticktap_hardware.xiao_carrier import XIAO_CARRIER
from ticktap_hardware.xiao_carrier_layout import LAYOUT as XIAO_LAYOUT

each_board = pytest.mark.parametrize("own", OWN_BOARDS, ids=lambda own: own.name)
BOARD = (HERE / "carrier/carrier.kicad_pcb").read_text()
XIAO_BOARD = (HERE / "xiao-carrier/xiao-carrier.kicad_pcb").read_text()
BACK_PRINT = '(layer "B.SilkS")\n    (effects\n      (font'
ORIGIN = (100.0, 60.0)  # of a board on its sheet


def placed(**parts):
    return replace(LAYOUT, placed={**LAYOUT.placed, **parts})


@each_board
def test_every_part_has_its_place_and_every_net_its_copper(own):
    assert set(own.layout.placed) == {part.ref for part in own.circuit.parts}
    nets = {track.net for track in own.layout.tracks}
    assert nets == set(own.circuit.nets) - {"GND"}, "ground is the fill of both sides"


@each_board
def test_no_track_runs_right_under_the_clock_chip(own):
    """DS3231 data sheet, "Handling, PC Board Layout, and Assembly": not without ground between."""
    chip = own.layout.placed["U2"]
    for track in own.layout.tracks:
        if track.layer != FRONT:
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


@pytest.mark.parametrize(("turn", "way"), [(0, (1, 2)), (90, (2, -1)), (180, (-1, -2)), (270, (-2, 1))])
def test_a_part_is_turned_anticlockwise(turn, way):
    """y is downwards, as KiCad has it."""
    assert Placed(10, 20, turn).turned(1, 2) == pytest.approx(way)
    assert Placed(10, 20, turn).on_board(1, 2) == pytest.approx((10 + way[0], 20 + way[1]))


@each_board
def test_the_cell_can_be_put_in(own):
    assert bodies.in_the_way(own.circuit, own.layout) == []
    assert set(bodies.mouths(own.circuit, own.layout)) == {"BT1"}


def test_a_part_in_the_way_of_the_xiao_carriers_cell_is_told():
    """On the back, beside the mouth. The same part on the front is not in the way."""
    for back, found in ((True, ["C1 is in the way of the cell of BT1"]), (False, [])):
        layout = replace(XIAO_LAYOUT, placed={**XIAO_LAYOUT.placed, "C1": Placed(24.0, 20.0, back=back)})
        assert bodies.in_the_way(XIAO_CARRIER, layout) == found


def test_the_xiao_carrier_is_no_larger_than_it_may_be():
    assert XIAO_LAYOUT.width <= 25
    assert XIAO_LAYOUT.height <= 45


def test_the_xiaos_pads_are_where_a_xiao_has_them():
    """Seeed Studio's footprint: 2.54 mm apart, the middle row 10.5 mm from the edge with the socket."""
    assert xiao_footprint.pin_at(4)[1] == xiao_footprint.pin_at(11)[1] == pytest.approx(10.5)
    assert xiao_footprint.pin_at(1)[1] == xiao_footprint.pin_at(14)[1] == pytest.approx(2.88)
    assert xiao_footprint.pin_at(7)[0] < 0 < xiao_footprint.pin_at(8)[0]


@pytest.mark.parametrize(
    ("layout", "said"),
    [
        (placed(BT1=Placed(18.5, 14.5)), "U2 is in the way of the cell of BT1"),  # the carrier's first layout
        (placed(BT1=Placed(18.5, 15.5, 90)), "U1 is in the way of the cell of BT1"),
        (placed(R4=Placed(27.0, 3.0)), "R4 is in the way of the cell of BT1"),
        (placed(D1=Placed(26.5, 3.0)), "D1 rim is in the way of the cell of BT1"),
    ],
)
def test_a_cell_that_cannot_be_put_in_is_told(layout, said):
    assert said in bodies.in_the_way(CARRIER, layout)


def test_what_is_below_or_beside_the_cells_path_is_not_in_its_way():
    layout = placed(D1=Placed(30.0, 3.0), R4=Placed(6.0, 8.0))
    assert bodies.in_the_way(CARRIER, layout) == []


@each_board
def test_the_boards_copper_and_print(own):
    assert copper.problems((HERE / own.file("kicad_pcb")).read_text(), own.layout, ORIGIN) == []


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        # The pads of the carrier's first layout.
        (
            "(size 3.4 1.7)\n      (drill 1.02 (offset -0.85 0))",
            "(size 3.2 1.6) (drill 1.02 (offset -0.9 0))",
            "U1.2 has a ring of 0.190 mm",
        ),
        ("(size 0.9) (drill 0.4)", "(size 0.8) (drill 0.4)", "has a ring of 0.200 mm"),
        (
            "(size 2.2 2.2) (drill 2.2)",
            "(size 2.2 2.2) (drill 2)",
            "no hole for the Pico's USB socket at (-2.725, 1.5, 2.2)",
        ),
        ("(size 1 1) (thickness 0.15)", "(size 0.9 0.9) (thickness 0.15)", "0.9 mm high"),
        ("(size 1 1) (thickness 0.15)", "(size 1 1) (thickness 0.14)", "stroke 0.14 mm"),
    ],
)
def test_what_a_maker_of_boards_would_send_back_is_told(was, becomes, said):
    assert was in BOARD
    found = copper.problems(BOARD.replace(was, becomes), LAYOUT, ORIGIN)
    assert any(said in line for line in found), found


def track(x, y, to_x, to_y, net, layer=FRONT):
    """A track, as its file has it; board coordinates."""
    ends = f"(start {ORIGIN[0] + x} {ORIGIN[1] + y}) (end {ORIGIN[0] + to_x} {ORIGIN[1] + to_y})"
    return f'  (segment {ends} (width 0.25) (layer "{layer}") (net {net}))\n)'


def with_copper(item, board=BOARD):
    return board.rstrip().removesuffix(")") + item


@pytest.mark.parametrize("name", BARE)
def test_copper_below_bare_copper_of_the_pico_is_told(name):
    left, top, right, bottom = BARE[name]
    pico = LAYOUT.placed["U1"]
    x, y = pico.on_board((left + right) / 2, (top + bottom) / 2)
    found = copper.problems(with_copper(track(x - 0.5, y, x + 0.5, y, 1)), LAYOUT, ORIGIN)
    assert f"copper lies below the {name} of U1" in found


@pytest.mark.parametrize("name", xiao_footprint.BARE)
def test_copper_below_bare_copper_of_the_xiao_is_told(name):
    left, top, right, bottom = xiao_footprint.BARE[name]
    x, y = XIAO_LAYOUT.placed["U1"].on_board((left + right) / 2, (top + bottom) / 2)
    across = track(x - 0.5, y, x + 0.5, y, 1)
    assert f"copper lies below the {name} of U1" in copper.problems(
        with_copper(across, XIAO_BOARD), XIAO_LAYOUT, ORIGIN
    )


def test_copper_below_the_cells_positive_rim_is_told():
    cell = LAYOUT.placed["BT1"]
    found = copper.problems(with_copper(track(cell.x, cell.y - 12, cell.x, cell.y - 8, 2)), LAYOUT, ORIGIN)
    assert any("below the cell's positive rim" in line for line in found), found


def test_copper_on_the_other_side_than_the_cell_is_not_below_its_rim():
    cell = XIAO_LAYOUT.placed["BT1"]
    for layer, said in ((BACK, 1), (FRONT, 0)):
        across = track(cell.x - 10.9, cell.y, cell.x - 8.0, cell.y, 2, layer)
        found = copper.problems(with_copper(across, XIAO_BOARD), XIAO_LAYOUT, ORIGIN)
        assert sum("below the cell's positive rim" in line for line in found) == said, found


def test_a_thin_ring_and_small_print_of_the_xiao_carrier_are_told():
    for was, becomes, said in (
        ("(size 0.9) (drill 0.4)", "(size 0.8) (drill 0.4)", "has a ring of 0.200 mm"),
        (f"{BACK_PRINT} (size 1 1)", f"{BACK_PRINT} (size 0.8 0.8)", "0.8 mm high"),
    ):
        assert was in XIAO_BOARD
        found = copper.problems(XIAO_BOARD.replace(was, becomes), XIAO_LAYOUT, ORIGIN)
        assert any(said in line for line in found), found


def test_fill_below_the_cells_positive_rim_is_told():
    """By moving the cell over the fill, for the file has none there."""
    assert any(
        "of GND lies below" in line for line in copper.problems(BOARD, placed(BT1=Placed(46.0, 46.0)), ORIGIN)
    )


def test_the_sockets_holes_are_not_in_the_bare_areas():
    for x, y, _ in SHELL_HOLES:
        assert not any(left < x < right and top < y < bottom for left, top, right, bottom in BARE.values())

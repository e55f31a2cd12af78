"""The files that the repository keeps are what the source makes, and say what the source says."""

import json
import re
import uuid
from pathlib import Path

import pytest
from PIL import Image

from ticktap_hardware import compare, erc, kept, readback, sexpr, steady, wiring
from ticktap_hardware.carrier import CARRIER
from ticktap_hardware.forms import FORMS
from ticktap_hardware.layout import BACK, FRONT
from ticktap_hardware.own_boards import OWN_BOARDS
from ticktap_hardware.texts import HERE, texts
from ticktap_hardware.xiao_carrier_layout import LAYOUT as XIAO_LAYOUT

SCHEMATIC = HERE / "carrier/carrier.kicad_sch"
BOARD = HERE / "carrier/carrier.kicad_pcb"
ORIGIN = (100.0, 60.0)  # of a board on its sheet
each_board = pytest.mark.parametrize("own", OWN_BOARDS, ids=lambda own: own.name)


@pytest.mark.parametrize("path", texts())
def test_what_is_kept_is_what_is_made(path):
    assert (HERE / path).read_text() == texts()[path], "`make hardware-keep` makes it anew"


def test_nothing_else_is_kept():
    """A form or a board that is gone takes its files along."""
    folders = {Path(path).parts[0] for path in (*texts(), *kept.PICTURES)}
    there = {
        str(path.relative_to(HERE))
        for folder in folders
        for path in (HERE / folder).rglob("*")
        if path.is_file()
    }
    there = {
        path for path in there if not path.endswith(".kicad_prl")
    }  # KiCad's own, when a person has opened it
    assert there == {*texts(), *kept.BOARD, *kept.PICTURES}


@each_board
def test_the_schematic_read_back_is_the_netlist(own):
    found = readback.circuit_of((HERE / own.file("kicad_sch")).read_text())
    assert compare.differences(own.circuit, found, kinds=True) == []
    assert erc.problems(found) == []


@each_board
def test_the_boards_pads_are_the_netlist(own):
    assert (
        compare.differences(own.circuit, readback.board_of((HERE / own.file("kicad_pcb")).read_text())) == []
    )


@each_board
def test_the_boards_parts_are_where_the_layout_has_them(own):
    """The side too, and where a turned part's pads lie: by what KiCad wrote."""
    for footprint in sexpr.children(sexpr.parse((HERE / own.file("kicad_pcb")).read_text()), "footprint"):
        texts = {item[1]: item[2] for item in sexpr.children(footprint, "fp_text")}
        if (where := own.layout.placed.get(texts["reference"])) is None:
            continue  # a hole
        assert sexpr.child(footprint, "layer")[1] == (BACK if where.back else FRONT)
        x, y, turn = (*(float(value) for value in sexpr.child(footprint, "at")[1:]), 0.0)[:3]
        assert (x, y) == pytest.approx((ORIGIN[0] + where.x, ORIGIN[1] + where.y))
        assert turn % 360 == where.turn


def test_a_part_on_the_back_is_where_its_pads_are():
    """The contacts of the XIAO carrier's cell holder are up and down, and the mouth is to the right."""
    cell = XIAO_LAYOUT.placed["BT1"]
    assert cell.on_board(10.985, 0) == pytest.approx((12.5, 24.985))
    assert cell.turned(0, 1) == pytest.approx((1, 0))


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ('(global_label "SDA"', '(global_label "SCL"', "SDA lacks"),
        ('"4k7"', '"47k"', "has the value 47k, not 4k7"),
        ("(no_connect", "(no_longer", "open pins differ"),
        ('(property "Reference" "C1"', '(property "Reference" "C2"', "C1 is missing"),
        ("(wire", "(wired", "GND lacks"),
    ],
)
def test_a_changed_schematic_is_told(was, becomes, said):
    text = SCHEMATIC.read_text()
    assert was in text
    found = compare.differences(CARRIER, readback.circuit_of(text.replace(was, becomes, 1)))
    assert any(said in line for line in found), found


def test_a_pad_on_another_net_is_told():
    text = BOARD.read_text()
    pads = re.findall(r'\(net (\d+) "(SDA|SCL)"\)', text)
    numbers = {name: number for number, name in pads}
    swapped = text.replace(f'(net {numbers["SDA"]} "SDA") (pintype', "")
    swapped = re.sub(
        rf'(\(pad "15" [^\n]*?)\(net {numbers["SDA"]} "SDA"\)', rf'\1(net {numbers["SCL"]} "SCL")', swapped
    )
    found = compare.differences(CARRIER, readback.board_of(swapped))
    assert "SDA lacks U2.15" in found
    assert "SCL has U2.15 too" in found


def test_wires_join_where_they_meet_and_not_where_they_cross():
    """A pin on the middle of a wire is joined; two wires that cross are not."""
    pin = '(pin passive line (at 0 0 0) (length 0) (name "~") (number "1"))'
    library = f'(lib_symbols (symbol "t:P" (symbol "P_1_1" {pin})))'

    def part(ref, x, y):
        texts = "".join(f'(property "{key}" "{ref}" )' for key in ("Reference", "Value", "Footprint"))
        return f'(symbol (lib_id "t:P") (at {x} {y} 0) {texts})'

    def wire(*points):
        return "(wire (pts " + " ".join(f"(xy {x} {y})" for x, y in points) + "))"

    sheet = (
        f'(kicad_sch (title_block (title "t")) {library}'
        + wire((0, 0), (20, 0))
        + wire((5, -5), (5, 5))
        + wire((10, 0), (10, 5))
        + part("A1", 0, 0) + part("A2", 5, 5) + part("A3", 10, 5) + part("A4", 15, 0)
        + '(global_label "ACROSS" (at 20 0 0)) (global_label "DOWN" (at 5 -5 0)))'
    )  # fmt: skip
    nets = {net: set(pins) for net, pins in readback.circuit_of(sheet).nets.items()}
    assert nets == {"ACROSS": {"A1.1", "A3.1", "A4.1"}, "DOWN": {"A2.1"}}


def test_a_board_is_the_same_file_whatever_order_and_identifiers_kicad_gives_it():
    board = sexpr.parse(BOARD.read_text())
    first = next(n for n, item in enumerate(board) if isinstance(item, list) and item[0] == "footprint")
    turned = sexpr.dump(board[:first] + board[first:][::-1])
    turned = re.sub(r"\(tstamp [0-9a-f-]{36}\)", lambda _: f"(tstamp {uuid.uuid4()})", turned)
    assert turned != BOARD.read_text()
    assert steady.steady(turned) == BOARD.read_text()


def test_s_expressions_survive_a_round():
    text = BOARD.read_text()
    expr = sexpr.parse(text)
    assert sexpr.parse(sexpr.dump(expr)) == expr
    for broken in ("", "(a", "(a))", "a", "(a) (b)"):
        with pytest.raises(ValueError, match="."):
            sexpr.parse(broken)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_wiring_drawing_has_every_wire_of_its_netlist_and_no_other(form):
    drawn = re.findall(r"data-net='(\S+)' data-from='(\S+)' data-to='(\S+)'", wiring.drawing(form))
    assert sorted(drawn) == sorted(wiring.wires(form))
    ends = {pin for _, one, other in drawn for pin in (one, other)}
    assert ends == {pin for pins in form.nets.values() for pin in pins}


@each_board
def test_the_project_holds_the_rules_that_the_board_is_checked_by(own):
    project = json.loads((HERE / own.file("kicad_pro")).read_text())
    rules = project["board"]["design_settings"]["rules"]
    assert rules["min_track_width"] == pytest.approx(0.2)
    assert rules["min_clearance"] == pytest.approx(0.2)
    assert rules["min_through_hole_diameter"] == 0.3
    assert rules["min_copper_edge_clearance"] == pytest.approx(0.4)


@pytest.mark.parametrize("path", kept.PICTURES)
def test_a_picture_shows_something(path):
    with Image.open(HERE / path) as picture:
        assert min(picture.size) >= 700
        colours = picture.convert("RGB").getcolors(maxcolors=1 << 20)
    common = sorted((count for count, _ in colours), reverse=True)
    assert len(common) > 20
    assert common[0] < 0.9 * sum(common), "nearly all of one colour"

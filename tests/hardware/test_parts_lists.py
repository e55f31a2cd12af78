"""The lists of what to buy are complete, and what the pages say it costs is their sum."""

import csv
import io
import re

import pytest

from ticktap_hardware import assembly, bom
from ticktap_hardware.carrier import CARRIER
from ticktap_hardware.texts import HERE
from ticktap_hardware.xiao_carrier import XIAO_CARRIER

CIRCUITS = {circuit.name: circuit for circuit in bom.circuits()}
SOLDER_ONLY = {"JP1"}  # two pads, nothing to buy


def rows_of(table):
    return list(csv.DictReader(io.StringIO(table)))


@pytest.mark.parametrize("name", CIRCUITS)
def test_everything_is_on_the_list(name):
    rows = rows_of(bom.table(CIRCUITS[name]))
    refs = [row["Reference"] for row in rows if row["Reference"]]
    assert refs == [part.ref for part in CIRCUITS[name].parts if part.ref not in SOLDER_ONLY]
    for row in rows:
        assert row["Maker"]
        assert row["Number"]
        assert len(row["Suppliers"].split("; ")) >= 2, row
        assert float(row[bom.HEAD[6]]) > 0
        assert int(row["Quantity"]) == 1 or not row["Reference"]


@pytest.mark.parametrize("name", CIRCUITS)
def test_a_field_has_one_designator(name):
    for row in rows_of(bom.table(CIRCUITS[name])):
        assert re.fullmatch(r"([A-Z]+\d+)?", row["Reference"]), row


@pytest.mark.parametrize(
    ("circuit", "by_hand"),
    [(CARRIER, {"U1", "D1", "SW1", "JP1"}), (XIAO_CARRIER, {"U1"})],
    ids=["carrier", "xiao-carrier"],
)
def test_the_assembly_list_has_what_a_machine_sets(circuit, by_hand):
    rows = rows_of(assembly.table(circuit))
    assert list(rows[0]) == list(assembly.HEAD)
    set_by_machine = [ref for row in rows for ref in row["Designator"].split(",")]
    assert sorted(set_by_machine) == sorted(assembly.references(circuit))
    assert {part.ref for part in circuit.parts} - set(set_by_machine) == by_hand
    for row in rows:
        for ref in row["Designator"].split(","):
            part = circuit.part(ref)
            assert part.value == row["Comment"]
            assert part.footprint.endswith(f":{row['Footprint']}")
            assert assembly.supplied(part.order) == tuple(row[column] for column in assembly.HEAD[3:])


NOT_STOCKED = {"BT1", "SW1"}  # no number is certain


@pytest.mark.parametrize("circuit", [CARRIER, XIAO_CARRIER], ids=["carrier", "xiao-carrier"])
def test_the_assembly_list_has_the_suppliers_numbers(circuit):
    rows = rows_of(assembly.table(circuit))
    lacking = {row["Designator"] for row in rows if not re.fullmatch(r"C\d{4,}", row["LCSC Part Number"])}
    assert lacking <= NOT_STOCKED


def test_what_is_stocked_in_place_of_a_part_has_its_value():
    """UNI-ROYAL's numbers: three digits and a power of ten, in ohms."""
    values = {part.order.number: part.value for part in CARRIER.parts if part.order}
    for number, (_, _, stocked) in assembly.STOCKED.items():
        digits, power = re.fullmatch(r"0805W8F(\d{3})(\d)T5E", stocked).groups()
        ohms = int(digits) * 10 ** int(power)
        assert {"4k7": 4700, "330": 330}[values[number]] == ohms


def test_parts_that_are_alike_are_one_line_of_the_assembly_list():
    assert [row["Designator"] for row in rows_of(assembly.table(CARRIER)) if row["Comment"] == "4k7"] == [
        "R1,R2,R4"
    ]


@pytest.mark.parametrize("name", CIRCUITS)
def test_the_page_says_what_it_costs(name):
    page = (HERE / "README.md").read_text()
    told = re.search(rf"bom/{name}\.csv\)[^|]*\| about \$(\d+)", page)
    assert told, name
    assert int(told[1]) == round(bom.total(CIRCUITS[name]))
    assert bom.PRICES_OF in page

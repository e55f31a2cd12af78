"""The electrical rules: our circuits keep them, and each rule finds its breach."""

from dataclasses import replace

import pytest

from ticktap_hardware import bom, erc
from ticktap_hardware.carrier import CARRIER
from ticktap_hardware.circuit import Circuit, Part, Pin
from ticktap_hardware.forms import PICO, XIAO
from ticktap_hardware.own_boards import OWN_BOARDS

OURS = [board.circuit for board in OWN_BOARDS]
CIRCUITS = {circuit.name: circuit for circuit in bom.circuits()}


@pytest.mark.parametrize("name", CIRCUITS)
def test_what_can_be_built_keeps_the_rules(name):
    assert erc.problems(CIRCUITS[name]) == []


def nets(**changed):
    """The carrier with some nets changed."""
    return replace(CARRIER, nets={**CARRIER.nets, **changed})


def without(net, *pins):
    return tuple(pin for pin in CARRIER.nets[net] if pin not in pins)


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (nets(SDA=without("SDA", "U2.15")), "U2.15 is not connected"),
        (nets(SDA=(*CARRIER.nets["SDA"], "U2.16")), "U2.16 is in 2 nets"),
        (nets(SDA=(*CARRIER.nets["SDA"], "U2.99")), "names U2.99, which is not there"),
        (nets(SDA=(*CARRIER.nets["SDA"], "U9.1")), "names U9.1, which is not there"),
        (nets(SDA=(*CARRIER.nets["SDA"], "U2.1")), "U2.1 is said to be open and is in a net"),
        (replace(CARRIER, open=CARRIER.open | {"U2.99"}), "U2.99 is said to be open and is not there"),
        (replace(CARRIER, open=CARRIER.open - {"U2.1"}), "U2.1 is not connected"),
        (nets(SQW=without("SQW", "R4.1")), "SQW has the open drain U2.3 and no resistor to a supply"),
        (nets(LED=("U1.16",)), "LED joins 1 pin"),
        (
            nets(VBAT=("U2.14", "C2.1", "JP1.2"), RUN=("U1.30", "BT1.1")),
            "VBAT supplies U2.14 and has no source",
        ),
        (nets(**{"+3V3": (*CARRIER.nets["+3V3"], "BT1.1")}), "+3V3 is driven by U1.36 and BT1.1"),
        (nets(SDA=without("SDA", "R1.1")), "SDA has the open drain U2.15 and no resistor to a supply"),
        (
            nets(GND=(*CARRIER.nets["GND"], "R1.2"), **{"+3V3": without("+3V3", "R1.2", "R2.2", "R4.2")}),
            "no resistor to a supply",
        ),
        (replace(CARRIER, parts=(*CARRIER.parts, CARRIER.parts[-1])), "JP1 is the name of 2 parts"),
    ],
)
def test_each_rule_finds_its_breach(broken, said):
    assert any(said in problem for problem in erc.problems(broken)), erc.problems(broken)


def test_two_outputs_on_a_wire_and_an_input_that_nothing_drives():
    def part(ref, kind):
        return Part(ref, "", (Pin("1", "A", kind),))

    fight = Circuit("", "", (part("U1", "output"), part("U2", "output")), {"X": ("U1.1", "U2.1")})
    assert erc.problems(fight) == ["X is driven by U1.1 and U2.1"]
    idle = Circuit("", "", (part("U1", "input"), part("U2", "input")), {"X": ("U1.1", "U2.1")})
    assert erc.problems(idle) == ["X has inputs and nothing that drives them"]


@pytest.mark.parametrize("circuit", OURS, ids=lambda circuit: circuit.name)
def test_nothing_can_charge_the_cell(circuit):
    """The cell's positive side meets the clock chip's VBAT and a capacitor to ground, and nothing else."""
    assert set(circuit.nets["VBAT"]) == {"BT1.1", "U2.14", "C2.1"}
    assert circuit.net_of("C2.2") == "GND"
    assert circuit.part("C2").value == "100n"
    assert circuit.part("U2").pin("14").name == "VBAT"
    assert circuit.part("BT1").pin("1").name == "+"


@pytest.mark.parametrize("circuit", OURS, ids=lambda circuit: circuit.name)
def test_what_the_clock_chips_data_sheet_asks_for(circuit):
    joined = circuit.joined("U2")
    names = {pin.number: pin.name for pin in circuit.part("U2").pins}
    assert {joined[number] for number, name in names.items() if name in ("N.C.", "GND")} == {"GND"}
    assert joined["2"] == "+3V3"
    assert {circuit.net_of("C1.1"), circuit.net_of("C1.2")} == {"+3V3", "GND"}
    assert joined.get("4") not in ("+3V3", "GND"), "RST has its own pull-up and takes no other"


@pytest.mark.parametrize("form", [PICO, XIAO], ids=lambda form: form.name)
def test_a_wire_for_every_pin_of_the_module(form):
    assert {pin.partition(".")[2] for net in form.nets.values() for pin in net if pin.startswith("U2.")} == {
        "VCC",
        "GND",
        "SDA",
        "SCL",
    }

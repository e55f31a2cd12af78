"""One set of pins: the firmware's, the netlists', the boards' table, the wiring guide's, the simulator's."""

import ast
import re
from pathlib import Path

import pytest

from ticktap.drive import boot_out
from ticktap.simulator.settings_toml import lookup
from ticktap.simulator.simulated_boards import BOARDS as SIMULATED
from ticktap_hardware.board_pins import BOARDS, CARRIER, FRAGMENTS
from ticktap_hardware.carrier import CARRIER as CARRIER_CIRCUIT
from ticktap_hardware.forms import KB2040, PICO, QTPY, TRINKEY, XIAO
from ticktap_hardware.texts import HERE
from ticktap_hardware.wiring import wires
from ticktap_hardware.xiao_carrier import XIAO_CARRIER

ROOT = HERE.parent
GUIDE = (ROOT / "docs/hardware.md").read_text()
KEYS = (
    *("TICKTAP_SDA", "TICKTAP_SCL", "TICKTAP_BUTTONS", "TICKTAP_LED"),
    *("TICKTAP_SCREEN", "TICKTAP_ENCODER"),
)


def firmware_pins():
    """What firmware/fob/hw/pins.py takes when settings.toml is silent; it cannot be imported here."""
    tree = ast.parse((ROOT / "firmware/fob/hw/pins.py").read_text())
    for node in tree.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "_PICO":
            return ast.literal_eval(node.value)
    raise AssertionError("pins.py has no _PICO")


def names_on(circuit, net):
    """The names of U1's pins in a net."""
    return {
        circuit.part("U1").pin(pin.partition(".")[2]).name
        for pin in circuit.nets[net]
        if pin.startswith("U1.")
    }


@pytest.mark.parametrize("board_id", ["raspberry_pi_pico", "raspberry_pi_pico2"])
def test_the_firmwares_own_pins_are_a_picos_in_the_table(board_id):
    assert BOARDS[board_id].settings() == firmware_pins()


def test_the_command_names_every_board_for_its_uf2():
    assert {name: board.name for name, board in BOARDS.items()} == boot_out.BOARDS


@pytest.mark.parametrize("circuit", [PICO, CARRIER_CIRCUIT], ids=lambda circuit: circuit.name)
def test_netlists_are_wired_to_the_firmwares_pins(circuit):
    pins = firmware_pins()
    assert names_on(circuit, "SDA") == {pins["TICKTAP_SDA"]}
    assert names_on(circuit, "SCL") == {pins["TICKTAP_SCL"]}
    assert names_on(circuit, "BUTTON") == {pins["TICKTAP_BUTTONS"]}


def test_the_carriers_light_is_where_its_settings_say():
    assert names_on(CARRIER_CIRCUIT, "LED") == set(CARRIER.led)
    assert CARRIER_CIRCUIT.net_of("R3.2") == "LED"


@pytest.mark.parametrize("form", [PICO, XIAO], ids=lambda form: form.name)
def test_the_wiring_guides_table_is_the_netlist(form):
    table = GUIDE.partition(f"| {form.name.replace('pico', 'Pico').replace('xiao', 'XIAO')} pin | to |")[2]
    rows = re.findall(
        r"^\| (\S+) \(pin (\d+)\) \| (?:DS3231 (\S+)|button(, other leg)?) \|$",
        table.partition("\n\n")[0],
        re.MULTILINE,
    )
    told = set()
    for name, number, module, other_leg in rows:
        assert form.part("U1").pin(number).name == name
        told.add((f"U1.{number}", f"U2.{module}" if module else f"SW1.{2 if other_leg else 1}"))
    assert told == {(one, other) for _, one, other in wires(form)}


@pytest.mark.parametrize("circuit", [XIAO, XIAO_CARRIER], ids=lambda circuit: circuit.name)
def test_a_xiao_is_wired_as_its_settings_say(circuit):
    """CircuitPython calls D4 SDA and D5 SCL."""
    board = BOARDS["seeeduino_xiao_rp2040"]
    assert (board.sda, board.scl) == ("SDA", "SCL")
    assert (names_on(circuit, "SDA"), names_on(circuit, "SCL")) == ({"D4"}, {"D5"})
    assert names_on(circuit, "BUTTON") == set(board.buttons)
    assert (names_on(circuit, "+3V3"), names_on(circuit, "GND")) == ({"3V3"}, {"GND"})


def test_the_wiring_guides_example_is_the_firmwares_default():
    for key, value in firmware_pins().items():
        told = re.search(rf'^{key} = "([^",]+)', GUIDE, re.MULTILINE)
        assert told, key
        assert told[1] == value


@pytest.mark.parametrize("name", FRAGMENTS)
def test_every_board_is_in_the_wiring_guide(name):
    assert f"hardware/settings/{name}.toml" in GUIDE


@pytest.mark.parametrize(
    ("circuit", "board_id"),
    [
        (QTPY, "adafruit_qtpy_rp2040"),
        (KB2040, "adafruit_kb2040"),
        (TRINKEY, "adafruit_qt2040_trinkey"),
    ],
)
def test_the_button_of_a_board_with_a_socket(circuit, board_id):
    board = BOARDS[board_id]
    name = circuit.part("U1").pin("BOOT").name
    assert name == f"GPIO{board.pins[board.buttons[0]]}"


@pytest.mark.parametrize("name", FRAGMENTS)
def test_a_fragment_says_what_the_table_says_as_circuitpython_reads_it(name):
    text = (HERE / f"settings/{name}.toml").read_text()
    settings = FRAGMENTS[name].settings()
    assert {key: lookup(text, key) for key in KEYS if lookup(text, key) is not None} == settings
    names = {pin for key, value in settings.items() if key != "TICKTAP_SCREEN" for pin in value.split(",")}
    assert names <= set(FRAGMENTS[name].pins), "a pin without its GPIO number"


@pytest.mark.parametrize("board_id", [board_id for board_id in BOARDS if board_id in SIMULATED])
def test_the_simulators_pins_are_the_tables(board_id):
    ours, simulated = BOARDS[board_id], SIMULATED[board_id]
    assert {name: simulated.pins[name] for name in ours.pins} == dict(ours.pins)
    assert ours.pins[ours.led[0]] in (simulated.led, simulated.pixel)
    assert (ours.screen == "DISPLAY") == (simulated.display is not None)
    assert tuple(ours.pins[pin] for pin in ours.encoder[:2]) == (simulated.encoder or ())


def test_a_pico_2_is_wired_as_a_pico():
    """The simulator knows no RP2350; the settings and pins are those of a board it knows."""
    pico, pico2 = BOARDS["raspberry_pi_pico"], BOARDS["raspberry_pi_pico2"]
    assert (pico2.pins, pico2.settings()) == (pico.pins, pico.settings())
    assert set(BOARDS) - set(SIMULATED) == {"raspberry_pi_pico2"}


def test_the_readme_shows_pictures_that_are_there():
    for page in (HERE / "README.md", ROOT / "docs/hardware.md"):
        found = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text())
        assert found
        assert [path for path in found if not (page.parent / path).is_file()] == [], Path(page).name

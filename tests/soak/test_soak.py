"""The short form: weeks on the simulator, days on real CircuitPython. `make soak` is the long one."""

from __future__ import annotations

import pytest

from conformance.desk import Desk, emulated, simulated
from emulated.uf2 import HOW_TO_GET, find_uf2
from soak.life import Broken, Life
from ticktap.drive.build import find_drive

DAY_MS = 86_400_000


def live(desk: Desk, seed: int, sessions: int, actions: int) -> Life:
    life = Life(desk, seed)
    for _ in range(sessions):
        life.session(actions)
        life.away(DAY_MS)
    return life


@pytest.mark.parametrize("seed", [1, 2])
def test_weeks_on_the_simulator(seed: int) -> None:
    with simulated(find_drive()) as desk:
        life = live(desk, seed, sessions=21, actions=25)
    assert life.done["codes checked"] > 100
    assert life.done["cable pulled in a press"] and life.done["host asleep"]


def test_days_on_circuitpython(firmware_flash: bytes) -> None:
    if find_uf2() is None:
        pytest.skip(HOW_TO_GET)
    with emulated(firmware_flash) as desk:
        life = live(desk, 3, sessions=3, actions=8)
    assert life.done["codes checked"] > 3


def test_a_lost_account_is_noticed() -> None:
    with simulated(find_drive()) as desk:
        life = Life(desk, 1)
        desk.remove(life.model[0].id)
        with pytest.raises(Broken, match="the model has"):
            life.check()


def test_a_wrong_code_is_noticed() -> None:
    with simulated(find_drive()) as desk:
        life = Life(desk, 1)
        for entry in life.model:
            entry.secret = entry.secret[::-1]
        with pytest.raises(Broken, match="a wrong code"):
            life.press()


def test_a_counter_that_moved_is_noticed() -> None:
    with simulated(find_drive()) as desk:
        life = Life(desk, 1)
        id = desk.add("counted", type="hotp")
        life.model += [
            type(life.model[0])(id, "counted", b"12345678901234567890", "hotp", "SHA1", 6, counter=1)
        ]
        with pytest.raises(Broken, match="moved by -1"):
            life.sleep()

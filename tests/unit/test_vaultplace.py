"""The vault's place as read from the FAT, against the firmware's own proof by the clock."""

from types import SimpleNamespace

import pytest

from fob.hw.vault import Vault
from ticktap.drive import blank_vault
from ticktap.firmware import vaultplace
from ticktap.simulator.drive import Drive
from ticktap.simulator.parts.fat_volume import Layout
from ticktap.simulator.parts.flash import Flash
from ticktap.simulator.parts.sector_cache import SectorCache
from ticktap.simulator.timeline import Timeline

STORE = "vault/store.bin"
FILES = {"code.py": b"x" * 900, "lib/a.py": b"y" * 3000, STORE: blank_vault()}


def made(layout, files=FILES):
    timeline = Timeline()
    drive = Drive(files, SectorCache(Flash(timeline), timeline), layout)
    drive.writable = True
    return drive, timeline


@pytest.fixture
def proof(monkeypatch):
    """The firmware's Vault on a drive, its clock the simulated one."""

    def prove(drive, timeline):
        monkeypatch.setattr(
            "fob.hw.vault.time", SimpleNamespace(monotonic_ns=lambda: timeline.now), raising=True
        )
        return Vault(drive.open("/" + STORE, "r+b"), lambda: None)

    return prove


@pytest.mark.parametrize("gap", range(9))
def test_the_firmware_proves_the_same_sectors_wherever_the_file_lies(gap, proof):
    drive, timeline = made(Layout(gap_clusters=gap))
    found = vaultplace.place_of_vault(drive.fat.image())
    vault = proof(drive, timeline)
    assert vault._aligned() == found.first is not None
    volume, chain = vaultplace._Fat(drive.fat.image()), drive.volume.clusters(STORE)
    starts = [found.first + index * 4096 for index in range(60)]
    assert [volume.is_own(chain, at) for at in starts] == [vault._is_own(at) for at in starts]
    assert found.usable and 57 <= found.good <= 60


def test_a_file_in_pieces_is_found_out(proof):
    drive, timeline = made(Layout(fragment=True), FILES | {"vault/other.bin": bytes(200 * 512)})
    found = vaultplace.place_of_vault(drive.fat.image())
    vault = proof(drive, timeline)
    assert vault._aligned() is None
    assert found.first is None and not found.usable


def test_a_volume_without_a_vault_has_no_place_for_it():
    drive, _ = made(None, {"code.py": b""})
    with pytest.raises(LookupError):
        vaultplace.place_of_vault(drive.fat.image())
    with pytest.raises(LookupError):
        vaultplace.place_of_vault(bytes(1 << 20))


@pytest.mark.parametrize("first", [4096, 4096 + 512, 8192 - 512])
def test_sectors_move_to_another_first(first):
    blank = bytearray(blank_vault())
    was = 4096 + 1024
    for index in range(60):
        blank[was + index * 4096 : was + index * 4096 + 6] = b"ttseg" + bytes((index,))
    content = bytes(blank)
    assert vaultplace.marked(content) == was
    moved = vaultplace.moved(content, first)
    assert len(moved) == len(content)
    assert [moved[first + index * 4096 + 5] for index in range(60)] == list(range(60))
    assert vaultplace.moved(moved, was) == content
    assert vaultplace.moved(blank_vault(), first) == blank_vault()

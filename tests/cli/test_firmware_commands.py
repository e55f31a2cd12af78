"""ticktap firmware at a folder that stands for a drive."""

import hashlib
import io
import zipfile

import pytest

from drive.scene import BOOT_OUT, FRESH, SERIAL
from emulated import fat
from support import made_up_uf2
from support.minisign_signer import Signer
from ticktap.cli import firmware as firmware_commands
from ticktap.drive import mounts
from ticktap.drive.boot_out import parse_boot_out
from ticktap.drive.compare import STORE_FILE, included_firmware
from ticktap.errors import NoToken


@pytest.fixture
def drive(tmp_path):
    folder = tmp_path / "CIRCUITPY"
    folder.mkdir()
    for path, content in FRESH.items():
        (folder / path).write_bytes(content)
    return folder


def firmware(ticktap, command, drive, *options, code=0, force=True):
    given = ["--force"] if force and command != "check" else []  # the drive is a folder of this computer
    done = ticktap("firmware", command, str(drive), *given, *options)
    assert done.code == code, done.err
    return done


def test_from_a_fresh_drive_to_a_current_one_and_back_from_a_mess(ticktap, drive):
    assert "no ticktap firmware" in firmware(ticktap, "check", drive, code=9).out
    assert "blank store file was created" in firmware(ticktap, "install", drive).out
    assert "current" in firmware(ticktap, "check", drive).out
    store_file = b"accounts!" + (drive / STORE_FILE).read_bytes()[9:]
    (drive / STORE_FILE).write_bytes(store_file)
    (drive / "settings.toml").write_text('TICKTAP_LED = "LED"\n')
    (drive / "lib/fob/otp/otp.py").write_text("")
    (drive / "lib/fob/old.py").write_text("")
    (drive / "lib/fob/app/token.py").unlink()
    seen = firmware(ticktap, "check", drive, "--json", code=9).data
    assert (seen["missing"], seen["differing"], seen["stray"]) == (
        ["lib/fob/app/token.py"],
        ["lib/fob/otp/otp.py"],
        ["lib/fob/old.py"],
    )
    data = firmware(ticktap, "update", drive, "--json").data
    assert data["removed"] == ["lib/fob/old.py"] and data["store_file"] == "there"
    assert (drive / STORE_FILE).read_bytes() == store_file
    assert (drive / "settings.toml").read_text() == 'TICKTAP_LED = "LED"\n'
    firmware(ticktap, "check", drive)
    assert list((ticktap.home / "kept").rglob(SERIAL)) == [], "no copy is left behind"


def test_the_drive_has_both_forms_and_runs_the_compiled_one(ticktap, drive):
    firmware(ticktap, "install", drive)
    assert (drive / "lib/fob/app/token.py").exists() and (drive / "mpy/fob/hw/main.mpy").exists()
    assert "The compiled modules run." in firmware(ticktap, "check", drive).out
    assert firmware(ticktap, "check", drive, "--json").data["form"] == "compiled"
    (drive / "mpy/fob/hw/main.mpy").write_bytes(b"C\x06")
    (drive / "mpy/old.mpy").write_bytes(b"C\x06")
    seen = firmware(ticktap, "check", drive, "--json", code=9).data
    assert (seen["differing"], seen["stray"]) == (["mpy/fob/hw/main.mpy"], ["mpy/old.mpy"])


def test_source_alone_for_those_who_edit_it_there(ticktap, drive):
    firmware(ticktap, "install", drive)
    done = firmware(ticktap, "update", drive, "--source", "--json").data
    assert set(done["removed"]) >= {"mpy/fob/hw/main.mpy", "mpy/made.txt"}
    assert "The source runs" in firmware(ticktap, "check", drive).out
    assert firmware(ticktap, "update", drive, "--source", "--json").data["written"] == []
    firmware(ticktap, "update", drive)
    assert "The compiled modules run." in firmware(ticktap, "check", drive).out


def test_a_circuitpython_that_the_compiled_form_was_not_tested_on_runs_the_source(ticktap, drive):
    (drive / "boot_out.txt").write_bytes(BOOT_OUT.replace(b"10.0.3", b"11.0.0"))
    firmware(ticktap, "install", drive)
    assert "were not tested on this CircuitPython" in firmware(ticktap, "check", drive).out


def test_a_board_gets_its_pins_and_only_where_there_are_none(ticktap, drive):
    (drive / "boot_out.txt").write_bytes(BOOT_OUT.replace(b"raspberry_pi_pico", b"adafruit_qtpy_rp2040"))
    firmware(ticktap, "install", drive)
    assert "SDA1" in (drive / "settings.toml").read_text()
    (drive / "settings.toml").write_text('TICKTAP_SDA = "A0"\n')
    firmware(ticktap, "update", drive)
    assert (drive / "settings.toml").read_text() == 'TICKTAP_SDA = "A0"\n'


def test_without_a_drive_it_says_how_to_get_one(ticktap, tmp_path):
    done = firmware(ticktap, "install", tmp_path, code=3)
    assert "BOOTSEL" in done.err and "circuitpython.org/board/raspberry_pi_pico/" in done.err


def test_a_circuitpython_that_is_too_old_is_refused(ticktap, drive):
    (drive / "boot_out.txt").write_bytes(BOOT_OUT.replace(b"10.0.3", b"9.2.1"))
    assert "9.2.1" in firmware(ticktap, "install", drive, code=6).err
    assert not (drive / "boot.py").exists()


def test_one_that_is_newer_is_warned_of(ticktap, drive):
    (drive / "boot_out.txt").write_bytes(BOOT_OUT.replace(b"10.0.3", b"11.0.0"))
    assert "11.0.0" in firmware(ticktap, "install", drive).out


def test_a_drive_of_somebody_elses_program_is_left(ticktap, drive):
    (drive / "code.py").write_text("import mine")
    firmware(ticktap, "install", drive, code=6)
    assert sorted(path.name for path in drive.iterdir()) == sorted(FRESH)
    firmware(ticktap, "install", drive, "--replace")


def test_a_token_without_its_drive_is_asked(ticktap, token):
    token.hello["firmware"] = "0.0.1"
    done = ticktap("firmware", "check", "--json")
    assert done.code == 9
    assert (done.data["serial"], done.data["state"]) == (token.hello["serial"], "older")


@pytest.mark.parametrize(("answer", "chosen"), [("2", 1), ("3", None), ("x", None), (None, None)])
def test_of_several_drives_the_person_chooses(monkeypatch, tmp_path, answer, chosen):
    board = parse_boot_out(BOOT_OUT.decode())
    drives = [mounts.Drive(tmp_path / name, board) for name in ("A", "B")]
    monkeypatch.setattr("sys.stdin", io.StringIO("" if answer is None else answer + "\n"))
    if chosen is None:
        with pytest.raises(NoToken) as caught:
            firmware_commands._one_of(drives)
        assert str(drives[0].path) in caught.value.message
    else:
        assert firmware_commands._one_of(drives) is drives[chosen]


@pytest.fixture
def circuitpython(tmp_path):
    """CircuitPython for a Pico, made up."""
    file = tmp_path / "circuitpython.uf2"
    file.write_bytes(made_up_uf2.uf2(made_up_uf2.code()))
    return file


def image(ticktap, source, *options):
    return ticktap("firmware", "image", "--circuitpython", str(source), *options)


def test_an_image_is_a_new_token_in_one_file(ticktap, circuitpython, tmp_path):
    out = tmp_path / "token.uf2"
    options = ("--board", "raspberry_pi_pico", "-o", str(out))
    done = image(ticktap, circuitpython, *options)
    assert done.code == 0 and "RPI-RP2" in done.out, done.err
    flash, _ = made_up_uf2.flash_of(out.read_bytes(), 2 << 20)
    assert b"TICKTAP_BUTTONS" in fat.read(flash[1 << 20 :])["settings.toml"]
    first = out.read_bytes()
    assert image(ticktap, circuitpython, *options).code == 6, "the file is there"
    assert image(ticktap, circuitpython, *options, "--force").code == 0
    assert out.read_bytes() == first


def test_an_image_for_another_board_version_or_chip_is_refused(ticktap, circuitpython, tmp_path):
    done = image(ticktap, circuitpython, "--board", "adafruit_kb2040")
    assert done.code == 2 and "circuitpython.org/board/adafruit_kb2040" in done.err
    circuitpython.write_bytes(made_up_uf2.uf2(made_up_uf2.code("8.2.9")))
    assert image(ticktap, circuitpython).code == 6
    circuitpython.write_bytes(made_up_uf2.uf2(made_up_uf2.code(), made_up_uf2.RP2350))
    assert image(ticktap, circuitpython).code == 6
    circuitpython.write_bytes(made_up_uf2.uf2(made_up_uf2.code(board="unknown_board")))
    done = image(ticktap, circuitpython)
    assert done.code == 2 and "--flash" in done.err
    assert sorted(path.name for path in tmp_path.glob("*.uf2")) == [circuitpython.name]


def test_install_offers_the_image(ticktap, tmp_path):
    done = firmware(ticktap, "install", tmp_path, "--board", "adafruit_kb2040", code=3)
    assert "ticktap firmware image --circuitpython FILE.uf2" in done.err
    done = firmware(ticktap, "install", tmp_path, "--board", "raspberry_pi_pico2", code=3)
    assert "firmware image" not in done.err, "it has another chip"


@pytest.fixture
def release(tmp_path):
    """A signed release of this firmware, and the public key that signed it."""
    folder = tmp_path / "release"
    folder.mkdir()
    signer = Signer()
    name = "ticktap-0.1.0-drive.zip"
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, body in included_firmware().files.items():
            archive.writestr(f"CIRCUITPY/{path}", body)
    sign(folder, signer)
    return folder, signer


def sign(folder, signer):
    (path,) = folder.glob("*.zip")
    sums = f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n".encode()
    (folder / "SHA256SUMS").write_bytes(sums)
    (folder / "SHA256SUMS.minisig").write_text(signer.sign(sums))


def test_a_drive_is_compared_with_a_signed_release(ticktap, drive, release, tmp_path):
    folder, signer = release
    firmware(ticktap, "install", drive)
    against = ("--release", str(folder), "--key", signer.public)
    done = firmware(ticktap, "check", drive, *against)
    assert "signed it" in done.out and "current" in done.out
    key = tmp_path / "key.pub"
    key.write_text(f"untrusted comment: a key\n{signer.public}\n")
    (archive,) = folder.glob("*.zip")
    data = firmware(ticktap, "check", drive, "--release", str(archive), "--key", str(key), "--json").data
    assert data["release"]["comment"] == "ticktap 0.1.0"
    (drive / "lib/fob/otp/otp.py").write_text("")
    done = firmware(ticktap, "check", drive, *against, code=9)
    assert "lib/fob/otp/otp.py" in done.out and "the released one" in done.err


def test_a_release_that_is_not_what_was_signed_is_refused(ticktap, drive, release):
    folder, signer = release
    firmware(ticktap, "install", drive)
    against = ("--release", str(folder), "--key", signer.public)
    firmware(ticktap, "check", drive, "--release", str(folder), "--key", Signer().public, code=7)
    firmware(ticktap, "check", drive, "--release", str(folder), code=2)  # no key is known yet
    (archive,) = folder.glob("*.zip")
    archive.write_bytes(archive.read_bytes() + b"\0")
    assert "checksum" in firmware(ticktap, "check", drive, *against, code=7).err
    sums = folder / "SHA256SUMS"
    sums.write_bytes(sums.read_bytes() + b"\n")
    assert "changed" in firmware(ticktap, "check", drive, *against, code=7).err
    (folder / "SHA256SUMS.minisig").unlink()
    firmware(ticktap, "check", drive, *against, code=5)


def test_only_a_fat_volume_is_written_unless_forced(ticktap, drive):
    before = sorted(drive.rglob("*"))
    for command in ("install", "update"):
        refused = firmware(ticktap, command, drive, code=6, force=False)
        assert "is not a FAT volume" in refused.err
        assert "--force" in refused.err
    assert sorted(drive.rglob("*")) == before


def test_links_on_the_volume_are_not_followed(ticktap, drive, tmp_path):
    """The volume of a hostile device has links in the place of files and folders to the user's own."""
    own = tmp_path / "own"
    own.mkdir()
    diary = own / "code.py"
    diary.write_text("dear diary")
    for name, target in (("code.py", diary), ("lib", own), ("settings.toml", diary)):
        place = drive / name
        if place.is_file():
            place.unlink()
        place.symlink_to(target)
        refused = firmware(ticktap, "install", drive, "--replace", code=6)
        assert "is a link" in refused.err
        assert [each.name for each in own.iterdir()] == ["code.py"]
        assert diary.read_text() == "dear diary"
        place.unlink()

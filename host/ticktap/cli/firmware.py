"""ticktap firmware install, update, check, udev: manages the firmware on a token's drive."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ticktap.cli.framework import prompts
from ticktap.cli.framework.lazy_commands import Group
from ticktap.cli.framework.output import note
from ticktap.errors import BadInput, NoToken, PartFailed, Refused, TicktapError
from ticktap.wording import counted

if TYPE_CHECKING:
    from ticktap.drive.compare import Firmware
    from ticktap.drive.mounts import Drive
    from ticktap.drive.release import Release

Data = dict[str, Any]

firmware = Group(
    "firmware",
    table={"image": ("ticktap.cli.firmware_image:image", "Make one UF2 file of CircuitPython and firmware.")},
    help="Install and update a token's firmware.",
)

drive_argument = click.argument("drive", required=False, type=click.Path(path_type=Path))
no_eject_option = click.option("--no-eject", is_flag=True, help="Leave the drive mounted.")
downgrade_option = click.option(
    "--downgrade", is_flag=True, help="Allow older firmware if it can read the token's store."
)
force_option = click.option(
    "--force", is_flag=True, help="Write to a folder that is not a FAT volume, such as a copy of a drive."
)
source_option = click.option(
    "--source",
    is_flag=True,
    help="Omit the compiled modules, for editing the source in lib/ on the board. The start takes 5 s.",
)


def _done(data: Data) -> str:
    lines = []
    if data["written"] or data["removed"]:
        lines.append(
            f"{data['drive']} has firmware {data['to']}: {counted(len(data['written']), 'file')} written, "
            f"{len(data['removed'])} removed, every byte verified."
        )
    else:
        lines.append(f"{data['drive']} already has firmware {data['to']}; every byte is correct.")
    words = {
        "created": "A blank store file was created, for many accounts and a PIN.",
        "restored": "The store file with the accounts was restored from the copy of the interrupted update.",
        "there": "The store file with the accounts was not changed.",
    }
    lines += [words[data["store_file"]]] if data["store_file"] in words else []
    lines += data["warnings"]
    lines.append(
        "Unplug the token and plug it in again."
        if data["ejected"]
        else f"{data['how_to_eject']} Then unplug the token and plug it in again."
    )
    return "\n".join(lines)


@firmware.command("install", text=_done)
@drive_argument
@click.option(
    "--no-store-file", is_flag=True, help="Create no store file: room for about 50 accounts, and no PIN."
)
@click.option("--replace", is_flag=True, help="Overwrite another program on the drive.")
@click.option(
    "--board",
    default="",
    metavar="ID",
    help="Show the CircuitPython of this board, if there is no drive.",
)
@source_option
@downgrade_option
@force_option
@no_eject_option
def install(
    drive: Path | None,
    no_store_file: bool,
    replace: bool,
    board: str,
    source: bool,
    downgrade: bool,
    force: bool,
    no_eject: bool,
) -> Data:
    """Install the firmware on a board's drive CIRCUITPY.

    Creates the store file for the accounts, copies firmware and libraries, and verifies every byte. An
    existing store file and settings.toml are not changed. Without a drive it explains how to install
    CircuitPython.
    """
    chosen = _chosen(drive, board)
    how = {"fresh": True, "lay": not no_store_file, "downgrade": downgrade, "replace": replace}
    return _write_firmware(chosen, no_eject, source, force, doing="install", **how)


@firmware.command("update", text=_done)
@drive_argument
@source_option
@downgrade_option
@force_option
@no_eject_option
def update(drive: Path | None, source: bool, downgrade: bool, force: bool, no_eject: bool) -> Data:
    """Update a token's firmware; its accounts are kept.

    Plug the token in with its button held: its drive appears. After a power failure, run the command again.
    The store file is copied to this computer first; the copy is deleted after success.
    """
    how = {"fresh": False, "lay": False, "downgrade": downgrade}
    return _write_firmware(_chosen(drive), no_eject, source, force, doing="update", **how)


def _write_firmware(
    drive: Drive, no_eject: bool, source: bool, force: bool, *, doing: str, **how: bool
) -> Data:
    from ticktap.drive import mounts
    from ticktap.drive.compare import included_firmware
    from ticktap.drive.durable_files import Mounted
    from ticktap.drive.store_copy import StoreCopy
    from ticktap.drive.store_reasons import explain
    from ticktap.drive.update import Updating

    if not force and not mounts.is_fat(drive.path):
        raise Refused(
            f"{drive.path} is not a FAT volume, and so not the drive of a board",
            "Give the folder where CIRCUITPY is mounted, or --force.",
        )
    warnings = [drive.board.concern] if drive.board.concern else []
    if drive.board.major < 10:
        raise Refused(drive.board.concern, _advice(drive.board.id))
    wanted = included_firmware(drive.board.id)
    wanted = wanted.source if source else wanted
    copy = StoreCopy(drive.board.serial)
    if sys.stderr.isatty():
        note(f"{doing}: firmware {wanted.version} to {drive.path} ({drive.board.name}). Leave it plugged in.")
    done = Updating(Mounted(drive.path, drive.device), wanted, copy).run(**how)
    if done.store_file_usable is False:
        reason = explain(done.store_file_reason)
        warnings.append(f"The token will not use the store file: {reason.what}. {reason.remedy}")
    if done.store_file == "restored" and done.store_file_usable is None:
        warnings.append("The position of the store file could not be checked: run 'ticktap doctor'.")
    ejected = not no_eject and mounts.eject(drive)
    return {
        "drive": str(drive.path),
        "board": drive.board.id,
        "circuitpython": drive.board.circuitpython,
        "serial": drive.board.serial,
        "was": done.was,
        "to": wanted.version,
        "written": done.written,
        "removed": done.removed,
        "store_file": done.store_file,
        "store_file_usable": done.store_file_usable,
        "store_file_reason": done.store_file_reason,
        "settings": done.settings,
        "ejected": ejected,
        "how_to_eject": "" if ejected else mounts.how_to_eject(),
        "warnings": warnings,
    }


_FORMS = {
    "compiled": "The compiled modules run.",
    "source": "The source runs: the token starts in 5 s. 'ticktap firmware update' adds compiled modules.",
    "unproven": "The source runs: the compiled modules were not tested on this CircuitPython.",
}


def _compared(data: Data) -> str:
    lines = [f"This ticktap has firmware {data['included']}."]
    if release := data["release"]:
        lines = [f"The release has firmware {data['included']}; the key {release['key']} signed it."]
    if data["state"] == "none":
        lines.append(f"{data['place']} has no ticktap firmware.")
        return "\n".join(lines)
    lines.append(f"{data['place']} has firmware {data['version'] or 'of unknown version'}: {data['state']}.")
    lines.append(_FORMS[data["form"]])
    found = {name.replace("_", " "): data[name] for name in ("missing", "differing", "stray", "in_the_way")}
    lines += [f"  {name}: {', '.join(paths)}" for name, paths in found.items() if paths]
    return "\n".join(lines)


class NotCurrent(PartFailed):
    """The token does not have the expected firmware; `data` has the details."""

    text = staticmethod(_compared)

    def __init__(self, data: Data, remedy: str) -> None:
        expected = "the released one" if data["release"] else "the one in this ticktap"
        super().__init__(f"the token's firmware differs from {expected}", remedy)
        self.data = data


@firmware.command("check", text=_compared)
@drive_argument
@click.option(
    "--release",
    "released",
    type=click.Path(path_type=Path),
    metavar="PLACE",
    help="Compare with a downloaded release: its folder, or the drive's zip in it.",
)
@click.option("--key", default="", metavar="KEY", help="The public key of the release, or its file.")
def check(drive: Path | None, released: Path | None, key: str) -> Data:
    """Compare a token's firmware with the one in this ticktap, and show which form of it runs.

    If the drive is mounted, every byte is compared; otherwise only the version. Exit code 9 if they differ.

    With --release the firmware is compared with that of a release, after the release's signature and checksum
    are verified. The drive must be mounted. CircuitPython itself cannot be read over USB.
    """
    from ticktap.drive.compare import included_firmware, newer

    if released is None and key:
        raise BadInput("--key belongs to --release", "Give --release with the folder of the release.")
    release = _release(released, key) if released else None
    wanted = release.firmware if release else included_firmware()
    if release:
        data = _of_drive(_chosen(drive).path, wanted)
    else:
        data = _of_drive(drive, wanted) if drive or _drives() else _of_token()
    data["included"] = wanted.version
    data["release"] = {"key": release.key, "comment": release.comment} if release else None
    if data["state"] == "unknown":
        same = data["version"] == wanted.version
        data["state"] = "current" if same else "older"
        if newer(data["version"], wanted.version):
            data["state"] = "newer"
    if data["state"] != "current":
        remedy = "'ticktap firmware update' updates it."
        remedies = {
            "newer": "Update ticktap on this computer.",
            "none": "'ticktap firmware install' installs it.",
        }
        raise NotCurrent(data, remedies.get(data["state"], remedy))
    return data


def _release(place: Path, key: str) -> Release:
    from ticktap.drive.minisign import public_key
    from ticktap.drive.release import KEYS, read_release

    if not key:
        return read_release(place, KEYS)
    text = Path(key).read_text(encoding="utf-8", errors="replace") if Path(key).is_file() else key
    return read_release(place, (public_key(text),))


def _of_drive(given: Path | None, wanted: Firmware) -> Data:
    from ticktap.drive.compare import examine, newer
    from ticktap.drive.durable_files import Damaged, Mounted
    from ticktap.drive.mpy_compile import PROVEN, is_compiled

    drive = _chosen(given)
    files = Mounted(drive.path, drive.device)
    try:
        is_source = not any(map(is_compiled, files.list()))
        seen = examine(files, wanted.source if is_source else wanted)
    except OSError as error:
        raise Damaged(error.strerror or type(error).__name__) from None
    state = "current" if seen.current else "different"
    if not seen.is_ours:
        state = "none"
    elif seen.under_way:
        state = "unfinished"
    elif seen.version and seen.version != wanted.version:
        state = "newer" if newer(seen.version, wanted.version) else "older"
    return {
        "place": str(drive.path),
        "serial": drive.board.serial,
        "board": drive.board.id,
        "circuitpython": drive.board.circuitpython,
        "version": seen.version,
        "state": state,
        "form": "source" if is_source else "compiled" if drive.board.major in PROVEN else "unproven",
        "store_file": seen.store_file is not None,
        "missing": seen.missing,
        "differing": seen.differing,
        "stray": seen.stray,
        "in_the_way": seen.in_the_way,
    }


def _of_token() -> Data:
    from ticktap.cli.framework import device_session

    with device_session.open_token() as token:
        hello, status = token.hello, token.client.status()
    return {
        "place": str(hello["serial"]),
        "serial": hello["serial"],
        "board": hello["board"],
        "circuitpython": hello["circuitpython"],
        "version": hello["firmware"],
        "state": "unknown",
        "form": status["form"],
        "store_file": status["store"]["file"],
        **{name: [] for name in ("missing", "differing", "stray", "in_the_way")},
    }


@firmware.command("udev")
def udev() -> str:
    """Print the udev rules that give the local user access to tokens (Linux).

    \b
    ticktap firmware udev | sudo tee /etc/udev/rules.d/60-ticktap.rules
    sudo udevadm control --reload; sudo udevadm trigger
    """
    from ticktap.drive.udev_rules import udev_rules

    return udev_rules()


# -- which drive


def _drives() -> list[Drive]:
    from ticktap.drive import mounts

    return mounts.find()[0]


def _chosen(given: Path | None, board: str = "") -> Drive:
    """Returns the given drive, or the only one, or the one that the user chooses."""
    from ticktap.drive import mounts

    if given is not None:
        drive = mounts.at(given)
        if drive is None:
            raise NoToken(f"{given} is not a CircuitPython drive (it has no boot_out.txt)", _advice(board))
        return drive
    drives, loaders = mounts.find()
    if len(drives) == 1:
        return drives[0]
    if drives:
        return _one_of(drives)
    if loaders:
        raise NoToken(
            f"the board on {loaders[0].path} has no CircuitPython yet ({loaders[0].model})", _advice(board)
        )
    if device := mounts.not_mounted():
        raise NoToken(f"the drive {device} is not mounted", f"'udisksctl mount -b {device}' mounts it.")
    raise NoToken("there is no drive CIRCUITPY", _advice(board))


def _one_of(drives: list[Drive]) -> Drive:
    names = "; ".join(
        f"{number}: {each.path} ({each.board.name}, {each.board.serial})"
        for number, each in enumerate(drives, 1)
    )
    several = NoToken(f"there are several drives: {names}", "Give the folder of one of them.")
    try:
        answer = prompts.line(f"Which drive? {names}")
    except TicktapError:
        raise several from None
    if answer.isdecimal() and 1 <= int(answer) <= len(drives):
        return drives[int(answer) - 1]
    raise several


def _advice(board: str = "") -> str:
    from ticktap.drive.boot_out import advice

    return advice(board)

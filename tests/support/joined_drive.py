"""A drive whose modules are joined as on the chip, but not compiled, so that the simulator runs them."""

from __future__ import annotations

import shutil
from pathlib import Path

from ticktap.drive.mpy_compile import FOLDER, groups_of
from ticktap.simulator import loader


def joined_drive(drive: Path, folder: Path) -> Path:
    """Writes it into a folder. The limit on file sizes is not checked, because no chip compiles these
    files."""
    files = {path.relative_to(drive).as_posix(): path.read_bytes() for path in drive.rglob("*.py")}
    shutil.copytree(drive, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(FOLDER))
    shutil.rmtree(folder / "lib" / "fob")
    (folder / "lib" / "fob").mkdir()
    (folder / "lib" / "fob" / "version.py").write_bytes(files["lib/fob/version.py"])
    for group in groups_of(files):
        path = folder / "lib" / (group.name.replace(".", "/") + ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(group.text)
    loader.LARGEST_SOURCE = 1 << 20
    for name in ("boot_button", "pins"):  # boot.py runs before what is joined, and has its own
        (folder / "lib" / "fob" / "hw" / f"{name}.py").write_bytes(files[f"lib/fob/hw/{name}.py"])
    return folder

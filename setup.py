"""Puts the built CIRCUITPY drive into the wheel; everything else is in pyproject.toml."""

import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
PREBUILT = ROOT / "prebuilt" / "CIRCUITPY"  # in the source archive of a release


class BuildWithDrive(build_py):
    def run(self) -> None:
        super().run()
        if not self.editable_mode:  # a checkout builds its drive when it is asked for
            package = Path(self.build_lib) / "ticktap"
            if PREBUILT.is_dir():
                self.copy_tree(str(PREBUILT), str(package / "_drive"))
            else:
                sys.path.insert(0, str(ROOT / "host"))
                from ticktap.drive.build import build_drive

                build_drive(ROOT / "firmware", package / "_drive")
            (package / "_settings").mkdir(exist_ok=True)
            for settings in (ROOT / "hardware" / "settings").glob("*.toml"):
                self.copy_file(str(settings), str(package / "_settings" / settings.name))


MANUAL = [path.relative_to(ROOT).as_posix() for path in ROOT.glob("man/*.1")]  # `make release` puts it there

setup(
    cmdclass={"build_py": BuildWithDrive},
    data_files=[("share/man/man1", MANUAL)] if MANUAL else [],
)

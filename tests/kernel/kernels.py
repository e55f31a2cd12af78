"""Kernels for the guest, from Debian's packages: downloaded with apt by name and unpacked, not installed."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

KERNELS = {"6.1": "linux-image-amd64", "6.12": "linux-image-6.12-amd64"}
"""Debian 12's kernel and the newer one of its security updates: by series, the package that depends on it."""

REMEDY = "the guest's kernel needs Debian 12's package sources (bookworm and bookworm-security) in apt"


@dataclass(frozen=True)
class Kernel:
    """An unpacked kernel package."""

    folder: Path

    @property
    def image(self) -> Path:
        """The bootable kernel."""
        return next((self.folder / "boot").glob("vmlinuz-*"))

    @property
    def release(self) -> str:
        """What `uname -r` says in it."""
        return self.image.name.removeprefix("vmlinuz-")

    @property
    def modules(self) -> Path:
        """The folder that takes the place of /lib/modules."""
        return self.folder / "lib" / "modules"


def find(folder: Path, series: str) -> Kernel:
    """The kernel of a series below `folder`; RuntimeError when `fetch` has not put it there."""
    kernel = Kernel(folder / series)
    if not kernel.folder.is_dir():
        raise RuntimeError(f"there is no kernel {series} in {folder}; run `make kernel`")
    return kernel


def fetch(folder: Path, series: str) -> Kernel:
    """Downloads and unpacks the kernel of a series, unless it is there."""
    target = folder / series
    if not target.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            unpacked = Path(scratch) / "unpacked"
            subprocess.run(
                ["dpkg-deb", "--extract", _downloaded(KERNELS[series], Path(scratch)), unpacked], check=True
            )
            kernel = Kernel(unpacked)
            subprocess.run(["depmod", "--basedir", unpacked, kernel.release], check=True)
            shutil.move(unpacked, target)
    return Kernel(target)


def _downloaded(package: str, folder: Path) -> Path:
    """Downloads the kernel that a package depends on now; updates apt's lists once if needed. Returns the
    file."""
    for refresh in (False, True):
        if refresh:
            subprocess.run(["apt-get", "update", "-qq"], check=True)
        name = _latest(package)
        command = ["apt-get", "download", "-qq", "-o", "APT::Sandbox::User=root", name]
        if name and subprocess.run(command, cwd=folder, check=False).returncode == 0:
            return next(folder.glob("*.deb"))
    raise RuntimeError(f"apt cannot download {name or package}: {REMEDY}")


def _latest(package: str) -> str:
    """The kernel package that `package` depends on; "" when apt knows none."""
    told = subprocess.run(
        ["apt-cache", "depends", package], capture_output=True, text=True, check=False
    ).stdout
    found = re.search(r"Depends: (linux-image-\S+)", told)
    return found[1] if found else ""

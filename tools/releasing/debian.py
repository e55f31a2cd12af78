"""A Debian package of ticktap.pyz: the command, the udev rules, the manual page."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from releasing.archives import gzip
from releasing.single_file import PYTHONS

ROOT = Path(__file__).parents[2]
_NEXT = f"3.{int(PYTHONS[-1].partition('.')[2]) + 1}"
CONTROL = """Package: ticktap
Version: {version}
Architecture: amd64
Maintainer: {maintainer}
Installed-Size: {size}
Depends: python3 (>= {first}), python3 (<< {after})
Recommends: udev
Section: utils
Priority: optional
Description: USB sign-in token that types one-time passwords: its command
 ticktap tokens are built from a Raspberry Pi Pico and a battery-backed clock.
 This package contains the command that sets up such a token, adds accounts to
 it and updates its firmware, with all libraries in one file, and the udev
 rules that give the local user access to tokens.
"""
SCRIPT = """#!/bin/sh
set -e
if [ -z "$DPKG_ROOT" ] && [ -d /run/udev ] && command -v udevadm >/dev/null; then
    udevadm control --reload || true
    udevadm trigger --subsystem-match=tty --subsystem-match=block || true
fi
"""


def build(
    pyz: Path, manual: Path, version: str, maintainer: str, destination: Path, when: int, work: Path
) -> Path:
    """Builds the package with dpkg-deb, without compression (versions of xz differ)."""
    tree = work / "debian"
    files = {
        "usr/bin/ticktap": (pyz.read_bytes(), 0o755),
        "usr/lib/udev/rules.d/60-ticktap.rules": (
            (ROOT / "host/ticktap/drive/60-ticktap.rules").read_bytes(),
            0o644,
        ),
        "usr/share/man/man1/ticktap.1.gz": (gzip(manual.read_bytes()), 0o644),
        "usr/share/doc/ticktap/copyright": ((ROOT / "LICENSE").read_bytes(), 0o644),
        "usr/share/doc/ticktap/changelog.gz": (gzip((ROOT / "CHANGELOG.md").read_bytes()), 0o644),
        "DEBIAN/postinst": (SCRIPT.encode(), 0o755),
        "DEBIAN/postrm": (SCRIPT.encode(), 0o755),
    }
    size = sum(len(body) for body, _ in files.values()) // 1024
    fields = {"version": version, "maintainer": maintainer, "size": size, "first": PYTHONS[0], "after": _NEXT}
    files["DEBIAN/control"] = (CONTROL.format(**fields).encode(), 0o644)
    for path, (body, mode) in files.items():
        target = tree / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        target.chmod(mode)
    for folder in [tree, *(path for path in tree.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)
    package = destination / f"ticktap_{version}_amd64.deb"
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(when)}
    command = ["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, package]
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return package

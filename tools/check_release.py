"""The second half of `make release`: installs what was made as a user does, and runs it.

    python tools/check_release.py RELEASE TOOLS

Every installation gets a home of its own, which is deleted. pipx and uv fetch the libraries from PyPI.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from releasing.sums import NAME, digest

COMMAND = "ticktap"


def run(*command: str | Path, home: Path, **more: str) -> str:
    """Runs a command in a clean environment, and returns what it printed."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "LANG": "C.UTF-8", **more}
    for name in ("PIP_INDEX_URL", "PIP_CONFIG_FILE", "UV_INDEX_URL", "UV_DEFAULT_INDEX", "SSL_CERT_FILE"):
        if name in os.environ:  # where packages come from is not what is tested
            environment[name] = os.environ[name]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=home)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def checksums(release: Path, tools: Path, home: Path) -> None:
    """SHA256SUMS names every file, and every checksum is right."""
    rows = dict(line.split("  ")[::-1] for line in (release / NAME).read_text().splitlines())
    files = {path.name for path in release.iterdir() if not path.name.startswith(NAME)}
    assert set(rows) == files, set(rows) ^ files
    assert all(digest(release / name) == sum_ for name, sum_ in rows.items())


def metadata(release: Path, tools: Path, home: Path) -> None:
    """The package index would accept wheel and source archive."""
    run(tools / "twine", "check", "--strict", *release.glob("*.whl"), *release.glob("*.tar.gz"), home=home)


def for_others(release: Path, tools: Path, home: Path) -> None:
    """Workflows fit their schema. Files for other package managers are read, where a reader is installed."""
    workflows = sorted((Path(__file__).parents[1] / ".github/workflows").glob("*.yml"))
    run(tools / "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *workflows, home=home)
    for program, option, name in (("bash", "-n", "PKGBUILD"), ("ruby", "-c", "ticktap.rb")):
        if (release / name).exists() and shutil.which(program):
            run(program, option, release / name, home=home)


def with_pipx(release: Path, tools: Path, home: Path) -> None:
    """`pipx install` of the wheel."""
    (wheel,) = release.glob("*.whl")
    run(tools / "pipx", "install", wheel, home=home)
    works(home / ".local/bin" / COMMAND, home)


def with_uv(release: Path, tools: Path, home: Path) -> None:
    """`uv tool install` of the source archive, which builds a wheel first."""
    (source,) = release.glob("*.tar.gz")
    run(tools / "uv", "tool", "install", "--python", sys.executable, source, home=home)
    works(home / ".local/bin" / COMMAND, home)


def same_wheel(release: Path, tools: Path, home: Path) -> None:
    """The source archive builds the same wheel."""
    (wheel,), (source,) = release.glob("*.whl"), release.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        archive.extractall(home, filter="data")
    run(tools / "uv", "build", "--wheel", "--out-dir", home, next(home.glob("ticktap-*/")), home=home)
    with zipfile.ZipFile(wheel) as one, zipfile.ZipFile(next(home.glob("*.whl"))) as other:
        for name in {*one.namelist(), *other.namelist()} - {f"{wheel.name[:13]}.dist-info/WHEEL"}:
            assert name.endswith(("RECORD", "WHEEL")) or one.read(name) == other.read(name), name


def single_file(release: Path, tools: Path, home: Path) -> None:
    """The single file runs."""
    (pyz,) = release.glob("*.pyz")
    works(shutil.copy(pyz, home / "ticktap.pyz"), home)


def debian(release: Path, tools: Path, home: Path) -> None:
    """The package is installed into a root of its own, runs there, and is removed without a rest."""
    (package,) = release.glob("*.deb")
    root = home / "root"
    for folder in ("info", "updates", "parts"):
        (root / "var/lib/dpkg" / folder).mkdir(parents=True)
    for name in ("status", "available"):
        (root / "var/lib/dpkg" / name).touch()
    force = ("--force-depends", "--force-script-chrootless", "--force-not-root")
    command = ("dpkg", f"--root={root}", f"--log={home}/log", *force)
    run(*command, "--install", package, home=home)
    works(root / "usr/bin" / COMMAND, home)
    assert (root / "usr/lib/udev/rules.d/60-ticktap.rules").is_file()
    run(*command, "--purge", COMMAND, home=home)
    left = [path for path in root.rglob("*") if path.is_file() and "var/lib/dpkg" not in str(path)]
    assert not left, left


def works(command: Path | str, home: Path) -> None:
    """The command runs, and has its firmware."""
    assert run(command, "--version", home=home).startswith("ticktap ")
    assert "uaccess" in run(command, "firmware", "udev", home=home)
    (home / "drive").mkdir(exist_ok=True)
    text = "Adafruit CircuitPython 10.0.3 on 2025-10-17; Raspberry Pi Pico with rp2040\r\n"
    (home / "drive/boot_out.txt").write_text(f"{text}Board ID:raspberry_pi_pico\r\nUID:DE6348109F2A4C17\r\n")
    run(command, "firmware", "install", "--no-eject", home / "drive", home=home)
    assert "current" in run(command, "firmware", "check", home / "drive", home=home)


CHECKS: tuple[Callable[[Path, Path, Path], None], ...] = (
    *(checksums, metadata, for_others, single_file, debian, same_wheel, with_pipx, with_uv),
)

if __name__ == "__main__":
    given = [Path(each).absolute() for each in sys.argv[1:]]
    for check in CHECKS:
        with tempfile.TemporaryDirectory() as folder:
            check(*given, Path(folder))
        print(f"right: {check.__doc__}")

"""The modules that are mutated, the tests that can see them, and the copy of the tree in which both run."""

from __future__ import annotations

import os
import py_compile
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]
COPY = ROOT / "build" / "mutants"
COPIED = ("host", "firmware", "tests", "docs", "hardware", "tools", "dist/CIRCUITPY")
NOT_COPIED = ("__pycache__", "node_modules", "_drive")

TESTS = {
    "firmware/fob/app": ("tests/unit/firmware/app", "tests/device"),
    "firmware/fob/clock": (
        "tests/unit/firmware/clock",
        "tests/device/test_token_clock.py",
        "tests/device/test_token_clock_guard.py",
        "tests/device/test_token_clock_life.py",
        "tests/device/test_token_clock_note.py",
    ),
    "firmware/fob/crypto": (
        "tests/unit/firmware/crypto",
        "tests/unit/firmware/otp",
        "tests/unit/firmware/store/test_keystore.py",
    ),
    "firmware/fob/hid": (
        "tests/unit/firmware/hid",
        "tests/device/test_token_typing.py",
        "tests/device/test_token_num_lock.py",
        "tests/device/test_token_suspended.py",
    ),
    "firmware/fob/hw": ("tests/unit/firmware/hw", "tests/device"),
    "firmware/fob/otp": ("tests/unit/firmware/otp", "tests/device/test_token_codes.py"),
    "firmware/fob/rpc": ("tests/unit/firmware/rpc", "tests/device"),
    "firmware/fob/store": (
        "tests/unit/firmware/store",
        "tests/device/test_token_store.py",
        "tests/device/test_token_store_file.py",
        "tests/device/test_token_pin_tries.py",
        "tests/device/test_token_maintenance.py",
    ),
    "firmware/fob/ui": (
        "tests/unit/firmware/ui",
        "tests/device/test_token_screen.py",
        "tests/device/test_token_macropad.py",
        "tests/device/test_token_button.py",
        "tests/device/test_token_requests.py",
    ),
    "host/ticktap/formats": ("tests/unit/host/formats", "tests/formats", "tests/unit/host/enrolment"),
    "host/ticktap/provisioning": (
        "tests/unit/host/provisioning",
        "tests/unit/host/formats/test_format_registry.py",
        "tests/signin/test_user_import.py",
        "tests/signin/test_report.py",
        "tests/formats/test_tables.py",
    ),
    "host/ticktap/registry": (
        "tests/unit/host/registry",
        "tests/signin",
        "tests/unit/host/provisioning",
        "tests/unit/host/cli/test_audit_words.py",
    ),
    "host/ticktap/verifier": ("tests/signin", "tests/unit/host/registry"),
}
"""The folders that are mutated, and the tests for which it is recorded what they run there. The other tests
take longer, or run another copy of the code: the built drive on CircuitPython.
"""

COMMANDS = {
    "host/ticktap/provisioning": ("tests/cli/test_provision.py", "tests/cli/test_replacement.py"),
    "host/ticktap/registry": ("tests/cli/test_user_commands.py", "tests/cli/test_user_data.py"),
    "host/ticktap/verifier": ("tests/cli/test_user_commands.py",),
}
"""Tests of the command, which runs as a process of its own, so that nothing is recorded. They run last."""


def modules(chosen: list[str], changed_since: str | None) -> list[str]:
    """Returns the modules to mutate: below one of the chosen paths, and changed since a git revision."""
    found = []
    for folder in TESTS:
        paths = sorted((ROOT / folder).glob("*.py"))
        found += [path.relative_to(ROOT).as_posix() for path in paths if path.name != "__init__.py"]
    if changed_since is not None:
        names = ["git", "-C", str(ROOT), "diff", "--name-only", changed_since, "--"]
        changed = subprocess.run(names, capture_output=True, text=True, check=True).stdout.split()
        found = [module for module in found if module in changed]
    if chosen:
        found = [module for module in found if any(_below(module, each) for each in chosen)]
    return found


def _below(module: str, chosen: str) -> bool:
    short = module.removeprefix("host/ticktap/").removeprefix("firmware/")
    return any(name.removesuffix(".py").startswith(chosen.removesuffix(".py")) for name in (module, short))


def folder_of(module: str) -> str:
    """Returns the mutated folder in which a module is."""
    return next(folder for folder in TESTS if module.startswith(f"{folder}/"))


def test_files(folder: str, only: list[str]) -> list[str]:
    """Returns the test files of a mutated folder, or those in the places of `only`, if there are any."""
    found: list[str] = []
    for place in only or TESTS[folder]:
        path = ROOT / place
        files = [path] if path.is_file() else sorted(path.rglob("test_*.py"))
        found += [each.relative_to(ROOT).as_posix() for each in files]
    return found


def sources() -> list[Path]:
    """Returns the Python files of host, firmware and tests."""
    return sorted(path for part in ("host", "firmware", "tests") for path in (ROOT / part).rglob("*.py"))


def make_copy() -> Path:
    """Brings the copy of the tree up to date; returns a Python that imports ticktap from there only."""
    tree = COPY / "tree"
    wanted = {"pyproject.toml": ROOT / "pyproject.toml"}
    for name in COPIED:
        for folder, folders, files in os.walk(ROOT / name):
            folders[:] = [
                each for each in folders if each not in NOT_COPIED and not each.endswith(".egg-info")
            ]
            paths = [Path(folder, file) for file in files]
            wanted |= {path.relative_to(ROOT).as_posix(): path for path in paths}
    for path in list(tree.rglob("*")):
        if path.is_file() and path.suffix != ".pyc" and path.relative_to(tree).as_posix() not in wanted:
            path.unlink()
    for name, path in wanted.items():
        target = tree / name
        if target.exists() and _stamp(target) == _stamp(path):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
        if target.suffix == ".py" and not name.startswith("dist/"):
            # Compiled files are checked by hash: a mutant of the same size and second is compiled again.
            mode = py_compile.PycInvalidationMode.CHECKED_HASH
            py_compile.compile(str(target), doraise=False, quiet=2, invalidation_mode=mode)
    environment = COPY / "env"
    if not (environment / "bin" / "python").exists():
        venv.create(environment, symlinks=True)
    packages = environment / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    # The folder of installed packages is added, not read as one: its .pth file names the original tree.
    (packages / "mutants.pth").write_text(f"{tree / 'host'}\n{sysconfig.get_path('purelib')}\n")
    return environment / "bin" / "python"


def _stamp(path: Path) -> tuple[int, int]:
    about = path.stat()
    return about.st_size, about.st_mtime_ns


def environment() -> dict[str, str]:
    """Returns the environment of the tests."""
    return os.environ | {"PYTHONHASHSEED": "0", "HYPOTHESIS_STORAGE_DIRECTORY": str(COPY / "hypothesis")}

"""The modules that are mutated, the tests that can see them, and the copy of the tree in which both run."""

from __future__ import annotations

import compileall
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

TESTS = {
    "firmware/fob": ("tests/unit/firmware", "tests/device"),
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
        paths = sorted((ROOT / folder).rglob("*.py"))
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


def make_copy() -> Path:
    """Copies the tree to build/mutants/tree and makes a Python that imports ticktap from there only; returns
    that Python.
    """
    tree = COPY / "tree"
    shutil.rmtree(tree, ignore_errors=True)
    for name in COPIED:
        if (ROOT / name).exists():
            ignored = shutil.ignore_patterns("__pycache__", "node_modules", "*.egg-info", "_drive")
            shutil.copytree(ROOT / name, tree / name, ignore=ignored, symlinks=True)
    shutil.copy(ROOT / "pyproject.toml", tree)
    # Compiled files that are checked by hash: a mutant of the same size and second is compiled again.
    mode = py_compile.PycInvalidationMode.CHECKED_HASH
    compileall.compile_dir(tree / "host", quiet=1, invalidation_mode=mode)
    compileall.compile_dir(tree / "firmware", quiet=1, invalidation_mode=mode)
    environment = COPY / "env"
    if not (environment / "bin" / "python").exists():
        venv.create(environment, symlinks=True)
    packages = environment / Path(sysconfig.get_path("purelib")).relative_to(sys.prefix)
    # The folder of installed packages is added, not read as one: its .pth file names the original tree.
    (packages / "mutants.pth").write_text(f"{tree / 'host'}\n{sysconfig.get_path('purelib')}\n")
    return environment / "bin" / "python"


def environment() -> dict[str, str]:
    """Returns the environment of the tests."""
    return os.environ | {"PYTHONHASHSEED": "0", "HYPOTHESIS_STORAGE_DIRECTORY": str(COPY / "hypothesis")}

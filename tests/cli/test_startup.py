"""Start-up is a feature: asking for the version or for help imports click and little else."""

import subprocess
import sys

import pytest

LOOK = """
import sys
before = set(sys.modules)
import click
usual = set(sys.modules)
from ticktap.cli.main import run
run({args!r})
print(*sorted(set(sys.modules) - usual), file=sys.stderr)
"""
OURS = {
    "ticktap",
    "ticktap.cli",
    "ticktap.cli.framework",
    "ticktap.cli.framework.lazy_commands",
    "ticktap.cli.main",
}
HEAVY = (
    *("serial", "cryptography", "PIL", "zxingcpp", "sqlite3", "resvg_py", "ctypes", "importlib.metadata"),
    *("rich", "jinja2"),
)


def imported(*args):
    """What a run imports beyond click."""
    done = subprocess.run([sys.executable, "-c", LOOK.format(args=args)], capture_output=True, check=True)
    return set(done.stderr.decode().split("\n")[-2].split())


def test_the_version_needs_a_few_small_modules():
    assert {name for name in imported("--version") if name.startswith("ticktap")} == OURS


@pytest.mark.parametrize("args", [["--version"], ["--help"]])
def test_no_command_and_nothing_heavy_is_imported(args):
    loaded = imported(*args)
    assert {name for name in loaded if name.startswith("ticktap")} <= OURS
    assert not [name for name in loaded if name.startswith(HEAVY)]


def test_a_code_needs_no_drawing(ticktap, token):
    """`rich` takes 40 ms to import."""
    token.do_account_add(name="alice", issuer="Example", secret="MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *ticktap.python[1:], "code"],
        capture_output=True, check=True, env=ticktap.environment(),
    )  # fmt: skip
    assert b" ticktap.cli" in done.stderr, "imports are listed"
    assert b" rich" not in done.stderr and b" jinja2" not in done.stderr


def test_a_noun_imports_no_other_noun():
    loaded = imported("clock", "--help")
    assert "ticktap.cli.clock" in loaded
    assert not {"ticktap.cli.account", "ticktap.cli.verify", "ticktap.cli.simulate"} & loaded
    assert not [name for name in loaded if name.startswith(HEAVY)]


def test_the_version_is_written_in_one_more_place_only():
    import tomllib
    from pathlib import Path

    import ticktap

    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())
    assert ticktap.__version__ == project["project"]["version"]

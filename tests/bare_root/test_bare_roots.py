"""From a release's folder to a verified code, in three commands, on a Debian with nothing but its base.

Ubuntu is not tested: its packages could not be reached where this was written.
"""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bare_root.bare_root import BareRoot
from cli.command import URI
from cli.simulated import Simulated
from cli.test_simulate import codes_near

ROOT = Path(__file__).parents[2]
INSTALL = "apt-get update --quiet && apt-get install --yes --no-install-recommends ./ticktap_*_amd64.deb"


@pytest.fixture(scope="module")
def release(tmp_path_factory):
    """A release of this checkout."""
    folder = tmp_path_factory.mktemp("release")
    command = [sys.executable, ROOT / "tools/release.py", folder, ROOT / "build/release/bin"]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize("suite", ["bookworm", "trixie"])
def test_three_commands_to_a_verified_code(suite, release, tmp_path):
    """A simulated token stands for the one that a person plugs in."""
    bare = BareRoot(suite, tmp_path / suite)
    (package,) = release.glob("*.deb")
    shutil.copy(package, bare.folder / "root")
    done = bare.run(INSTALL)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (bare.folder / "usr/lib/udev/rules.d/60-ticktap.rules").is_file()
    simulated = Simulated(bare, Path("/root"))
    with simulated.running():
        assert simulated.pressing("clock", "sync")["ok"]
        added = simulated.pressing("account", "add", stdin=URI)
        assert (added["ok"], added["data"]["proved"]) == (True, True)
        assert simulated.pressing("type", "alice")["ok"]
        assert simulated.send("status")["typed"] in codes_near(time.time())
    removed = bare.run("apt-get purge --yes ticktap && test ! -e /usr/bin/ticktap")
    assert removed.returncode == 0, removed.stdout + removed.stderr
    assert not (bare.folder / "usr/lib/udev/rules.d/60-ticktap.rules").exists()

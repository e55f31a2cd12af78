"""The Playwright example of docs/simulator.md, as people copy it, in the system's Chromium."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from interop.serving import program
from interop.venvs import FOLDER, python

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "playwright" / "test_sign_in_page.py"
# In place of `playwright install chromium`, which fetches a browser: the one that is here.
CONFTEST = """
import pytest

@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": %r, "args": ["--no-sandbox"]}
"""


def test_the_token_types_into_a_page(tmp_path):
    shutil.copy(EXAMPLE, tmp_path)
    (tmp_path / "conftest.py").write_text(CONFTEST % program("chromium"))
    python("playwright")  # is there
    (packages,) = (FOLDER / "playwright" / "lib").glob("python3*/site-packages")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(packages)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert "2 passed" in done.stdout, done.stdout + done.stderr

"""The examples that other people copy into their repositories do what they say, step by step."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

pytest_plugins = ["pytester"]

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples" / "pytest"


def workflow():
    return yaml.safe_load((EXAMPLES / "github-actions.yml").read_text())


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A repository that has only the test."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copy(EXAMPLES / "test_sign_in.py", folder)
    return folder


def test_the_workflow_s_commands_run_the_test(checkout):
    """In this environment, in which ticktap and pytest are installed: nothing is fetched."""
    (job,) = workflow()["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert len(commands) == 2
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {
        "PATH": path,
        "HOME": str(checkout),
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    for command in commands:
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", command],
            cwd=checkout,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_the_workflow_has_what_github_needs():
    text = workflow()
    assert text[True] == ["push", "pull_request"], "'on' is true in YAML 1.1"
    (job,) = text["jobs"].values()
    assert job["runs-on"] == "ubuntu-latest"
    used = [step["uses"].partition("@")[0] for step in job["steps"] if "uses" in step]
    assert used == ["actions/checkout", "actions/setup-python"]


def test_the_shortest_test_of_the_document_runs(pytester):
    document = (EXAMPLES.parents[1] / "simulator.md").read_text()
    program = document.split("```python\n", 1)[1].split("```", 1)[0]
    assert program.count("\n") <= 8, "the first one is to be short"
    pytester.makepyfile(program)
    pytester.runpytest_inprocess("-q").assert_outcomes(passed=1)

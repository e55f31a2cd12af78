"""The workflows of .github: every step runs what a person runs, and each job may do only what it needs."""

import re
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def jobs():
    return [
        pytest.param(job, id=f"{path.stem}-{name}")
        for path in WORKFLOWS
        for name, job in yaml.safe_load(path.read_text())["jobs"].items()
    ]


def test_there_are_a_check_and_a_release():
    assert {path.stem for path in WORKFLOWS} >= {"check", "release"}
    for path in WORKFLOWS:
        assert yaml.safe_load(path.read_text())["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("job", jobs())
def test_a_job_ends_and_calls_targets_that_exist(job):
    assert job["timeout-minutes"] <= 120
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for step in job["steps"]:
        called = re.fullmatch(r"make ([a-z0-9-]+)", step.get("run", ""))
        assert not called or called[1] in targets, step
        assert "uses" not in step or re.search(r"@(v\d|release/v\d|[0-9a-f]{40}$)", step["uses"]), step


def test_only_the_last_job_publishes_and_a_person_approves_it():
    (path,) = (each for each in WORKFLOWS if each.stem == "release")
    release = yaml.safe_load(path.read_text())
    assert release[True] == {"push": {"tags": ["v*"]}}, "'on' is true in YAML 1.1"
    pypi = release["jobs"].pop("pypi")
    assert (pypi["environment"], pypi["permissions"]) == ("pypi", {"id-token": "write"})
    assert not [job for job in release["jobs"].values() if "environment" in job]
    assert "secrets." not in path.read_text(), "trusted publishing needs none"
    order = [release["jobs"][name].get("needs") for name in ("test", "build", "draft")] + [pypi["needs"]]
    assert order == [None, "test", "build", "draft"]

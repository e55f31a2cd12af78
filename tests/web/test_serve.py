"""`ticktap serve` as a program: what it refuses, what it says, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from ticktap.cli.main import run
from ticktap.registry import Registry


def test_it_listens_answers_and_ends(tmp_path: Path) -> None:
    with Registry.open(tmp_path / "registry.db", syslog="") as registry:
        registry.users.add("ann")
    words = [sys.executable, "-m", "ticktap", "serve", "--json", "--listen", "127.0.0.1:0"]
    words += ["--registry", str(tmp_path / "registry.db")]
    with subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"TICKTAP_HOME": str(tmp_path)},
    ) as process:
        assert process.stdout and process.stderr
        url = json.loads(process.stdout.readline())["data"]["url"]
        with urllib.request.urlopen(f"{url}/readyz") as answer:
            assert answer.read() == b"ok\n"
        with urllib.request.urlopen(f"{url}/") as answer:
            assert answer.url == f"{url}/sign-in"
            cookies = answer.headers.get_all("set-cookie")
        assert cookies is None or all("Secure" not in cookie for cookie in cookies)
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--listen", "0.0.0.0:8417"], "without encryption"),
        (["--public-url", "http://id.example.org"], "without encryption"),
        (["--public-url", "https://id.example.org/path"], "not an address"),
        (["--listen", "nonsense"], "not HOST:PORT"),
        (["--tls-cert", "cert.pem"], "needs its key"),
        (["--first-factor", "header"], "--proxy"),
    ],
)
def test_what_cannot_be_served_is_refused(
    words: list[str],
    text: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TICKTAP_HOME", str(tmp_path))
    assert run(["serve", *words]) == 2
    assert text in capsys.readouterr().err


def test_a_missing_package_is_named_with_the_remedy(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "uvicorn" else object())
    assert run(["serve"]) == 2
    error = capsys.readouterr().err
    assert "uvicorn" in error and "pip install 'ticktap[web]'" in error

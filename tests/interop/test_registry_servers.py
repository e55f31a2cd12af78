"""The registry behind servers of others: sign-in over SSH, by RADIUS, and at a Django site, with lock-out."""

import getpass
import http.cookiejar
import os
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

from integration.pam_exec import PamExec
from interop import openssh, radius, venvs
from interop.serving import LOOPBACK, free_port, serving
from signin.desk import COUNTED
from ticktap.otp.code_check import code_at
from ticktap.registry import Registry

ROOT = Path(__file__).parents[2]


@pytest.fixture
def registry(tmp_path):
    with Registry.open(tmp_path / "home" / "registry.db") as registry:
        registry.set_policy("wait", 0)
        for user in {"ann", getpass.getuser()}:
            registry.users.add(user)
            registry.keep(COUNTED, f"token of {user}", 1, user)
        yield registry


def signs_in_and_is_locked(registry, user, accepts):
    """What every server must do: codes once, a backup code once, a lock after eight wrong ones."""
    backup, *_ = registry.factors.new_backup_codes(user)
    first, second, third = (code_at(COUNTED, 5 + ahead) for ahead in range(3))
    assert [accepts(code) for code in (first, first, second, backup, backup)] == [
        True,
        False,
        True,
        True,
        False,
    ]
    for _ in range(7):
        assert not accepts("000000")
    assert registry.users.find(user).locked is not None
    assert not accepts(third)
    registry.users.unlock(user)
    assert accepts(third)
    assert registry.audit.check().faults == []


def test_ssh(registry, tmp_path):
    user = getpass.getuser()
    folder = tmp_path / "sshd"
    folder.mkdir()
    pam = PamExec(folder, tmp_path / "home", service=openssh.SERVICE)
    with openssh.server(folder, pam.pam) as accepts:
        signs_in_and_is_locked(registry, user, accepts)


def test_radius(registry, tmp_path):
    folder = tmp_path / "radius"
    folder.mkdir()
    pam = PamExec(folder, tmp_path / "home")
    environment = pam.pam.environment()
    environment["LD_PRELOAD"] += f":{radius.MODULES / 'rlm_pam.so'}"
    with radius.server(folder, radius.THROUGH_PAM, "ann", environment) as accepts:
        signs_in_and_is_locked(registry, "ann", accepts)


def test_the_django_example(registry, tmp_path):
    password = "a password of Django's"
    site = ["-W", "ignore", str(ROOT / "docs" / "examples" / "django_site.py")]
    python, port = venvs.python("two-factor"), free_port()
    environment = os.environ | {
        "PYTHONPATH": str(ROOT / "host"),
        "TICKTAP_HOME": str(tmp_path / "home"),
        "DJANGO_DATABASE": str(tmp_path / "site.db"),
        "DJANGO_SUPERUSER_PASSWORD": password,
        "DJANGO_SECRET_KEY": "x" * 50,
    }
    for command in (
        ["migrate", "--run-syncdb"],
        ["createsuperuser", "--noinput", "--username", "ann", "--email", "ann@example.org"],
    ):
        subprocess.run([python, *site, *command], env=environment, check=True, capture_output=True)
    server = [str(python), *site, "runserver", "--noreload", f"{LOOPBACK}:{port}"]
    environment["PYTHONUNBUFFERED"] = "1"
    with serving(server, "Starting development server", environment):
        signs_in_and_is_locked(registry, "ann", lambda code: _at_the_site(port, "ann", password, code))
        assert not _at_the_site(port, "ann", "another password", code_at(COUNTED, 8))
        assert _at_the_site(port, "ann", password, code_at(COUNTED, 8))  # not spent by a wrong password


def _at_the_site(port, user, password, code):
    """Whether a person who fills in the form gets to see the page behind it."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    browser = urllib.request.build_opener(jar)
    address = f"http://{LOOPBACK}:{port}/"
    form = browser.open(address).read().decode()
    field = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    answers = {"csrfmiddlewaretoken": field, "username": user, "password": password, "code": code}
    shown = browser.open(address, urllib.parse.urlencode(answers).encode()).read().decode()
    assert (f"Hello {user}" in shown) is not ("Not accepted." in shown)
    return f"Hello {user}" in shown

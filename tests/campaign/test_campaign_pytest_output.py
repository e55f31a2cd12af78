"""What pytest prints of other people's failing tests: the arguments of the functions that raised."""

import os
import subprocess
import sys

import pytest

from campaign.marks import Mark, found

MARK = Mark("in scope")
FAILING = """
from ticktap.accounts import Account
from ticktap.client import Client
from campaign.marks import Mark

def account():
    return Account("Example", "alice", Mark("in scope").secret)

def test_wrong_code(virtual_token):
    client = Client(virtual_token.open())
    number = client.add(account().to_params())
    virtual_token.press()
    assert (client, account(), number, virtual_token.typed) == "another code"

def test_unplugged(virtual_token):
    client = Client(virtual_token.open())
    virtual_token.unplug()
    client.add(account().to_params())

def test_refused(virtual_token):
    virtual_token.unplug()
    virtual_token.nvm.data[:] = bytes(4096)
    virtual_token.plug()
    Client(virtual_token.open()).add(account().to_params())
"""


@pytest.mark.parametrize("options", [(), ("-vv", "--tb=long")], ids=["usual", "long"])
def test_what_pytest_prints_of_failures(tmp_path, options):
    (tmp_path / "test_failing.py").write_text(FAILING)
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, "test_failing.py"],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": paths},
        capture_output=True,
        check=False,
    )
    assert b"3 failed" in done.stdout, done.stdout[-300:]
    assert found([MARK], done.stdout + done.stderr) == []

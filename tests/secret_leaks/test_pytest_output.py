"""What pytest prints of other people's failing tests: the arguments of the functions that raised."""

import os
import subprocess
import sys

import pytest

from support.canaries import Canary, found

OWNER = Canary("owner in scope", 32)
CANARIES = [Canary("in scope"), Canary("PIN in scope"), OWNER]
IN_THE_TEST = b'virtual_client.set_pin_keys("2413241324132413")'  # pytest shows the test's own lines
FAILING = """
from ticktap.device import owner_key as owner, pin
from ticktap.otp.account import Account, Hidden
from support.canaries import Canary

def account():
    return Account("Example", "alice", Canary("in scope").secret)

def pin_text():
    return Canary("PIN in scope").base32

def master():
    return Hidden(Canary("owner in scope", 32).secret)

def test_wrong_code(virtual_token, virtual_client):
    number = virtual_client.add(account().to_params())
    virtual_token.press()
    assert (virtual_client, account(), number, virtual_token.typed) == "another code"

def test_unplugged(virtual_token, virtual_client):
    virtual_token.unplug()
    virtual_client.add(account().to_params())

def test_refused(virtual_token, make_virtual_client):
    virtual_token.unplug()
    virtual_token.nvm.data[:] = bytes(4096)
    virtual_token.plug()
    make_virtual_client(virtual_token).add(account().to_params())

def test_no_pin(virtual_client):
    virtual_client.unlock(pin.key(pin_text(), pin.KdfParams.new()))

def test_bad_pins():
    pin.check_new(pin_text()[:5])
    pin.check_digits(pin_text())

def test_bad_digits():
    pin.check_digits(pin_text())

def test_set_pin_unplugged(virtual_token, virtual_client):
    kdf = pin.KdfParams.new()
    virtual_token.unplug()
    virtual_client.set_pin(pin.key(pin_text(), kdf), kdf, pin.key(pin_text(), kdf))

def test_keys_without_pin(virtual_client):
    virtual_client.set_pin_keys("2413241324132413")

def test_claim_unplugged(virtual_token, virtual_client):
    virtual_token.unplug()
    virtual_client.claim(master(), virtual_token.serial)

def test_not_the_owner(virtual_token, virtual_client):
    virtual_client.prove_owner(master(), virtual_token.serial)

def test_owner_unplugged(virtual_token, virtual_client):
    virtual_token.press_later(1200)
    virtual_token.press_later(2600)
    virtual_client.claim(master(), virtual_token.serial)
    virtual_client.prove_owner(master(), virtual_token.serial)
    virtual_token.unplug()
    virtual_client.add(account().to_params())
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
    assert b"%d failed" % FAILING.count("def test_") in done.stdout, done.stdout[-300:]
    assert found(CANARIES, done.stdout + done.stderr) == []
    assert b"2413241324132413" not in (done.stdout + done.stderr).replace(IN_THE_TEST, b"")

"""Running the real command as people and scripts do, and looking at all it says."""

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SECRET = b"12345678901234567890"
BASE32 = base64.b32encode(SECRET).decode()
URI = f"otpauth://totp/Example:alice?secret={BASE32}&issuer=Example"
HOTP_URI = f"otpauth://hotp/Example:bob?secret={BASE32}&issuer=Example&counter=3"
PIN, NEW_PIN, KEYS_PIN = "correct horse 42", "battery staple 7", "241324132413"
LEAKS = (
    PIN,
    NEW_PIN,
    KEYS_PIN,
    BASE32,
    BASE32.lower(),
    base64.b64encode(SECRET).decode(),
    SECRET.hex(),
    SECRET.decode(),
)


@dataclass
class Outcome:
    """What a run left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self):
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def data(self):
        """Its data."""
        return self.document["data"]


class Command:
    """`ticktap` in a folder of its own, with a token's port in its environment."""

    def __init__(self, home: Path, device: str = ""):
        self.home = home
        self.device = device
        self.python = [sys.executable, "-m", "ticktap"]

    def environment(self, **more):
        """Only what the command may depend on."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
        kept |= {"TZ": "UTC", "TICKTAP_HOME": str(self.home / "kept"), "HOME": str(self.home)}
        kept["PYTHONWARNINGS"] = "error"
        return kept | ({"TICKTAP_DEVICE": self.device} if self.device else {}) | more

    def __call__(self, *args, stdin="", **environment):
        """Runs it with `stdin` piped in; checks that no secret comes out."""
        done = subprocess.run(
            [*self.python, *args],
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            env=self.environment(**environment),
            timeout=60,
            check=False,
        )
        outcome = Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())
        assert not any(leak in outcome.out + outcome.err for leak in LEAKS)
        assert "Traceback" not in outcome.err or "--debug" in args
        return outcome

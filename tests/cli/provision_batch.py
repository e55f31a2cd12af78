"""Tokens served at pseudo-terminals and a manifest for them, for tests of `ticktap provision`."""

import base64
import json

from cli.command import Command
from cli.served import ServedToken

MANIFEST = """user,account,label
alice,Example:alice@example.com,A-001
bob,Example:bob@example.com,A-002
carol,otpauth://hotp/Example:carol,A-003
"""


class Bagged(ServedToken):
    """A token out of its bag. With `waiting` it does not answer what wants a press."""

    def __init__(self, serial):
        super().__init__(serial=serial, name="")
        self.clock_state, self.waiting = "stopped", False

    def answer(self, line):
        if self.waiting and json.loads(line)["method"] == "clock.allow":
            return None
        return super().answer(line)


class Batch:
    """Tokens, and a manifest for them."""

    def __init__(self, folder, stack):
        self.folder, self._stack = folder, stack
        self.tokens = []
        self.ticktap = Command(folder)
        self.list = folder / "box.csv"
        self.list.write_text(MANIFEST)

    def token(self, serial):
        made = Bagged(serial)
        self._stack.callback(made.close)
        self.tokens.append(made)
        return made

    def words(self, *options):
        ports = [word for each in self.tokens for word in ("--port", each.path)]
        return ["provision", str(self.list), *ports, *options]

    def provision(self, *options, stdin=""):
        """Runs it; no secret of any token is in what it says or in the journal."""
        done = self.ticktap(*self.words(*options), stdin=stdin)
        journal = self.folder / "kept" / "provisioning.db"
        said = (done.out + done.err).encode() + (journal.read_bytes() if journal.exists() else b"")
        assert not [secret for secret in self.secrets() if secret in said]
        return done

    def secrets(self):
        """Whatever must not be seen, in the forms in which it might be."""
        raw = [
            base64.b64decode(account["secret"])
            for token in self.tokens
            for account in token.accounts.values()
        ]
        raw += [key for token in self.tokens for key in (token.owner, token.pin_key) if key]
        forms = (bytes, base64.b64encode, base64.b32encode, lambda secret: secret.hex().encode())
        return [form(secret) for secret in raw for form in forms]

    def kept(self, name):
        return self.folder / "kept" / name


def rows(done):
    return {each["label"]: each for each in done.data["rows"]}

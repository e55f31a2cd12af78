"""Sign-in through PAM with the registry behind it: pam_exec runs `ticktap verify --pam`."""

from __future__ import annotations

import sys
from pathlib import Path

from integration.pam import SERVICE, Pam

# pam_exec has nothing to say about credentials, and a stack in which nobody has is refused: pam_permit has.
RULES = """auth required {module}
auth required pam_permit.so
"""


class PamExec:
    """A service that asks the registry.

    Args:
        folder: an empty directory for the service.
        home: TICKTAP_HOME of the command; its registry is there, unless `options` name another.
        options: more for the command line of `ticktap verify`.
        service: what the service is called.
    """

    def __init__(self, folder: Path, home: Path, *options: str, service: str = SERVICE) -> None:
        command = [
            "/usr/bin/env", f"TICKTAP_HOME={home}", "PYTHONWARNINGS=error",
            sys.executable, "-m", "ticktap", "verify", "--pam", *options,
        ]  # fmt: skip
        module = f"pam_exec.so expose_authtok quiet {' '.join(command)}"
        # A refusal is a system error to pam_exec, which says what the command ended with.
        self.pam = Pam(folder, module, service, RULES.format(module=module), refusal="failed: exit code")

    def accepts(self, user: str, code: str) -> bool:
        """Whether this sign-in succeeds."""
        return self.pam.accepts(code, user)

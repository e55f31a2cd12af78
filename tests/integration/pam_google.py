"""Sign-in through google-authenticator's PAM module: a verifier nobody here wrote."""

from __future__ import annotations

import getpass
from pathlib import Path

from integration.pam import SERVICE, USER, Pam


class PamGoogle:
    """One user's second factor, in a service of its own.

    Args:
        folder: an empty directory for the service and the user's file.
        state: the file's content; the module writes its memory into it.
        user: who signs in. The file belongs to whoever runs this.
        service: what the service is called.
    """

    def __init__(self, folder: Path, state: bytes, *, user: str = USER, service: str = SERVICE) -> None:
        self._user = user
        file = folder / "google_authenticator"
        file.touch(mode=0o600)
        file.write_bytes(state)
        owner = f"no_strict_owner user={getpass.getuser()}"
        self.pam = Pam(folder, f"pam_google_authenticator.so secret={file} {owner}", service)

    def accepts(self, code: str) -> bool:
        """Whether this sign-in succeeds, as Pam.accepts."""
        return self.pam.accepts(code, self._user)

"""Sign-in through libpam-oath: a verifier nobody here wrote."""

from __future__ import annotations

from pathlib import Path

from integration.pam import SERVICE, USER, Pam


class PamOath:
    """One user's second factor, in a service of its own.

    Args:
        folder: an empty directory for the service and the users file.
        secret: the key, at most 32 bytes: libpam-oath 2.6.7 refuses every code of a longer one.
        digits: 6, 7 or 8.
        period: 30 or 60 s for TOTP, the two that libpam-oath knows; None means HOTP.
        window: how many steps (TOTP: either way; HOTP: ahead) are searched.
        users: a whole users file of somebody else's making, in place of the one for secret and period.
        user: whose line in it is meant.
        service: what the service is called.
    """

    def __init__(
        self,
        folder: Path,
        secret: bytes = b"",
        *,
        digits: int = 6,
        period: int | None = 30,
        window: int = 5,
        users: str = "",
        user: str = USER,
        service: str = SERVICE,
    ) -> None:
        self._user = user
        file = folder / "users.oath"
        moving_factor = "E" if period is None else f"T{period}"
        file.touch(mode=0o600)
        file.write_text(users or f"HOTP/{moving_factor}/{digits}\t{USER}\t-\t{secret.hex()}\n")
        self.pam = Pam(folder, f"pam_oath.so usersfile={file} window={window} digits={digits}", service)

    def accepts(self, code: str) -> bool:
        """Whether this sign-in succeeds, as Pam.accepts."""
        return self.pam.accepts(code, self._user)

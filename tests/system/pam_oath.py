"""Sign-in through libpam-oath, asked by pamtester: a verifier nobody here wrote.

Every `PamOath` is a PAM service of its own with one user and one secret, in a directory of its own. libpam
finds it there through pam_wrapper, so /etc/pam.d stays untouched and no root is needed. The verifier uses the
machine's real time and remembers the last code, as it would in a real sign-in.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

SERVICE = "ticktap"
USER = "alice"
WRAPPER = "libpam_wrapper.so"
REMEDY = "run tools/system-packages system"


class PamOath:
    """One user's second factor.

    Args:
        folder: an empty directory for the service and the users file.
        secret: the key, at most 32 bytes: libpam-oath 2.6.7 refuses every code of a longer one.
        digits: 6, 7 or 8.
        period: 30 or 60 s for TOTP, the two that libpam-oath knows; None means HOTP.
        window: how many steps (TOTP: either way; HOTP: ahead) are searched.
        users: a whole users file of somebody else's making, in place of the one for secret and period.
        user: whose line in it is meant.
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
    ) -> None:
        self._user = user
        self._services = folder / "pam.d"
        self._services.mkdir()
        self._users = folder / "users.oath"
        moving_factor = "E" if period is None else f"T{period}"
        self._users.touch(mode=0o600)
        self._users.write_text(users or f"HOTP/{moving_factor}/{digits}\t{USER}\t-\t{secret.hex()}\n")
        self._write(SERVICE, f"pam_oath.so usersfile={self._users} window={window} digits={digits}")
        self._write("other", "pam_deny.so")

    def accepts(self, code: str) -> bool:
        """Whether this sign-in succeeds. A success uses the code up.

        Raises:
            RuntimeError: a component is missing, or PAM failed for another reason than a wrong code.
        """
        done = subprocess.run(
            [_pamtester(), SERVICE, self._user, "authenticate"],
            input=code + "\n",
            capture_output=True,
            text=True,
            env=os.environ | self._wrapper(),
            check=False,
        )
        if done.returncode == 0 and "successfully authenticated" in done.stdout:
            return True
        wrapped = WRAPPER not in done.stderr  # the loader's complaint when the library is missing
        if done.returncode == 1 and wrapped and "Authentication failure" in done.stderr:
            return False
        raise RuntimeError(f"pamtester ({done.returncode}): {done.stderr.strip()}; {REMEDY}")

    def _write(self, service: str, module: str) -> None:
        rules = f"auth required {module}\naccount required pam_permit.so\n"
        (self._services / service).write_text(rules)

    def _wrapper(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": WRAPPER,
            "PAM_WRAPPER": "1",
            "PAM_WRAPPER_SERVICE_DIR": str(self._services),
            "LC_ALL": "C",
        }


def _pamtester() -> str:
    program = shutil.which("pamtester")
    if program is None:
        raise RuntimeError(f"pamtester is not installed: {REMEDY}")
    return program

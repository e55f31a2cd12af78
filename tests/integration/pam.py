"""A PAM service of its own, in a directory of its own, asked by pamtester or by a server.

libpam finds it there through pam_wrapper, so /etc/pam.d stays untouched and no root is needed. The modules
use the machine's real time and remember what they accepted, as in a real sign-in.
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


class Pam:
    """A service whose only factor is one module.

    Args:
        folder: an empty directory for it.
        module: the module and its arguments, as in a line of pam.d.
        service: what it is called; a server may insist on its own name.
        rules: the `auth` lines; usually one that requires the module.
        refusal: what is said when a code is wrong.
    """

    def __init__(
        self,
        folder: Path,
        module: str,
        service: str = SERVICE,
        rules: str = "",
        refusal: str = "Authentication failure",
    ) -> None:
        self._refusal = refusal
        self._service = service
        self._services = folder / "pam.d"
        self._services.mkdir()
        self._write(service, rules or f"auth required {module}\n")
        self._write("other", "auth required pam_deny.so\n")

    def accepts(self, code: str, user: str = USER) -> bool:
        """Whether this sign-in succeeds. A success uses the code up.

        Raises:
            RuntimeError: a component is missing, or PAM failed for another reason than a wrong code.
        """
        done = subprocess.run(
            [_pamtester(), self._service, user, "authenticate"],
            input=code + "\n",
            capture_output=True,
            text=True,
            env=self.environment(),
            check=False,
        )
        if done.returncode == 0 and "successfully authenticated" in done.stdout:
            return True
        wrapped = WRAPPER not in done.stderr  # the loader's complaint when the library is missing
        if done.returncode == 1 and wrapped and self._refusal in done.stderr:
            return False
        raise RuntimeError(f"pamtester ({done.returncode}): {done.stderr.strip()}; {REMEDY}")

    def environment(self) -> dict[str, str]:
        """In which a program finds this service and no other."""
        return os.environ | {
            "LD_PRELOAD": WRAPPER,
            "PAM_WRAPPER": "1",
            "PAM_WRAPPER_SERVICE_DIR": str(self._services),
            "LC_ALL": "C",
        }

    def _write(self, service: str, rules: str) -> None:
        rest = "account required pam_permit.so\nsession required pam_permit.so\n"
        (self._services / service).write_text(rules + rest)


def _pamtester() -> str:
    program = shutil.which("pamtester")
    if program is None:
        raise RuntimeError(f"pamtester is not installed: {REMEDY}")
    return program

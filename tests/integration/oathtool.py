"""Codes from oathtool (OATH Toolkit): a generator nobody here wrote.

It knows 6, 7 and 8 digits. The key goes in by stdin.
"""

from __future__ import annotations

import shutil
import subprocess


def hotp(secret: bytes, counter: int, digits: int = 6) -> str:
    """The RFC 4226 code at `counter`."""
    return _run(secret, "--hotp", f"--counter={counter}", f"--digits={digits}")[0]


def totp(secret: bytes, unix: int, digits: int = 6, period: int = 30, algorithm: str = "SHA1") -> str:
    """The RFC 6238 code at `unix` seconds; `algorithm` is "SHA1", "SHA256" or "SHA512"."""
    return totps(secret, unix, 1, digits, period, algorithm)[0]


def totps(
    secret: bytes, unix: int, count: int, digits: int = 6, period: int = 30, algorithm: str = "SHA1"
) -> list[str]:
    """The codes of `count` steps, the first of them the step of `unix`."""
    return _run(
        secret,
        f"--totp={algorithm}",
        f"--now=@{unix}",
        f"--time-step-size={period}s",
        f"--digits={digits}",
        f"--window={count - 1}",
    )


def _run(secret: bytes, *options: str) -> list[str]:
    program = shutil.which("oathtool")
    if program is None:
        raise RuntimeError("oathtool is not installed: run tools/system-packages system")
    done = subprocess.run(
        [program, *options, "-"], input=secret.hex(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"oathtool: {done.stderr.strip()}")
    return done.stdout.split()

"""FreeRADIUS on the loopback interface: through PAM and libpam-oath, and with its own TOTP module."""

from __future__ import annotations

import base64
import contextlib
import itertools
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from integration import oathtool
from integration.pam import SERVICE
from integration.pam_oath import PamOath
from interop.desk import Accepts, Desk
from interop.people import ALICE
from interop.report import Report, Row, Trap, said, sign_in_all
from interop.serving import LOOPBACK, free_port, program, serving, version_of
from ticktap.otp.account import Account

NAME, OWN = "FreeRADIUS, through PAM and libpam-oath", "FreeRADIUS, rlm_totp"
NAMES = (NAME, OWN)
STEP = 30
MODULES = Path("/usr/lib/freeradius")

CONFIGURATION = """
libdir = {modules}
pidfile = {folder}/pid
security {{
    reject_delay = 0
}}
client loopback {{
    ipaddr = {loopback}
    secret = {secret}
}}
modules {{
{module}
}}
server ticktap {{
    listen {{
        type = auth
        ipaddr = {loopback}
        port = {port}
    }}
    authorize {{
{authorize}
    }}
    authenticate {{
{authenticate}
    }}
}}
"""
THROUGH_PAM = {
    "module": f"pam {{\n pam_auth = {SERVICE}\n}}",
    "authorize": "update control {\n Auth-Type := pam\n}",
    "authenticate": "pam",
}


def own_module(secret: bytes) -> dict[str, str]:
    """The parts of the configuration for rlm_totp; it reads the secret from the request's control list."""
    key = base64.b32encode(secret).decode().rstrip("=")
    return {
        "module": "totp {\n}",
        "authorize": f'update control {{\n TOTP-Secret := "{key}"\n Auth-Type := totp\n}}\n'
        'update request {\n TOTP-Password := "%{User-Password}"\n}',
        "authenticate": "totp",
    }


def report(desk: Desk, folder: Path) -> Report:
    """Signs in everyone through PAM, and shows what the server's own module does."""
    version = version_of("freeradius")
    places = (folder / str(number) for number in itertools.count())
    found = Report()
    with contextlib.ExitStack() as servers:

        def through_pam(account: Account, users: bytes) -> Accepts:
            place = next(places)
            place.mkdir(parents=True)
            pam = PamOath(place, digits=account.digits, users=users.decode(), user=account.name)
            # Modules that the server loads are bound to the real libpam; one that is there, to pam_wrapper.
            environment = pam.pam.environment()
            environment["LD_PRELOAD"] += f":{MODULES / 'rlm_pam.so'}"
            return servers.enter_context(server(place, THROUGH_PAM, account.name, environment))

        found.rows.append(Row(NAME, version, "`oath`", *sign_in_all(desk, "oath", through_pam)))
    place = next(places)
    place.mkdir(parents=True)
    with server(place, own_module(ALICE.secret), ALICE.name, os.environ) as accepts:
        found.traps += [Trap(OWN, tried, seen) for tried, seen in _own(accepts).items()]
    return found


def _own(accepts: Accepts) -> dict[str, str]:
    """What rlm_totp makes of a code that comes again, and of codes of a clock that is a step off.

    It takes the code of this very step only, so the step must not end while it is asked.
    """
    while True:
        step = int(time.time()) // STEP
        behind, right, ahead = oathtool.totps(ALICE.secret, (step - 1) * STEP, 3)
        seen = {
            "the right code, and again": ", then ".join(said(accepts(right)) for _ in range(2)),
            "the code of a clock that is 30 s behind": said(accepts(behind)),
            "the code of a clock that is 30 s ahead": said(accepts(ahead)),
        }
        if int(time.time()) // STEP == step:
            return seen


@contextlib.contextmanager
def server(
    folder: Path, parts: Mapping[str, str], user: str, environment: Mapping[str, str]
) -> Iterator[Accepts]:
    """A FreeRADIUS with this configuration; gives what signs `user` in with a code."""
    port, secret = free_port(socket.SOCK_DGRAM), secrets.token_hex(16)
    for name, text in (
        ("radiusd.conf", _configuration(folder, port, secret, parts)),
        ("secret", secret),
    ):
        (folder / name).touch(mode=0o600)
        (folder / name).write_text(text)
    arguments = [program("freeradius"), "-f", "-l", "stdout", "-d", str(folder), "-n", "radiusd"]
    with serving(arguments, "Ready to process requests", environment):
        yield lambda code: _accepted(folder / "secret", port, user, code)


def _configuration(folder: Path, port: int, secret: str, parts: Mapping[str, str]) -> str:
    return CONFIGURATION.format(
        modules=MODULES, folder=folder, loopback=LOOPBACK, port=port, secret=secret, **parts
    )


def _accepted(secret: Path, port: int, user: str, code: str) -> bool:
    """Asks with radclient; the code goes in by standard input."""
    done = subprocess.run(
        [program("radclient"), "-S", str(secret), f"{LOOPBACK}:{port}", "auth"],
        input=f'User-Name = "{user}"\nUser-Password = "{code}"\n',
        capture_output=True,
        text=True,
        check=False,
    )
    if "Received Access-Accept" in done.stdout:
        return True
    if "Received Access-Reject" in done.stdout:
        return False
    raise RuntimeError(f"radclient: {done.stdout} {done.stderr}")

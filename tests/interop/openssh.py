"""OpenSSH with keyboard-interactive sign-in: an sshd on the loopback interface, and the token at a terminal.

The server runs as whoever runs the test and lets in only that user. PAM asks libpam-oath, or
google-authenticator's module, in a service of the test's own.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path

from integration.pam import Pam
from integration.pam_google import PamGoogle
from integration.pam_oath import PamOath
from interop.desk import Accepts, Desk
from interop.report import Report, Row, sign_in_all
from interop.serving import LOOPBACK, free_port, program, serving, version_of
from ticktap.otp.account import Account

NAME = "OpenSSH, keyboard-interactive"
NAMES = (NAME,)
SERVICE = "sshd"
GREETING, REFUSAL = b"signed in", b"Permission denied"
SEPARATION = Path("/run/sshd")  # sshd insists on it when root starts it

CONFIGURATION = f"""
ListenAddress {LOOPBACK}
UsePAM yes
AuthenticationMethods keyboard-interactive
KbdInteractiveAuthentication yes
PasswordAuthentication no
PubkeyAuthentication no
PermitRootLogin yes
StrictModes no
PidFile none
PrintMotd no
PrintLastLog no
ForceCommand echo {GREETING.decode()}
"""
CLIENT_OPTIONS = {
    "StrictHostKeyChecking": "no",
    "UserKnownHostsFile": "/dev/null",
    "GlobalKnownHostsFile": "/dev/null",
    "PreferredAuthentications": "keyboard-interactive",
    "NumberOfPasswordPrompts": "1",
    "LogLevel": "ERROR",
}


def report(desk: Desk, folder: Path) -> Report:
    """Signs in everyone, through both modules."""
    user = getpass.getuser()
    version = version_of("openssh-server")
    found = Report()
    with contextlib.ExitStack() as servers:

        def oath(account: Account, users: bytes) -> Accepts:
            place = _place(folder)
            pam = PamOath(place, digits=account.digits, users=users.decode(), user=user, service=SERVICE)
            return servers.enter_context(server(place, pam.pam))

        def google(account: Account, state: bytes) -> Accepts:
            place = _place(folder)
            return servers.enter_context(server(place, PamGoogle(place, state, service=SERVICE).pam))

        for fed, target, verifier in (("`oath`", "oath", oath), ("`pam`", "pam", google)):
            accounts, right, refused = sign_in_all(desk, target, verifier, user)
            found.rows.append(Row(NAME, version, fed, accounts, right, refused))
    return found


def _place(folder: Path) -> Path:
    place = folder / f"sshd-{len(list(folder.iterdir()))}"
    place.mkdir(parents=True)
    return place


@contextlib.contextmanager
def server(folder: Path, pam: Pam) -> Iterator[Accepts]:
    """An sshd that asks `pam`; gives what signs in with a code."""
    key = folder / "host_key"
    subprocess.run([program("ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    port = free_port()
    configuration = folder / "sshd_config"
    configuration.write_text(f"Port {port}\nHostKey {key}\n{CONFIGURATION}")
    arguments = [program("sshd"), "-D", "-e", "-f", str(configuration)]
    with _separation(), serving(arguments, "Server listening on", pam.environment()):
        yield lambda code: _signs_in(port, code)


@contextlib.contextmanager
def _separation() -> Iterator[None]:
    """The folder for privilege separation, for as long as it is needed."""
    make = os.geteuid() == 0 and not SEPARATION.exists()
    if make:
        SEPARATION.mkdir(mode=0o755)
    try:
        yield
    finally:
        if make:
            SEPARATION.rmdir()


def _signs_in(port: int, code: str) -> bool:
    """Starts ssh at a terminal of its own and types the code at its prompt, if one comes."""
    options = [f"-o{name}={value}" for name, value in CLIENT_OPTIONS.items()]
    arguments = [program("ssh"), "-F", "none", "-T", "-p", str(port), *options, LOOPBACK]
    child, terminal = pty.fork()
    if child == 0:
        os.execv(arguments[0], arguments)
    shown, typed = b"", False
    with contextlib.suppress(OSError):  # how Linux says that the other end of a terminal is closed
        while more := os.read(terminal, 4096):
            shown += more
            if not typed and shown.endswith(b": "):
                os.write(terminal, code.encode() + b"\n")
                typed = True
    os.close(terminal)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if (status == 0) is not (GREETING in shown) or (status and REFUSAL not in shown):
        raise RuntimeError(f"ssh ended with {status} and showed {shown.decode(errors='replace')!r}")
    return status == 0

"""A Debian with its base alone, made by debootstrap, and the installed command in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from cli.command import Outcome

# Ports and /proc in a mount table of the command's own, so that nothing is left mounted.
_INSIDE = 'mount --rbind /dev "$0/dev" && mount -t proc proc "$0/proc" && exec chroot "$0" "$@"'


class BareRoot:
    """A root of a Debian release in `folder`."""

    def __init__(self, suite: str, folder: Path) -> None:
        self.folder = folder
        self.python = ["unshare", "--mount", "sh", "-c", _INSIDE, str(folder), "ticktap"]
        self.device = ""
        subprocess.run(["debootstrap", "--variant=minbase", suite, folder], check=True, capture_output=True)

    def environment(self) -> dict[str, str]:
        """What commands get."""
        chosen = {"TICKTAP_DEVICE": self.device} if self.device else {}
        path = "/usr/sbin:/usr/bin:/sbin:/bin"
        return {"PATH": path, "HOME": "/root", "TZ": "UTC", "LANG": "C.UTF-8", **chosen}

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Runs a line of a shell, in root's home."""
        words = [*self.python[:-1], "sh", "-c", f"cd /root && {command}"]
        environment = {**self.environment(), "DEBIAN_FRONTEND": "noninteractive"}
        return subprocess.run(words, capture_output=True, text=True, env=environment)

    def __call__(self, *words: str, stdin: str = "") -> Outcome:
        """Runs `ticktap` there."""
        done = subprocess.run(
            [*self.python, *words], input=stdin, capture_output=True, text=True, env=self.environment()
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

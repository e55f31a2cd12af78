"""Hosts of the tests' own, and a network between them: Linux network namespaces on a bridge. Needs root."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

BRIDGE = "ticktap0"
ADDRESS = "10.77.0.{}"
NETWORK = "10.77.0.0/24"
HERE = ADDRESS.format(1)
"""This machine's own address there, for the server."""


def possible() -> bool:
    """Whether this user may make them."""
    return os.geteuid() == 0 and shutil.which("ip") is not None


@contextmanager
def hosts(count: int) -> Iterator[list[list[str]]]:
    """For each host, what to put before a command that is to run there."""
    with ExitStack() as stack:
        _ip("link", "add", BRIDGE, "type", "bridge")
        stack.callback(_ip, "link", "del", BRIDGE)
        _ip("address", "add", f"{HERE}/24", "dev", BRIDGE)
        _ip("link", "set", BRIDGE, "up")
        found = []
        for number in range(count):
            name, ours, theirs = f"ticktap-{number}", f"ticktap{number}a", f"ticktap{number}b"
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "del", name)  # and the pair of links with it
            _ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
            _ip("link", "set", ours, "master", BRIDGE, "up")
            _ip("-n", name, "address", "add", f"{ADDRESS.format(2 + number)}/24", "dev", theirs)
            _ip("-n", name, "link", "set", theirs, "up")
            found.append(["ip", "netns", "exec", name])
        yield found


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, stdout=subprocess.DEVNULL)

"""The QEMU guest: starting it, its agent's replies and events, and ending it."""

from __future__ import annotations

import base64
import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from kernel import initramfs
from kernel.kernels import Kernel

TESTS = Path(__file__).parents[1]
QEMU = "qemu-system-x86_64"
MEMORY_MB = 768
NS_SHIFT = 1
"""An instruction takes 2**NS_SHIFT ns of the guest's time, so that a loaded machine does not look slow
from inside. Idle time passes as real time does."""

KERNEL_OPTIONS = "console=ttyS0 panic=1 random.trust_cpu=on quiet nohz=off"
"""nohz=off: idle, the guest's clock moves on with every tick, as boards that follow it need."""

PATIENCE_S = 600.0
"""Time limit for anything in the guest, long enough for slow machines."""


class GuestError(RuntimeError):
    """The guest's agent refused a request, or the guest has ended."""


class Guest:
    """A running guest with its agent.

    events    the agent's events by kind, in order
    cable     the events "attached" and "detached" with their values, in order
    folder    where its sockets are, gone when it has ended
    """

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.events: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.cable: list[tuple[str, dict[str, Any]]] = []
        self.folder = Path(tempfile.mkdtemp(prefix="ticktap-kernel-"))
        self._changed = threading.Condition()
        self._replies: dict[int, Future[Any]] = {}
        self._number = 0
        self._gone = False
        self._channel = socket.socket(socket.AF_UNIX)
        self._listener = threading.Thread(target=self._listen, name="guest agent", daemon=True)
        self._qemu = self._start()
        try:
            self._connect()
            self._listener.start()
            self.wait_for(lambda: self.events["ready"])
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Ends the guest, whatever it is doing."""
        self._qemu.kill()
        self._qemu.wait()
        if self._listener.is_alive():
            self._listener.join()
        self._channel.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def qmp(self) -> Path:
        """QEMU's control socket."""
        return self.folder / "qmp"

    @property
    def console(self) -> str:
        """What the kernel and the first program have printed."""
        return (self.folder / "console").read_text(errors="replace")

    # -- the agent

    def begin(self, op: str, **parameters: Any) -> Future[Any]:
        """Sends a request to the agent; returns its future reply."""
        with self._changed:
            self._number += 1
            number = self._number
            self._replies[number] = reply = Future()
        message = {"id": number, "op": op, **parameters}
        self._channel.sendall(json.dumps(message).encode() + b"\n")
        return reply

    def ask(self, op: str, **parameters: Any) -> Any:
        """Asks the agent for something and waits for the reply; GuestError with its message if it refuses."""
        return self.result(self.begin(op, **parameters))

    def result(self, reply: Future[Any]) -> Any:
        """Waits for a reply that `begin` promised."""
        return reply.result(PATIENCE_S)

    def wait_for(self, done: Callable[[], Any], timeout_s: float = PATIENCE_S) -> Any:
        """Waits until an event makes `done()` true, and returns what it gave; TimeoutError when none does."""
        with self._changed:
            if not self._changed.wait_for(lambda: done() or self._gone, timeout_s):
                raise TimeoutError(
                    f"nothing of the kind within {timeout_s:g} s; console: {self.console[-1500:]}"
                )
        if not (result := done()):
            raise GuestError(f"the guest has ended; console: {self.console[-3000:]}")
        return result

    # -- plumbing

    def _start(self) -> subprocess.Popen[bytes]:
        parameters = {"kernel": str(self.kernel.folder), "venv": sys.prefix, "tests": str(TESTS)}
        archive = self.folder / "initramfs"
        archive.write_bytes(initramfs.build(self.kernel, parameters))
        qemu = shutil.which(QEMU)
        if qemu is None:
            raise RuntimeError(f"{QEMU} is not installed: run tools/system-packages kernel")
        command = [qemu, *self._options(), "-initrd", str(archive)]
        with (self.folder / "qemu").open("wb") as log:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT)

    def _options(self) -> Iterator[str]:
        """/dev/kvm is not used: all instructions are interpreted, so all machines behave the same."""
        yield from (
            "-machine",
            "pc,accel=tcg",
            "-m",
            str(MEMORY_MB),
            "-smp",
            "1",
            "-nodefaults",
            "-no-reboot",
        )
        yield from ("-display", "none", "-vga", "none", "-rtc", "base=utc,clock=vm")
        yield from ("-serial", f"file:{self.folder / 'console'}")
        yield from ("-qmp", f"unix:{self.qmp},server=on,wait=off")
        yield from ("-chardev", f"socket,id=agent,path={self.folder / 'agent'},server=on,wait=off")
        yield from ("-device", "virtio-serial", "-device", "virtserialport,chardev=agent,name=agent")
        yield from ("-nic", "user,model=virtio-net-pci")
        share = "local,path=/,mount_tag=host,security_model=none,readonly=on,multidevs=remap"
        yield from ("-virtfs", share)
        yield from ("-kernel", str(self.kernel.image))
        yield from ("-icount", f"shift={NS_SHIFT},sleep=on")
        yield from ("-append", KERNEL_OPTIONS)

    def _connect(self) -> None:
        """Connects to the agent's socket, as soon as QEMU has made it."""
        while True:
            with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                self._channel.connect(str(self.folder / "agent"))
                return
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._qemu.wait(0.02)
                raise GuestError(f"QEMU has ended: {(self.folder / 'qemu').read_text()}")

    def _listen(self) -> None:
        with contextlib.suppress(OSError), self._channel.makefile("rb") as lines:
            for line in lines:
                self._take(json.loads(line))
        with self._changed:
            self._gone = True
            for reply in self._replies.values():
                reply.set_exception(GuestError("the guest has ended"))
            self._replies.clear()
            self._changed.notify_all()

    def _take(self, message: dict[str, Any]) -> None:
        with self._changed:
            if "event" in message:
                kind = message.pop("event")
                self.events[kind].append(message)
                if kind in ("attached", "detached"):
                    self.cable.append((kind, message))
            elif "error" in message:
                self._replies.pop(message["id"]).set_exception(GuestError(message["error"]))
            else:
                self._replies.pop(message["id"]).set_result(message["result"])
            self._changed.notify_all()


def encoded(data: bytes) -> str:
    """Bytes as the agent takes them."""
    return base64.b64encode(data).decode()

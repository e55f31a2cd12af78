"""The guest's first file system: busybox, the modules that reach the host's files, and guest/init.

A cpio archive of the kind "newc" (Linux, Documentation/driver-api/early-userspace/buffer-format.rst).
"""

from __future__ import annotations

import gzip
import lzma
import shlex
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from kernel.kernels import Kernel

BUSYBOX = Path("/bin/busybox")
INIT = Path(__file__).parent / "guest" / "init"
FIRST_MODULES = ("virtio_pci", "9pnet_virtio", "9p")
"""What the guest needs before it can see the host's files."""

FOLDERS = ("bin", "sbin", "proc", "sys", "dev", "host", "lib", "lib/modules")
TRAILER = "TRAILER!!!"


def build(kernel: Kernel, parameters: Mapping[str, str]) -> bytes:
    """The archive, compressed. `parameters` are shell variables of guest/init."""
    if not BUSYBOX.exists():
        raise RuntimeError("busybox is not installed: run tools/system-packages kernel")
    modules = list(_modules(kernel))
    lines = [f"{name}={shlex.quote(value)}\n" for name, value in parameters.items()]
    lines.append(f"first_modules={shlex.quote(' '.join(f'/{_place(path)}' for path in modules))}\n")
    entries = [(name, stat.S_IFDIR | 0o755, b"") for name in FOLDERS]
    entries.append(("bin/busybox", stat.S_IFREG | 0o755, BUSYBOX.read_bytes()))
    entries.append(("init", stat.S_IFREG | 0o755, INIT.read_bytes()))
    entries.append(("parameters", stat.S_IFREG | 0o644, "".join(lines).encode()))
    entries += [(_place(path), stat.S_IFREG | 0o644, _contents(path)) for path in modules]
    return gzip.compress(_archive(entries), compresslevel=1)


def _modules(kernel: Kernel) -> Iterator[Path]:
    """The files of FIRST_MODULES with all they need, in the order to load them."""
    root = kernel.modules / kernel.release
    needs = {}
    for line in (root / "modules.dep").read_text().splitlines():
        path, _, others = line.partition(":")
        needs[_name(path)] = [path, *others.split()]
    done = set()
    for name in FIRST_MODULES:
        # modules.dep names direct and indirect needs, the deepest last
        for path in reversed(needs.get(name.replace("-", "_"), [])):
            if path not in done:
                done.add(path)
                yield root / path


def _place(path: Path) -> str:
    return "lib/modules/" + path.name.removesuffix(".xz")


def _contents(path: Path) -> bytes:
    """A module as busybox takes it: not compressed."""
    data = path.read_bytes()
    return lzma.decompress(data) if path.suffix == ".xz" else data


def _name(path: str) -> str:
    return path.rpartition("/")[2].partition(".ko")[0].replace("-", "_")


def _archive(entries: list[tuple[str, int, bytes]]) -> bytes:
    return b"".join(
        _entry(number, name, mode, data)
        for number, (name, mode, data) in enumerate([*entries, (TRAILER, 0, b"")], 1)
    )


def _entry(number: int, name: str, mode: int, data: bytes) -> bytes:
    path = name.encode() + b"\0"
    owner, links, time, device, check = (0, 0), 1, 0, (0, 0, 0, 0), 0
    fields = (number, mode, *owner, links, time, len(data), *device, len(path), check)
    head = b"070701" + b"".join(b"%08X" % field for field in fields) + path
    return _padded(head) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)

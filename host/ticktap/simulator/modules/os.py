"""`os`: the drive, settings.toml, randomness (repeatable here), and who this is."""

from collections import namedtuple
from types import ModuleType
from typing import Any

from ticktap.simulator import settings_toml
from ticktap.simulator.chip import Chip
from ticktap.simulator.modules import make_module

_Uname = namedtuple("_Uname", ("sysname", "nodename", "release", "version", "machine"))
_DIRECTORY, _FILE = 0x4000, 0x8000


def build(chip: Chip) -> ModuleType:
    drive = chip.drive

    def getenv(key: str, default: Any = None) -> Any:
        chip.consume_time()
        text = chip.settings + (drive.get("settings.toml") or b"").decode()
        value = settings_toml.lookup(text, key)
        return default if value is None else value

    def stat(path: str) -> tuple[int, ...]:
        content = drive.get(path)
        if content is None:
            drive.listdir(path)  # raises when there is no such directory
        size = 0 if content is None else len(content)
        return (_DIRECTORY if content is None else _FILE, 0, 0, 0, 0, 0, size, 0, 0, 0)

    def statvfs(path: str) -> tuple[int, ...]:
        free = drive.free_clusters()
        where = drive.fat.geometry
        size = where.cluster_size
        return (size, size, where.clusters, free, free, 0, 0, 0, 0, 255)

    def urandom(size: int) -> bytes:
        chip.consume_time()
        return chip.random.randbytes(size)

    uname = _Uname("rp2040", "rp2040", "10.0.3", "10.0.3 on 2025-10-17", chip.board.machine)
    return make_module(
        "os",
        getenv=getenv,
        uname=lambda: uname,
        listdir=lambda path="/": drive.listdir(path),
        stat=stat,
        statvfs=statvfs,
        remove=drive.remove,
        unlink=drive.remove,
        rename=drive.rename,
        sync=drive.cache.sync,
        urandom=urandom,
        getcwd=lambda: "/",
        sep="/",
    )

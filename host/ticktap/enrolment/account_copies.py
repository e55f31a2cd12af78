"""Finds which accounts of a token have a copy: kept on this computer, or in a backup written from it.

A token never gives a secret back, so an account without a copy is lost with its token. For each backup
written here, its path and the names and parameters of its accounts are recorded, but no secret.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ticktap.enrolment.backup import Shape, shape
from ticktap.enrolment.bulk_import import find
from ticktap.errors import TicktapError
from ticktap.files import private_files
from ticktap.files.paths import data_dir
from ticktap.otp.account import Account, Listed

if TYPE_CHECKING:
    from ticktap.registry import Registry

FILE = "backups.json"


def remember_backup(path: Path, accounts: Iterable[Account]) -> None:
    """Records that a backup with these accounts was written; errors of the record are ignored."""
    known = _noted()
    known[str(path.absolute())] = [list(shape(each)) for each in accounts]
    try:
        data_dir().mkdir(mode=0o700, parents=True, exist_ok=True)
        private_files.write(data_dir() / FILE, json.dumps(known).encode(), replace=True)
    except (OSError, TicktapError):
        return


def without_copy(listed: Sequence[Listed], serial: str) -> list[Listed]:
    """Returns those of a token's accounts without a kept copy and without an existing backup written here.

    Raises:
        TicktapError: the kept copies cannot be read.
    """
    kept = _kept(serial)
    backed_up = _in_backups()
    return [each for each in listed if (each.id, shape(each)) not in kept and shape(each) not in backed_up]


def keep(registry: Registry, serial: str, accounts: Iterable[Account], listed: Sequence[Listed]) -> None:
    """Stores copies of those accounts that the token has; `listed` are its accounts."""
    kept = {(each.token_id, shape(each.account)) for each in registry.all(serial)}
    for account in accounts:
        on_token = find(account, listed)
        if on_token and (on_token.id, shape(account)) not in kept:
            registry.keep(account, serial, on_token.id)


def is_kept(serial: str, account: Listed) -> bool:
    """Whether a copy of a token's account is kept on this computer.

    Raises:
        TicktapError: the kept copies cannot be read.
    """
    return (account.id, shape(account)) in _kept(serial)


def _kept(serial: str) -> set[tuple[int, Shape]]:
    from ticktap.registry import Registry

    place = os.environ.get("TICKTAP_REGISTRY") or str(data_dir() / "registry.db")
    if "://" not in place and not Path(place).exists():
        return set()
    with Registry.open() as registry:
        return {(each.token_id, shape(each.account)) for each in registry.all(serial)}


def _in_backups() -> set[Shape]:
    found: set[Shape] = set()
    for path, shapes in _noted().items():
        if Path(path).exists():
            found |= {tuple(each) for each in shapes}
    return found


def _noted() -> dict[str, Any]:
    """Reads the records; {} for a missing or invalid file."""
    try:
        noted = json.loads((data_dir() / FILE).read_bytes())
        for shapes in noted.values():
            {tuple(each) for each in shapes}  # checks the form
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
    return dict(noted)

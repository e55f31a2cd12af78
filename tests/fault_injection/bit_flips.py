"""Bits flipped at random in the log and in the store file: what the store makes of it, thousands of times.

On the model of the chip on which the store's own tests run. A flipped bit may cost the record it is in, and
must then be counted; everything else must be as it was.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from fob.otp.account import Account
from fob.store.sector import HEADER_SIZE
from fob.store.token_store import NO_KEY, Damaged, TokenStore
from support.aes import make_keystore
from support.flash import SECTOR, Flash, Nvm, Sectors

ACCOUNTS = 100  # two segments of them, the last in the log
NAMES = 3
KEY_RECORD = 110
FORMAT_RECORD = 21  # its bytes: head 3, magic 7, version 1, epoch 4, next id 2, check 4


def opened(flash: Flash) -> TokenStore:
    return TokenStore(Nvm(flash), Sectors(flash), make_keystore())


def subject() -> Flash:
    """A store with accounts in segments and in the log, renamed, moved, counted."""
    flash = Flash(12)
    store = opened(flash)
    for number in range(ACCOUNTS):
        kind = "hotp" if number % 10 == 9 else "totp"
        period = 0 if kind == "hotp" else 30
        secret = Random(number).randbytes(20)
        store.add(Account(0, "Issuer", f"name {number}", kind, "SHA1", 6, period, 5, "none", secret))
    for number in range(NAMES):
        store.rename(1 + 40 * number, "Other", f"renamed {number}")
    store.use_counter(10)
    store.use_counter(100)
    store.change_settings({"min_remaining_s": 7})
    store.set_name("desk")
    return flash


def accounts(store: TokenStore) -> dict[int, dict[str, Any]]:
    """What the store has, by id; none that it says is damaged."""
    found = {}
    for id in store.order:
        with contextlib.suppress(Damaged):
            found[id] = vars(store.account(id))
    return found


def in_heads(sector: int, at: int) -> bool:
    """Whether a byte is in the log's first record, in a segment's header or in the key that follows it."""
    return at < (HEADER_SIZE + KEY_RECORD if sector else FORMAT_RECORD)


def in_records(sector: int, at: int) -> bool:
    """Whether it is anywhere else."""
    return not in_heads(sector, at)


Where = Callable[[int, int], bool]


def flips(flash: Flash, count: int, seed: int, where: Where) -> Counter[str]:
    """So many single bit flips, each in a fresh copy, in bytes that hold something.

    "detected": damage is counted, or the store reported as none. "harmless": nothing changed. Anything
    else is bad.
    """
    chance = Random(seed)
    before = accounts(opened(flash.copy()))
    written = [
        (sector, at)
        for sector, memory in enumerate(flash.memory)
        for at in range(SECTOR)
        if memory[at] != 0xFF and where(sector, at)
    ]
    kinds: Counter[str] = Counter()
    for _ in range(count):
        damaged = flash.copy()
        sector, at = chance.choice(written)
        damaged.memory[sector][at] ^= 1 << chance.randrange(8)
        kinds[_judged(damaged, before)] += 1
    return kinds


def _judged(flash: Flash, before: dict[int, dict[str, Any]]) -> str:
    try:
        store = opened(flash)
        found = {} if store.state == NO_KEY else accounts(store)
        reported = store.records.usage()["damaged"] > 0 or store.state not in ("ok", "blank")
        if store.usable:
            store.add(Account(0, "", "goes on", "totp", "SHA1", 6, 30, 0, "none", bytes(10)))
    except Exception as error:  # whatever it is, it is what is looked for
        return f"crash: {type(error).__name__}"
    lost = [id for id in before if id not in found]
    changed = [id for id in before if id in found and found[id] != before[id]]
    if not lost and not changed:
        return "detected" if reported else "harmless"
    if not reported:
        return f"silent: {len(lost)} lost, {len(changed)} changed"
    if len(lost) + len(changed) > 1:
        return f"detected, but {len(lost)} lost and {len(changed)} changed"
    return "detected"

"""The hosts that each `layout` setting is made for (xkb layout and variant), and the plainest of typists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

HOSTS = {
    "us": [("us", ""), ("us", "intl")],
    "uk": [("gb", ""), ("gb", "extd")],
    "de": [("de", ""), ("de", "nodeadkeys")],
    "ch": [("ch", ""), ("ch", "fr")],
    "fr": [("fr", ""), ("fr", "oss"), ("fr", "latin9")],
    "be": [("be", ""), ("be", "nodeadkeys")],
    "cz": [("cz", "")],
    "sk": [("sk", "")],
    "hu": [("hu", ""), ("hu", "nodeadkeys")],
    "jp": [("jp", "")],
    "dvorak": [("us", "dvorak")],
}

EVERY_HOST = [(setting, *host) for setting, hosts in HOSTS.items() for host in hosts]


def report(modifier: int = 0, *usages: int) -> bytes:
    """A boot keyboard report with these keys down (HID 1.11, appendix B.1)."""
    return bytes([modifier, 0, *usages]).ljust(8, b"\0")


def one_by_one(keys: Iterable[tuple[int, int]]) -> Iterator[bytes]:
    """Reports that press and release each key before the next."""
    for modifier, usage in keys:
        yield report(modifier, usage)
        yield report()

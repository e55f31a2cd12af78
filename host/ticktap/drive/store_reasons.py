"""Explanations and remedies for `store.file_reason`: why a token does not use the store file on its drive.

The reasons are the firmware's (docs/protocol.md); store_layout.py reads two of them from the drive's bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

_LAY_AGAIN = (
    "Plug the token in with its button held, and run 'ticktap firmware install' as root or with the rules "
    "of 'ticktap firmware udev': it rewrites the store file in one piece with its contents. The last resort "
    "is to erase the drive (in the console: import storage; storage.erase_filesystem()) and to install "
    "again; the accounts in the store file are lost then, so have a backup first."
)


@dataclass(frozen=True)
class Reason:
    """The cause, as half a sentence, and the remedy."""

    what: str
    remedy: str


REASONS = {
    "missing": Reason(
        "the drive has no store file",
        "Plug the token in with its button held; 'ticktap firmware install' creates one and keeps the rest.",
    ),
    "wrong-size": Reason(
        "store/store.bin does not have the size of this firmware's store file",
        "Update ticktap if there may be accounts in it. If not, plug the token in with its button held, "
        "delete the file, and run 'ticktap firmware install'.",
    ),
    "fragmented": Reason(
        "the store file is fragmented on the flash, or was copied to another place: a power cut while it is "
        "written could damage other files",
        _LAY_AGAIN,
    ),
    "read-only": Reason(
        "the computer uses the drive, so the token cannot write to it",
        "Unplug the token and plug it in without holding its button.",
    ),
    "worn": Reason(
        "the flash of the store file does not retain data",
        "Move the accounts to another token; this one's flash may be worn out.",
    ),
}
"""By the value of `store.file_reason`."""

UNKNOWN = Reason(
    "the store file cannot be used",
    "Update ticktap: this version does not recognise the reason that the token reports.",
)


def explain(reason: str | None) -> Reason:
    """Returns the explanation of a reason; unknown ones get UNKNOWN."""
    return REASONS.get(reason or "", UNKNOWN)

"""Why a token does not use the vault on its drive, and what to do: the words for `store.vault_reason`.

The reasons are the firmware's (docs/protocol.md); store_layout.py reads two of them from the drive's bytes.
"""

from __future__ import annotations

from dataclasses import dataclass

_LAY_AGAIN = (
    "Plug the token in with its button held, and run 'ticktap firmware install' as root or with the rules "
    "of 'ticktap firmware udev': it lays the vault again in one piece, with what is in it. The last resort "
    "is to erase the drive (in the console: import storage; storage.erase_filesystem()) and to install "
    "again; the accounts in the vault are lost then, so have a backup first."
)


@dataclass(frozen=True)
class Reason:
    """What is wrong, as half a sentence, and the remedy."""

    what: str
    remedy: str


REASONS = {
    "missing": Reason(
        "the drive has no vault",
        "Plug the token in with its button held; 'ticktap firmware install' lays one and leaves the rest.",
    ),
    "wrong-size": Reason(
        "vault/store.bin has another size than this firmware's vault",
        "Update ticktap if there may be accounts in it. If not, plug the token in with its button held, "
        "delete the file, and run 'ticktap firmware install'.",
    ),
    "fragmented": Reason(
        "the vault lies in pieces on the flash, or was copied to another place: a power cut while it is "
        "written could spoil other files",
        _LAY_AGAIN,
    ),
    "read-only": Reason(
        "the computer has the drive, and the token may not write to it",
        "Unplug the token and plug it in without holding its button.",
    ),
    "worn": Reason(
        "the flash under the vault does not keep what is written",
        "Move the accounts to another token; this one's flash may be worn out.",
    ),
}
"""By the value of `store.vault_reason`."""

UNKNOWN = Reason("the vault cannot be used", "Update ticktap: it does not know this token's reason.")


def explain(reason: str | None) -> Reason:
    """The words for a reason that is not None."""
    return REASONS.get(reason or "", UNKNOWN)

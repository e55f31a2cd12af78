"""The tokens that this computer knows: those with a known owner, and those that are used without one.

A device that states a token's serial number and says that it has no owner would get secrets, or be claimed
again. So a token that had an owner and now has none stops the command, until the user says that the owner was
removed (`ticktap token forget`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

from ticktap.device import results
from ticktap.errors import BadInput, TokenError

_OWNED, _FREE = "owned", "free"


class NotTheToken(TokenError):
    """The device reports another serial number than its descriptor, or has lost its owner."""


class KnownTokens:
    """The file `tokens.json` in ticktap's folder: a word for each serial number.

    Args:
        env: for tests.
    """

    def __init__(self, env: Mapping[str, str] = os.environ) -> None:
        from ticktap.files.paths import data_dir

        self._path = data_dir(environ=env) / "tokens.json"

    def check(self, hello: results.Hello) -> None:
        """Raises NotTheToken if the token had an owner when it was last used here, and says it has none."""
        serial = str(hello.get("serial"))
        if not hello.get("claimed") and self._read().get(serial.upper()) == _OWNED:
            raise NotTheToken(
                f"the token {serial} had an owner when it was last used here, and now reports none",
                "It may be a device that imitates your token. If its owner was removed or it was erased, run "
                f"'ticktap token forget {serial}'.",
            )

    def is_free(self, serial: str) -> bool:
        """Whether the user has accepted this token without an owner."""
        return self._read().get(serial.upper()) == _FREE

    def note_owned(self, serial: str) -> None:
        """The token has its owner: it was claimed from here, or has proved that it knows the owner's key."""
        self._note(serial, _OWNED)

    def note_free(self, serial: str) -> None:
        """The user accepts this token without an owner."""
        self._note(serial, _FREE)

    def forget(self, serial: str) -> bool:
        """Forgets a token; returns whether it was known."""
        known = self._read()
        if known.pop(serial.upper(), None) is None:
            return False
        self._write(known)
        return True

    def _note(self, serial: str, word: str) -> None:
        known = self._read()
        if known.get(serial.upper()) != word:
            self._write({**known, serial.upper(): word})

    def _read(self) -> dict[str, Any]:
        try:
            known = json.loads(self._path.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            known = None
        if not isinstance(known, dict):
            raise BadInput(
                f"the list of known tokens {self._path} cannot be read",
                "Restore it from a backup. Without it, tokens that were claimed here are not recognised.",
            )
        return known

    def _write(self, known: Mapping[str, Any]) -> None:
        from ticktap.files import private_files

        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        private_files.write(self._path, json.dumps(known, indent=1, sort_keys=True).encode(), replace=True)


def check_serial(hello: results.Hello, described: str, path: str) -> None:
    """Compares the serial number in HELLO with that of the USB descriptor.

    Args:
        described: the descriptor's; "" if the system does not report it.

    Raises:
        NotTheToken: they differ.
    """
    stated = str(hello.get("serial"))
    if described and stated.casefold() != described.casefold():
        raise NotTheToken(
            f"the device at {path} reports the serial number {stated:.40}, but its USB descriptor has "
            f"{described:.40}",
            "Do not use it: it may imitate another token, or another program may relay its data.",
        )

"""From a PIN or passphrase to the key that a token is unlocked with, and what a PIN is worth.

The key is made here by Argon2id (RFC 9106) with the token's salt; the token never learns the PIN. A guess at
the token uses up one of few tries; a guess at a copy of its flash costs one Argon2id.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ticktap.device.owner_session import decoded
from ticktap.errors import BadInput, TicktapError, TokenError
from ticktap.otp.account import Hidden

KEY_BYTES = 64
SALT_BYTES = 16
SHORTEST = 6  # characters
LONGEST = 256  # characters; more is a pasted mistake
GUESS_SECONDS = 0.19  # of one core, for one Argon2id as below; docs/security.md says where measured
KEYS_PIN = (4, 16)  # digits of a PIN for the buttons
RULE = f"at least {SHORTEST} characters"
KEYS_RULE = f"{KEYS_PIN[0]} to {KEYS_PIN[1]} digits; 0 only with twelve buttons"


@dataclass(frozen=True)
class KdfParams:
    """How a PIN becomes a key: salt, memory in KiB, passes, lanes.

    The defaults are RFC 9106's second recommended option (section 4). A token that asks for less is refused:
    whoever stands in its place would get a cheap hash of the PIN. So is one that asks for far more.
    """

    salt: bytes
    memory: int = 64 * 1024
    passes: int = 3
    lanes: int = 4

    def __post_init__(self) -> None:
        memory, passes, lanes = self.memory, self.passes, self.lanes
        if not (64 * 1024 <= memory <= 1024 * 1024 and 3 <= passes <= 32 and 1 <= lanes <= 16):
            raise TokenError(
                f"the token asks for Argon2id with {memory} KiB, {passes} passes and {lanes} lanes, "
                "which this ticktap does not do",
                "Update ticktap; if that does not help, the token is not what it seems.",
            )

    @classmethod
    def new(cls) -> KdfParams:
        """The defaults, with a fresh salt."""
        return cls(os.urandom(SALT_BYTES))

    @classmethod
    def from_reply(cls, info: Mapping[str, Any]) -> KdfParams:
        """What the reply to `pin.info` says.

        Raises:
            TokenError: it says something that is too weak, too much, or not of the protocol.
        """
        numbers = [info.get(name) for name in ("memory", "passes", "lanes")]
        if not all(type(number) is int for number in numbers):
            raise TokenError("the token does not say how its PIN was stretched", "Update its firmware.")
        return cls(decoded(info.get("salt"), SALT_BYTES), *numbers)  # type: ignore[arg-type]  # looked at above


def key(pin: str, stretch: KdfParams) -> Hidden:
    """The key of a PIN, 64 bytes; takes about a third of a second and 64 MiB."""
    __tracebackhide__ = True  # pytest would show the PIN
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        kdf = Argon2id(
            salt=stretch.salt,
            length=KEY_BYTES,
            iterations=stretch.passes,
            lanes=stretch.lanes,
            memory_cost=stretch.memory,
        )
        return Hidden(kdf.derive(unicodedata.normalize("NFC", pin).encode("utf-8")))
    except UnsupportedAlgorithm:
        raise TicktapError(
            "this computer's OpenSSL has no Argon2id", "Install cryptography from PyPI, which brings its own."
        ) from None
    except MemoryError:
        raise TicktapError("this computer has not enough memory for that", "Close other programs.") from None


def check_new(pin: str) -> None:
    """Whether it may become a PIN.

    Raises:
        BadInput: it is too short, too long, or has what cannot be typed again.
    """
    __tracebackhide__ = True
    if len(pin) < SHORTEST:
        raise BadInput(
            f"the PIN has fewer than {SHORTEST} characters", "Choose a longer one, or several words."
        )
    if len(pin) > LONGEST:
        raise BadInput(f"the PIN has more than {LONGEST} characters", "Choose a shorter one.")
    if not pin.isprintable():
        raise BadInput("the PIN has a character in it that cannot be shown", "Use letters, digits and signs.")


def warnings(pin: str) -> list[str]:
    """What whoever sets this PIN should know of it; often nothing. The text has nothing of the PIN."""
    if not pin.isdecimal():
        return []
    return [
        f"A PIN of {len(pin)} digits holds against guesses at the token, which has few tries. Whoever copies "
        f"its flash needs {_duration(len(pin))} of one core at the most, and may have many. "
        "Letters or words hold far longer."
    ]


def _duration(digits: int) -> str:
    """How long one core takes for all PINs of so many digits."""
    days = 10**digits * GUESS_SECONDS / 86400
    return f"{days:.0f} days" if days < 1000 else f"{days / 365.25:.0f} years"


def check_digits(digits: str) -> None:
    """Whether it may become a PIN for the buttons: 4 to 16 digits. Whether 0 is one, the token says.

    Raises:
        BadInput: it may not.
    """
    __tracebackhide__ = True
    low, high = KEYS_PIN
    if not low <= len(digits) <= high or set(digits) - set("0123456789"):
        raise BadInput(f"a PIN for the buttons has {low} to {high} digits", "Choose another one.")

"""Derives the key that unlocks a token from a PIN or passphrase; rules and warnings for PINs.

The key is derived here with Argon2id (RFC 9106) and the token's salt; the token never receives the PIN. A
guess at the token uses one of few attempts; a guess at a copy of its flash costs one Argon2id computation.
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
LONGEST = 256  # characters; more was pasted by mistake
GUESS_SECONDS = (
    0.19  # seconds of one core for one Argon2id with the defaults; docs/security.md has the measurement
)
KEYS_PIN = (4, 16)  # digits of a PIN for the buttons
RULE = f"at least {SHORTEST} characters"
KEYS_RULE = f"{KEYS_PIN[0]} to {KEYS_PIN[1]} digits; 0 only with twelve buttons"


@dataclass(frozen=True)
class KdfParams:
    """Argon2id parameters: salt, memory in KiB, passes, lanes.

    The defaults are RFC 9106's second recommended option (section 4). A token that asks for less is refused,
    because an impostor would get a hash of the PIN that is cheap to search. One that asks for far more is
    refused too.
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
                "which this ticktap does not accept",
                "Update ticktap. If that does not help, do not trust the token.",
            )

    @classmethod
    def new(cls) -> KdfParams:
        """Returns the defaults with a new salt."""
        return cls(os.urandom(SALT_BYTES))

    @classmethod
    def from_reply(cls, info: Mapping[str, Any]) -> KdfParams:
        """Reads the parameters from the response to `pin.info`.

        Raises:
            TokenError: they are too weak, too costly or malformed.
        """
        numbers = [info.get(name) for name in ("memory", "passes", "lanes")]
        if not all(type(number) is int for number in numbers):
            raise TokenError("the token does not report its Argon2id parameters", "Update its firmware.")
        return cls(decoded(info.get("salt"), SALT_BYTES), *numbers)  # type: ignore[arg-type]  # checked above


def key(pin: str, params: KdfParams) -> Hidden:
    """Derives the key of a PIN, 64 bytes. Takes about a third of a second and 64 MiB."""
    __tracebackhide__ = True  # pytest would show the PIN
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

    try:
        kdf = Argon2id(
            salt=params.salt,
            length=KEY_BYTES,
            iterations=params.passes,
            lanes=params.lanes,
            memory_cost=params.memory,
        )
        return Hidden(kdf.derive(unicodedata.normalize("NFC", pin).encode("utf-8")))
    except UnsupportedAlgorithm:
        raise TicktapError(
            "this computer's OpenSSL has no Argon2id", "Install cryptography from PyPI, which brings its own."
        ) from None
    except MemoryError:
        raise TicktapError(
            "this computer has too little memory for Argon2id", "Close other programs."
        ) from None


def check_new(pin: str) -> None:
    """Checks a new PIN.

    Raises:
        BadInput: it is too short, too long, or contains a non-printable character.
    """
    __tracebackhide__ = True
    if len(pin) < SHORTEST:
        raise BadInput(
            f"the PIN has fewer than {SHORTEST} characters", "Choose a longer one, or several words."
        )
    if len(pin) > LONGEST:
        raise BadInput(f"the PIN has more than {LONGEST} characters", "Choose a shorter one.")
    if not pin.isprintable():
        raise BadInput("the PIN contains a non-printable character", "Use letters, digits and symbols.")


def warnings(pin: str) -> list[str]:
    """Returns warnings for whoever sets this PIN; often none. They do not contain the PIN."""
    if not pin.isdecimal():
        return []
    return [
        f"A PIN of {len(pin)} digits resists guessing at the token, which allows few tries. Whoever copies "
        f"its flash needs at most {_duration(len(pin))} of one core to find it, and less with more cores. "
        "Letters or words take far longer."
    ]


def _duration(digits: int) -> str:
    """How long one core needs for all PINs of this many digits."""
    days = 10**digits * GUESS_SECONDS / 86400
    return f"{days:.0f} days" if days < 1000 else f"{days / 365.25:.0f} years"


def check_digits(digits: str) -> None:
    """Checks a new PIN for the buttons: 4 to 16 digits. The token checks whether 0 is allowed.

    Raises:
        BadInput: it is anything else.
    """
    __tracebackhide__ = True
    low, high = KEYS_PIN
    if not low <= len(digits) <= high or set(digits) - set("0123456789"):
        raise BadInput(f"a PIN for the buttons has {low} to {high} digits", "Choose another one.")

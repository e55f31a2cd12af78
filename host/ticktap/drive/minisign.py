"""Verifies signatures of minisign (https://jedisct1.github.io/minisign/), an Ed25519 signature of a file.

Only the current form is accepted, which signs a BLAKE2b digest of the file and the trusted comment.
"""

from __future__ import annotations

import base64
import binascii
import hashlib

from ticktap.errors import BadInput, NotVerified

_KEY, _PREHASHED = b"Ed", b"ED"
_TRUSTED = "trusted comment: "
_NOT_A_SIGNATURE = "Give the .minisig file that belongs to the release."


def public_key(text: str) -> str:
    """Returns the key in a public key file of minisign, or in its second line. BadInput: there is none."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    key = lines[-1] if lines else ""
    if len(_decoded(key)) != 42 or not _decoded(key).startswith(_KEY):
        raise BadInput(
            "this is not a public key of minisign", "A key is a line of 56 characters that begins with RW."
        )
    return key


def key_id(key: str) -> str:
    """Returns a public key's ID, as minisign shows it."""
    return _decoded(key)[2:10][::-1].hex().upper()


def verify(data: bytes, signature: str, keys: tuple[str, ...]) -> tuple[str, str]:
    """Verifies a signature file; returns the public key that signed, and the trusted comment.

    Args:
        keys: public keys, any of which may have signed.

    Raises:
        BadInput: the text is not a signature.
        NotVerified: another key signed, or the data or the comment was changed.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    lines = signature.splitlines()
    signed = _decoded(lines[1]) if len(lines) >= 4 else b""
    if len(signed) != 74 or signed[:2] != _PREHASHED or not lines[2].startswith(_TRUSTED):
        raise BadInput("that is no signature of minisign, or one of its old form", _NOT_A_SIGNATURE)
    comment = lines[2].removeprefix(_TRUSTED)
    for key in keys:
        raw = _decoded(key)
        if raw[2:10] != signed[2:10]:
            continue
        verifier = Ed25519PublicKey.from_public_bytes(raw[10:])
        try:
            verifier.verify(signed[10:], hashlib.blake2b(data).digest())
            verifier.verify(_decoded(lines[3]), signed[10:] + comment.encode())
        except InvalidSignature:
            raise NotVerified(
                "the signature is wrong: the file was changed after it was signed", "Download it again."
            ) from None
        return key, comment
    raise NotVerified(
        f"the signature was made by the key {signed[2:10][::-1].hex().upper()}, not by "
        f"{' or '.join(map(key_id, keys))}",
        "Get the release from the project's own page.",
    )


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""

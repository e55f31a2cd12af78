"""The TOTP field of password managers: a key URI, `steam://SECRET`, or a bare secret."""

from __future__ import annotations

from ticktap.formats import base32, otpauth
from ticktap.otp.account import Params


def fields(value: str, issuer: str, name: str) -> Params:
    """Returns arguments of Account; issuer and name are for fields without them.

    Raises:
        BadInput: it is none of the three, or of a kind that the token does not know.
    """
    plain = value.strip()
    if "://" in plain:
        found = otpauth.fields(plain)
        if (
            found["type"] == "steam" and not found["name"]
        ):  # a title is more specific than the scheme's issuer
            found["issuer"] = issuer or found["issuer"]
        found["issuer"] = found["issuer"] or issuer
        found["name"] = found["name"] or name
        return found
    return Params(issuer=issuer, name=name, secret=base32.decode(plain))

"""A client for tests that accepts a key URI, a base32 secret or an Account."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ticktap.device import timeouts
from ticktap.device.client import Client
from ticktap.errors import BadInput, PressRequired
from ticktap.otp.account import Account

__all__ = ["VirtualClient"]

_BASE32 = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
_FEW = 5  # different letters; base64 of repeated bytes has fewer


class VirtualClient(Client):
    """A `Client` of a simulated token, with shorter ways to add an account.

    Attributes:
        permit: gets the permission of a press for this client; None: it is not got.
    """

    permit: Callable[[], None] | None = None

    def call(
        self, method: str, params: Mapping[str, Any] | None = None, timeout: float = timeouts.QUICK
    ) -> Any:
        """As `Client.call`. The permission for changes ends with time; it is got again."""
        __tracebackhide__ = True
        try:
            return super().call(method, params, timeout)
        except PressRequired:
            if self.permit is None:
                raise
        self.permit()
        return super().call(method, params, timeout)

    def add(self, params: Mapping[str, Any] | Account) -> int:
        """Stores an account; returns its id.

        Args:
            params: an Account, or the parameters of `account.add`, with the secret in base64.

        Raises:
            BadInput: it is neither, or the secret is not in base64; or the token does not accept a value.
        """
        __tracebackhide__ = True  # pytest would show the secret
        if isinstance(params, Account):
            params = params.to_params()
        if not isinstance(params, Mapping):
            raise BadInput(
                f"add accepts an Account or a dict, not {type(params).__name__}",
                "add_uri accepts an otpauth URI, add_secret a base32 secret.",
            )
        secret = params.get("secret")
        if not isinstance(secret, str):
            raise BadInput(
                f"the secret is {type(secret).__name__}, not base64 text"
                if secret is not None
                else "there is no secret",
                "Give base64 text; or use add_secret with base32, or Account(issuer, name, secret_bytes).",
            )
        if len(secret) >= 16 and set(secret) <= _BASE32 and len(set(secret)) > _FEW:
            raise BadInput(
                "the secret looks like base32; add accepts base64", "Use add_secret, which accepts base32."
            )
        return super().add(params)

    def add_uri(self, uri: str) -> int:
        """Stores the account of an otpauth URI; returns its id.

        Raises:
            BadInput: it is no URI of an account that the token can have.
        """
        __tracebackhide__ = True
        from ticktap.formats import otpauth

        return self.add(otpauth.parse(uri))

    def add_secret(self, base32: str, name: str = "test", **fields: Any) -> int:
        """Stores the account of a secret as sites show it (base32, any case, blanks allowed); returns its id.

        Args:
            fields: other fields of Account, such as `issuer`, `digits` or `algorithm`.

        Raises:
            BadInput: it is not base32, or a field is outside its limits.
        """
        __tracebackhide__ = True
        from ticktap.formats.base32 import decode

        return self.add(Account(fields.pop("issuer", ""), name, decode(base32), **fields))

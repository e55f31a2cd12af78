"""Every error ticktap raises on purpose: what happened, what to do about it, which exit code it has.

Exit codes are an interface (docs/cli.md): 0 ok, 1 unexpected, 2 usage, 3 no or ambiguous token, 4 locked,
5 not found, 6 refused, 7 code did not verify, 8 clock not trustworthy, 9 part of a batch failed.
"""

from __future__ import annotations

from typing import Any


class TicktapError(Exception):
    """Root of all deliberate errors. Never holds a secret.

    Args:
        message: one sentence, what happened.
        remedy: one sentence, what the person can do; empty when there is nothing to do.
    """

    exit_code = 1
    kind = "error"

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class BadInput(TicktapError):
    """What the person gave cannot be used as it is."""

    exit_code = 2
    kind = "usage"


class MissingExtra(BadInput):
    """A package that an extra of ticktap installs is missing.

    Args:
        extra: the extra's name.
    """

    def __init__(self, message: str, extra: str) -> None:
        super().__init__(message, f"Run: pip install 'ticktap[{extra}]'")


class NoToken(TicktapError):
    """No token was found, or more than one and none was chosen."""

    exit_code = 3
    kind = "no-token"


class PortUnavailable(NoToken):
    """A port cannot be opened.

    Args:
        reason: "absent" (there is no such port), "denied" (no permission), "busy" (another program has it),
            "failed" (the system cannot open it) or "address" (it is no port's address).
    """

    def __init__(self, message: str, remedy: str, reason: str) -> None:
        super().__init__(message, remedy)
        self.reason = reason


class Locked(TicktapError):
    """The token is locked, or what was given is not its PIN."""

    exit_code = 4
    kind = "locked"


class WrongPin(Locked):
    """That was not the PIN; the token takes another try."""


class NotFound(TicktapError):
    """The named account (or file, or setting) does not exist."""

    exit_code = 5
    kind = "not-found"


class Refused(TicktapError):
    """The token or the person refused, or the button was not pressed in time."""

    exit_code = 6
    kind = "refused"


class NotPressed(Refused):
    """The token's button was not pressed in time; nothing was done."""


class PressRequired(Refused):
    """A change needs the permission of a press, which the connection never had or has lost."""


class NotOwner(Refused):
    """Only the token's owner may do that, and the owner's key was not shown, or is another."""


class NotVerified(TicktapError):
    """The code is not right."""

    exit_code = 7
    kind = "not-verified"


class ClockUntrusted(TicktapError):
    """The token's clock, or the host's, cannot be relied on."""

    exit_code = 8
    kind = "clock"


class ClockGuarded(ClockUntrusted):
    """The clock would move further than it may without a press."""


class ClockNotSettled(ClockUntrusted):
    """The clock was set several times and was not right afterwards.

    Args:
        data: {"settings": n, "offsets_ms": [number], "rate_ppm", "rate_uncertainty_ppm"}: the offset after
            each setting (token minus this computer), and how much faster the token's clock runs.
    """

    def __init__(self, message: str, remedy: str, data: dict[str, Any]) -> None:
        super().__init__(message, remedy)
        self.data = data

    @staticmethod
    def text(data: dict[str, Any]) -> str:
        """The data for people, below the message."""
        offsets = ", ".join(f"{each:+.1f}" for each in data["offsets_ms"])
        return (
            f"Offset after each of {data['settings']} settings: {offsets} ms.\n"
            f"Rate of the token's clock against this computer's: {data['rate_ppm']:+d} ppm, "
            f"give or take {data['rate_uncertainty_ppm']}."
        )


class PartFailed(TicktapError):
    """Some items of a batch failed."""

    exit_code = 9
    kind = "partial"


class TokenError(TicktapError):
    """The token answered with an error that has no class of its own, or not at all."""

    kind = "token"


class TokenGone(TokenError):
    """The token was unplugged, or its port closed."""


class ConnectionInterrupted(TokenGone):
    """The token's port went away and came back: a USB reset, or a plug pulled for a moment."""


class NoAnswer(TokenError):
    """The port could be opened, and nothing came from the token in time."""


class PortShared(TokenError):
    """Another program reads the token's port too, and took an answer."""

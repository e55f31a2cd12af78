"""What 'ticktap verify' does for a user of the registry: a service asks, and lets in on exit code 0."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from ticktap.cli.framework import prompts
from ticktap.cli.framework.registry_choice import open_registry
from ticktap.errors import BadInput, NotVerified

if TYPE_CHECKING:
    from ticktap.verifier.sign_in import Answer

Data = dict[str, Any]
_LONGEST = 512  # bytes; what pam_exec gives at most


class SignInRefused(NotVerified):
    """Nobody was signed in; `data` says why, for the service's log."""

    text = staticmethod(lambda data: "")

    def __init__(self, data: Data) -> None:
        super().__init__(data["message"], "'ticktap audit show' tells an admin why.")
        self.data = data


def of_user(user: str, service: str, origin: str) -> Data:
    """Signs a user in with the code of the first line of standard input, or of a prompt."""
    return _answered(user, prompts.line("Code", hidden=True), service, origin)


def through_pam(service: str) -> Data:
    """Signs in the user that pam_exec(8) names, with the password that it hands over (expose_authtok).

    Raises:
        BadInput: pam_exec did not start this.
    """
    user = os.environ.get("PAM_USER")
    if not user or os.environ.get("PAM_TYPE") != "auth":
        raise BadInput(
            "this was not started by pam_exec",
            "In a PAM file: auth required pam_exec.so expose_authtok quiet /usr/bin/ticktap verify --pam",
        )
    given = sys.stdin.buffer.read(_LONGEST).partition(b"\0")[0]
    return _answered(user, given.decode(errors="replace").strip(), service, os.environ.get("PAM_RHOST", ""))


def record_in_history(token: str, drift: int, period: int) -> None:
    """A code that was right tells which step the token's clock was in when it was typed."""
    from contextlib import suppress

    from ticktap.clock.drift import Observation
    from ticktap.clock.history import ClockHistory, ClockHistoryError
    from ticktap.clock.sync import SystemTime

    off = float(drift * period)
    # It was typed anywhere in its step, and given here up to a step later.
    seen = Observation(round(SystemTime().time()), "verify", off, off, 1.5 * period)
    with (
        suppress(ClockHistoryError),
        ClockHistory.open() as history,
    ):  # a record, and no reason to refuse a right code
        history.add(token, seen)


def _answered(user: str, code: str, service: str, origin: str) -> Data:
    from ticktap.clock import sync
    from ticktap.verifier.sign_in import SignIn

    sync.checked_host_time(sync.SystemTime())
    with open_registry() as registry:
        answer = SignIn(registry).verify(user, code, service=service, origin=origin)
    data = _data(user, answer)
    if not answer.ok:
        raise SignInRefused(data)
    if answer.drift is not None and answer.period is not None:
        record_in_history(answer.token, answer.drift, answer.period)
    return data


def _data(user: str, answer: Answer) -> Data:
    return {
        "user": user,
        "verified": answer.ok,
        "reason": answer.reason,
        "message": answer.message,
        "method": answer.method,
        "token": answer.token,
        "backup_codes_left": answer.left,
        "few": answer.few,
        "retry_after": answer.retry_after,
    }

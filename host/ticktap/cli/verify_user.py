"""'ticktap verify' for a user of the registry, as called by services; exit code 0 means signed in."""

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
_LONGEST = 512  # bytes; the maximum of pam_exec


class SignInRefused(NotVerified):
    """The sign-in was refused; `data` has the reason, for the service's log."""

    text = staticmethod(lambda data: "")

    def __init__(self, data: Data) -> None:
        super().__init__(data["message"], "'ticktap audit show' shows administrators the reason.")
        self.data = data


def of_user(user: str, service: str, origin: str) -> Data:
    """Signs in a user with a code from the first line of standard input, or from a prompt."""
    return _answered(user, prompts.line("Code", hidden=True), service, origin)


def through_pam(service: str) -> Data:
    """Signs in the user that pam_exec(8) names, with the password that it passes (expose_authtok).

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


def _answered(user: str, code: str, service: str, origin: str) -> Data:
    from ticktap.clock import sync
    from ticktap.clock.history import record_code
    from ticktap.verifier.sign_in import SignIn

    sync.checked_host_time(sync.SystemTime())
    with open_registry(sign_in=True) as registry:
        answer = SignIn(registry, record_code).verify(user, code, service=service, origin=origin)
    data = _data(user, answer)
    if not answer.ok:
        raise SignInRefused(data)
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

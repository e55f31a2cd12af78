"""Enrols an account on a token, and proves it with one code of the token that is checked here.

An enrolment that cannot be proved is reverted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ticktap.device import results
from ticktap.device.client import Client
from ticktap.device.connection import PressInterrupted
from ticktap.device.jsonrpc import clock_remedy
from ticktap.device.timeouts import PRESS
from ticktap.errors import ClockUntrusted, NotVerified, TicktapError, TokenError
from ticktap.otp import code_check
from ticktap.otp.account import Account


@dataclass(frozen=True)
class Proof:
    """What the token's code showed: the Unix time of a time-based code, or the used counter."""

    unix: int | None
    counter: int | None


def require_clock(client: Client, account: Account) -> None:
    """Checks that the token can make codes for `account`.

    Raises:
        ClockUntrusted: the account needs the time, and the token's clock is not trusted.
    """
    state = client.clock()["state"]
    if account.type != "hotp" and state != "ok":
        raise ClockUntrusted(f"the token's clock cannot be trusted (state: {state})", clock_remedy(state))


def enrol(
    client: Client, account: Account, ask_for_press: Callable[[], None], timeout: int = PRESS
) -> tuple[int, Proof]:
    """Adds `account` with a press and checks its first code; returns its id and the proof.

    Nothing is stored before the press, for which there are `timeout` seconds.

    Raises:
        TicktapError: no press (Refused), wrong code (NotVerified), and others. The account is not on the
            token, unless the remedy says so.
    """
    ask_for_press()
    try:
        reply = client.add_proved(account.to_params(), timeout)
    except TokenError as error:
        error.remedy += " The account may be on the token already: 'ticktap account list' shows it."
        raise
    except PressInterrupted as error:
        if isinstance(error.result, dict) and "id" in error.result:
            _revert(client, int(error.result["id"]), error)
        raise
    number = int(reply["id"])
    try:
        return number, prove(account, reply)
    except BaseException as error:
        _revert(client, number, error)
        raise


def enrol_on_all(
    clients: Sequence[Client], account: Account, ask_for_press: Callable[[int], None]
) -> list[tuple[int, Proof]]:
    """Enrols one account on several tokens, each with a press: on all of them or on none.

    Args:
        ask_for_press: called with the position of the token to press.

    Raises:
        TicktapError: as `enrol`; the account was removed from the other tokens.
    """
    done: list[tuple[int, Proof]] = []
    try:
        for position, client in enumerate(clients):
            done.append(enrol(client, account, partial(ask_for_press, position)))
    except BaseException as error:
        for client, (number, _) in zip(clients, done, strict=False):
            _revert(client, number, error)
        raise
    return done


def prove(account: Account, reply: results.Code) -> Proof:
    """Checks the code in a token's response with the secret that was sent.

    It uses the token's time; whether that is right is checked elsewhere.

    Raises:
        NotVerified: the code is not the account's.
    """
    unix, counter = reply.get("unix"), reply.get("counter")
    verdict = code_check.verify(account, str(reply["code"]), unix or 0, window=0, look_ahead=0)
    if not verdict.ok or (counter is not None and counter != account.counter):
        raise NotVerified(
            "the token's code does not match the account's secret",
            "Add the account again; if that fails too, run 'ticktap doctor'.",
        )
    return Proof(unix, counter)


def _revert(client: Client, number: int, cause: BaseException) -> None:
    try:
        client.remove(number)
    except TicktapError:
        if isinstance(cause, TicktapError):
            cause.remedy = (
                f"The account is still on the token: 'ticktap account remove {number}'. {cause.remedy}"
            )
    else:
        if isinstance(cause, TicktapError):
            cause.remedy = f"The account was removed from the token. {cause.remedy}"

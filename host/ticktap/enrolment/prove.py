"""Putting an account on a token and proving that it got there: one code, made by the token, checked here.

An enrolment that cannot be proved is taken back, so that nobody finds out at a sign-in page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from ticktap.device.client import PRESS, Client, Data
from ticktap.device.jsonrpc import clock_remedy
from ticktap.errors import ClockUntrusted, NotVerified, TicktapError, TokenError
from ticktap.otp import code_check
from ticktap.otp.account import Account


@dataclass(frozen=True)
class Proof:
    """What the token's code showed: unix time of a time-based code, or the counter that is spent."""

    unix: int | None
    counter: int | None


def require_clock(client: Client, account: Account) -> None:
    """Makes sure that the token can make codes for `account`.

    Raises:
        ClockUntrusted: it needs the time, and the token does not know it.
    """
    state = client.clock()["state"]
    if account.type != "hotp" and state != "ok":
        raise ClockUntrusted(f"the token's clock cannot be trusted (state: {state})", clock_remedy(state))


def enrol(
    client: Client, account: Account, ask_for_press: Callable[[], None], timeout: int = PRESS
) -> tuple[int, Proof]:
    """Adds `account` with a press and checks the code that comes with it; returns its id, and the proof.

    Nothing is on the token before the press, for which there are `timeout` seconds.

    Raises:
        TicktapError: nobody pressed (Refused), the code is wrong (NotVerified), and so on. The account is not
            on the token, or the remedy says that it is or may be.
    """
    ask_for_press()
    try:
        reply = client.add_proved(account.to_params(), timeout)
    except TokenError as error:
        error.remedy += " The account may be on the token already: 'ticktap account list' shows it."
        raise
    except KeyboardInterrupt as error:
        if isinstance(client.late, dict) and "id" in client.late:  # the press was faster
            _take_back(client, int(client.late["id"]), error)
        raise
    number = int(reply["id"])
    try:
        return number, prove(account, reply)
    except BaseException as error:
        _take_back(client, number, error)
        raise


def enrol_on_all(
    clients: Sequence[Client], account: Account, ask_for_press: Callable[[int], None]
) -> list[tuple[int, Proof]]:
    """Enrols one account on several tokens; each proves it with a press. On all of them, or on none.

    Args:
        ask_for_press: gets the position of the token whose turn it is.

    Raises:
        TicktapError: as `enrol`; the account was taken off those tokens that had it already.
    """
    done: list[tuple[int, Proof]] = []
    try:
        for position, client in enumerate(clients):
            done.append(enrol(client, account, partial(ask_for_press, position)))
    except BaseException as error:
        for client, (number, _) in zip(clients, done, strict=False):
            _take_back(client, number, error)
        raise
    return done


def prove(account: Account, reply: Data) -> Proof:
    """Checks the code in a reply of the token against the secret that was sent.

    The token's own time is used: whether its clock is right is a question for clock.offset.

    Raises:
        NotVerified: the code is not the account's.
    """
    unix, counter = reply.get("unix"), reply.get("counter")
    verdict = code_check.verify(account, str(reply["code"]), unix or 0, window=0, look_ahead=0)
    if not verdict.ok or (counter is not None and counter != account.counter):
        raise NotVerified(
            "the token's code is not the one this account should give",
            "Add the account once more; if that fails too, run 'ticktap doctor'.",
        )
    return Proof(unix, counter)


def _take_back(client: Client, number: int, cause: BaseException) -> None:
    try:
        client.remove(number)
    except TicktapError:
        if isinstance(cause, TicktapError):
            cause.remedy = (
                f"The account is still on the token: 'ticktap account remove {number}'. {cause.remedy}"
            )
    else:
        if isinstance(cause, TicktapError):
            cause.remedy = f"The account was taken off the token again. {cause.remedy}"

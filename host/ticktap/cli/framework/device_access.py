"""Gets the permission that a token requires: PIN, owner's proof or press."""

from __future__ import annotations

import sys

import click

from ticktap.cli.framework import prompts
from ticktap.cli.framework.lazy_commands import OWNER
from ticktap.cli.framework.options import refuse_secret
from ticktap.cli.framework.output import note, sentence
from ticktap.device import jsonrpc, results
from ticktap.device.client import Client
from ticktap.device.known_tokens import KnownTokens
from ticktap.device.owner_key import VARIABLE, KeyLocation
from ticktap.device.protocol import ErrorCode
from ticktap.device.timeouts import PRESS
from ticktap.device.token_choice import Token
from ticktap.errors import BadInput, NotOwner, Refused, WrongPin


def owner_choice() -> str | None:
    """Returns the value of --owner; refuses a secret without repeating it."""
    chosen: str | None = click.get_current_context().meta.get(OWNER)
    if chosen:
        refuse_secret(chosen)
    return chosen


def owner_location() -> KeyLocation:
    """Returns the location of the owner key: --owner, TICKTAP_OWNER, or the default file."""
    return KeyLocation(owner_choice())


def as_owner(token: Token) -> None:
    """Opens an owner session if the token has an owner.

    Raises:
        NotOwner: the owner key is missing or wrong.
    """
    if token.hello.get("claimed") and not token.client.session:
        place = owner_location()
        _prove(token, place, place.require())


def to_change(token: Token, which: str = "") -> None:
    """Gets permission for changes: the owner's proof, or a press on a token without an owner.

    `which` names the token in the prompt if there are several.
    """
    if token.hello.get("claimed"):
        as_owner(token)
        return
    note(f"Press the button{which and ' on the token'}{which} to allow changes ({PRESS} s).")
    token.client.allow_changes()


def for_press(token: Token, why: str, seconds: int = PRESS, which: str = "") -> None:
    """Gets permission for one request with a press: proves the owner of a claimed token, then asks.

    `which` is as in `to_change`.
    """
    as_owner(token)
    ask_for_press(why, seconds, which)


def ask_for_press(why: str, seconds: int = PRESS, which: str = "") -> None:
    """Asks the user for a press; `why` follows "the token", and `which` is as in `to_change`."""
    note(f"Press the button on the token{which}{why} ({seconds} s).")


def ask_for_two_presses(why: str, seconds: int = PRESS) -> None:
    """Asks the user for the two presses of a change of owner or PIN, or a reset; `why` as above."""
    note(
        f"Press the button on the token{why}, and again when its light flashes four times a second "
        f"({seconds} s)."
    )


def may_have_secret(token: Token, *, unasked: bool = False) -> None:
    """Asks before a secret is sent to a token without an owner by a user who has an owner key.

    The answer is remembered for the token.

    Args:
        unasked: refuse instead.

    Raises:
        Refused: the user declined, or `unasked`.
    """
    serial = str(token.hello["serial"])
    if token.hello.get("claimed") or KnownTokens().is_free(serial) or not owner_location().master():
        return
    remedy = "Run 'ticktap token claim' first. A claimed token can prove that it is yours."
    if unasked:
        raise Refused(f"the token {serial} has no owner, and you have an owner key", remedy)
    question = f"The token {serial} has no owner, so any device could imitate it. Use it without one?"
    prompts.confirm(question, remedy)
    KnownTokens().note_free(serial)


def may_read(token: Token) -> bool:
    """Whether this connection may list accounts and settings; proves the owner if the key is available."""
    if not token.hello.get("claimed") or token.client.session or token.client.unlocked:
        return True
    place = owner_location()
    master = place.master()
    if master:
        _prove(token, place, master)
    return master is not None


def to_read(token: Token) -> None:
    """Gets permission to list accounts and settings; a claimed token also grants it for its PIN.

    Raises:
        NotOwner: the owner key is missing, and there is no terminal to ask for the PIN.
    """
    if may_read(token):
        return
    if sys.stdin.isatty() and token.client.pin()["set"]:
        unlock(token.client)
    else:
        owner_location().require()


def unlocked(token: Token) -> None:
    """Unlocks a locked token; asks for the PIN at a terminal only.

    Raises:
        Locked: there is no terminal.
    """
    if not token.hello.get("locked"):
        return
    if not sys.stdin.isatty():
        raise jsonrpc.exception({"code": 10}, "hello")
    unlock(token.client)


def unlock(client: Client) -> tuple[bytes, results.PinState]:
    """Asks for the PIN and unlocks with it; at a terminal, asks again after a wrong one.

    Returns the key, and PIN.

    Raises:
        Refused: the token has no PIN.
        WrongPin: the PIN is wrong, and there is no terminal.
        Locked: the token accepts no more attempts.
    """
    from ticktap.device import pin

    while True:
        info = client.pin()
        _expect_tries(info)
        kdf = pin.KdfParams.from_reply(info)
        key = pin.key(_asked(info), kdf)
        try:
            return key, client.unlock(key)
        except WrongPin as error:
            if not sys.stdin.isatty():
                raise
            note(sentence(error.message))


def _expect_tries(info: results.PinInfo) -> None:
    """Refuses before asking for a PIN that the token would not check."""
    if not info["set"]:
        raise Refused("the token has no PIN, and is not locked", "'ticktap pin set' sets one.")
    if info["replug"]:
        raise jsonrpc.exception({"code": ErrorCode.REPLUG}, "pin.info")


def _asked(info: results.PinInfo) -> str:
    """Asks for the PIN; shows how many tries are left, and warns before the last one."""
    tries = info["tries"]
    if tries == 1 and info["erases"]:
        note("This is the last try. A wrong PIN now erases all accounts on the token and the PIN.")
    left = "" if tries is None else f" ({tries} {'try' if tries == 1 else 'tries'} left)"
    answer = prompts.line(f"PIN{left}", hidden=True)
    if not answer:
        raise BadInput("no PIN was given", "No try was used; run the command again.")
    return answer


def _prove(token: Token, place: KeyLocation, master: bytes) -> None:
    serial = str(token.hello["serial"])
    try:
        token.client.prove_owner(master, serial)
        KnownTokens().note_owned(serial)
    except NotOwner:
        raise NotOwner(
            f"the token has another owner; its key is not {place}",
            f"Give the owner's key with --owner FILE or {VARIABLE}.",
        ) from None

"""Which tokens a batch accepts: new ones, and those already begun; with remedies for the others.

It only reads: it needs no press and changes nothing.
"""

from __future__ import annotations

from ticktap.device import jsonrpc, results
from ticktap.device.known_tokens import KnownTokens
from ticktap.device.token_choice import Token
from ticktap.errors import NotOwner, Refused
from ticktap.provisioning.context import Registry, RowSource
from ticktap.provisioning.manifest import ManifestRow
from ticktap.provisioning.progress import ProgressEntry


def check(
    token: Token,
    begun: ProgressEntry | None,
    rows: RowSource,
    registry: Registry | None,
    master: bytes | None,
) -> ManifestRow | None:
    """Returns the row that this token was begun for; None for a new token.

    Args:
        begun: its entry in the progress file.
        registry, master: None if there is none yet.

    Raises:
        Refused: it cannot be provisioned; the remedy says what to do.
        NotTheToken: it had an owner when it was last used here, and has none.
    """
    hello, status = token.hello, token.client.status()
    KnownTokens().check(hello)
    _fit(hello, status)
    serial = str(hello["serial"])
    unfinished = begun if begun and not begun.done else None
    row = rows.of_token(unfinished) if unfinished else None
    if hello["claimed"]:
        if unfinished is None or row is None:
            raise _used(token, begun, master)
        if not _ours(token, master):
            raise _other_owner(serial)
        return row
    if status["accounts"] or status["pin"]["set"]:
        raise Refused(
            f"the token {serial} is in use: it has {_what(status)}",
            "If these are no longer needed: 'ticktap token reset', unplug it and plug it in again.",
        )
    if unfinished and row is None:
        raise _of_another(unfinished)
    if row is None and not rows.any_left():
        raise no_row_left()
    if row is None and registry:
        _unheld(serial, registry)
    return row


def owned(token: Token, master: bytes) -> None:
    """Opens the owner session.

    Raises:
        NotOwner: the token has another owner.
    """
    if not token.client.session:
        serial = str(token.hello["serial"])
        token.client.prove_owner(master, serial)


def no_row_left() -> Refused:
    """The error for a token without a free row."""
    return Refused("no row of the manifest is left for it", "Keep it for the next batch.")


def _fit(hello: results.Hello, status: results.Status) -> None:
    """Checks the board and its parts."""
    if hello["mode"] != "normal":
        raise Refused(
            "the token is in maintenance mode", "Unplug it and plug it in without holding the button."
        )
    if status["store"]["state"] not in ("ok", "blank"):
        raise Refused(
            f"the token's memory cannot be used (state: {status['store']['state']})",
            "'ticktap doctor' has details; 'ticktap token reset' erases it.",
        )
    state = status["clock"]["state"]
    if state not in ("ok", "stopped", "early"):
        raise Refused(f"the token's clock cannot be used (state: {state})", jsonrpc.clock_remedy(state))


def _what(status: results.Status) -> str:
    count = status["accounts"]
    accounts = f"{count} account{'s' * (count != 1)}" if count else ""
    return " and ".join(filter(None, (accounts, "a PIN" if status["pin"]["set"] else "")))


def _ours(token: Token, master: bytes | None) -> bool:
    """Whether this side is the owner; then the owner session is open."""
    if master is None:
        return False
    try:
        owned(token, master)
    except NotOwner:
        return False
    return True


def _used(token: Token, begun: ProgressEntry | None, master: bytes | None) -> Refused:
    """Makes the error for a claimed token: finished, of another manifest, or another owner's."""
    serial = str(token.hello["serial"])
    if not _ours(token, master):
        return _other_owner(serial)
    if begun is None:
        return Refused(
            f"the token {serial} is yours, but was not begun on this computer",
            "If it is no longer needed: 'ticktap token reset', unplug it and plug it in again.",
        )
    if begun.done:
        return Refused(
            f"the token {serial} is finished: it is {begun.label}, for {begun.user}", "Hand it over."
        )
    return _of_another(begun)


def _other_owner(serial: str) -> Refused:
    return Refused(
        f"the token {serial} has another owner",
        "Give that owner's key (--owner FILE) to 'ticktap token reset'; without it, erase the board.",
    )


def _of_another(begun: ProgressEntry) -> Refused:
    return Refused(
        f"the token {begun.serial} was begun for {begun.label} ({begun.user}), which is not in this manifest",
        "Finish it with that manifest, or 'ticktap token reset' and 'ticktap provision --release'.",
    )


def _unheld(serial: str, registry: Registry) -> None:
    """Refuses an empty token that the registry assigns to a user, who could then no longer sign in."""
    held = next((each for each in registry.tokens.all() if each.serial == serial and each.holder), None)
    if held and registry.all(serial):
        raise Refused(
            f"the registry assigns the token {serial} ({held.label}) to {held.holder}, but it is empty",
            f"If it was reset on purpose: 'ticktap user lost {held.holder} {serial}', then plug it in again.",
        )

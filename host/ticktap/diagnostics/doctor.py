"""Checks a set-up: a list of checks, each with a finding and a remedy.

It changes nothing on the token, tries no PIN and waits for no press.
"""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ticktap
from ticktap.clock import host_sync_status, sync
from ticktap.device import jsonrpc, results, token_choice, transport
from ticktap.device.client import Client
from ticktap.device.token_choice import Token
from ticktap.errors import NotOwner, TicktapError
from ticktap.otp.account import Listed

CLOCK_GOOD = 1.0  # seconds; typing and transport use the rest of a verifier's window
STORE_NEARLY_FULL = 0.9
FEW_TRIES = 3
NAMED = 5  # accounts that a check names
_CONSOLE = (
    "That is CircuitPython's console, which a token shows in maintenance mode beside its data port: it shows "
    "Python's messages, and ticktap uses the other port."
)

_STORE = {
    "ok": (True, ""),
    "blank": (True, ""),
    "foreign": (False, "'ticktap token reset' erases it, including another program's data."),
    "newer": (False, "Update the firmware, or erase the store with 'ticktap token reset'."),
    "unread": (False, "It ran out of memory: unplug it and plug it in; nothing is lost."),
    "no-key": (
        False,
        "The record with the accounts' key is damaged: run 'ticktap token reset', then add them again.",
    ),
}
_LAST = {
    "none": (True, "the button was not used since the token started", ""),
    "typed": (True, "a code was typed", ""),
    "waiting": (None, "it waits for the next code, because this one is about to expire", ""),
    "no-account": (False, "nothing was typed: there is no account", "Add one with 'ticktap account add'."),
    "clock": (False, "nothing was typed: the clock was not trusted", "Run 'ticktap clock sync'."),
    "no-host": (
        False,
        "nothing was typed: no computer was connected",
        "Plug the token into a running computer.",
    ),
    "host-stopped": (
        False,
        "typing was interrupted: the computer stopped accepting keys",
        "Wake the computer, or set a longer pause between keys with 'ticktap settings set inter_key_ms=10'.",
    ),
    "locked": (False, "nothing was typed: the token was locked", "Unlock it with 'ticktap unlock'."),
    "store": (False, "nothing was typed: the store could not be used", "See the check 'store'."),
}


@dataclass(frozen=True)
class Check:
    """One check. `ok`: None if it is neither good nor bad, or unknown."""

    name: str
    ok: bool | None
    detail: str
    remedy: str = ""


def checks(
    choice: str | None = None, host: sync.HostTime | None = None, owner: str | None = None
) -> list[Check]:
    """Runs all checks. It does not raise for what it finds.

    Args:
        choice: as in token_choice.open_token.
        owner: where the owner's key is, as in owner.Place; it is only used to look.
    """
    host = host or sync.SystemTime()
    found = [*_software(), *_ports(choice), *_host_clock(host)]
    try:
        token = token_choice.open_token(choice)
    except TicktapError as error:
        return [*found, Check("token", False, error.message, error.remedy)]
    with token.client:
        try:
            found += _token(token, host, owner)
        except TicktapError as error:
            found.append(Check("token", False, error.message, error.remedy))
    return found


def _software() -> Iterator[Check]:
    python = platform.python_version()
    yield Check("ticktap", True, f"{ticktap.__version__} on Python {python}, {platform.system()}")


def _ports(choice: str | None) -> Iterator[Check]:
    found = token_choice.list_devices(choice)
    if not found:
        yield Check("port", None, "this computer has no serial port", "Plug the token in, with a data cable.")
    for candidate, hello in found:
        kind = "simulated token" if candidate.simulated else "token"
        named = f"{kind} {hello.get('name') or hello['serial']}" if hello else ""
        detail = candidate.why_rejected or named
        remedy = _CONSOLE if not hello and candidate.is_console else ""
        yield Check("port", True if hello else None, f"{candidate.path}: {detail}", remedy)
        if not hello and transport.PRODUCT in candidate.product.lower():
            yield from _permission(candidate.path)


def _permission(path: str) -> Iterator[Check]:
    if Path(path).exists() and not os.access(path, os.R_OK | os.W_OK):
        yield Check(
            "permission", False, f"no permission to read and write {path}", transport.permission_remedy(path)
        )


def _host_clock(host: sync.HostTime) -> Iterator[Check]:
    status = host_sync_status.read_status()
    word = {True: "synchronised", False: "not synchronised", None: "unknown whether synchronised"}
    try:
        sync.checked_host_time(host)
    except TicktapError as error:
        yield Check("host clock", False, error.message, error.remedy)
        return
    remedy = "" if status.synchronised else "Check it against a second clock before 'ticktap clock sync'."
    yield Check(
        "host clock",
        status.synchronised or None,
        f"time source: {status.name}; {word[status.synchronised]}",
        "" if status.synchronised is None and sys.platform != "linux" else remedy,
    )


def _token(token: Token, host: sync.HostTime, owner: str | None) -> Iterator[Check]:
    hello, status = token.hello, token.client.status()
    yield Check(
        "token",
        True,
        f"{hello.get('name') or 'no name'}, serial {hello['serial']}, firmware {hello['firmware']}, "
        f"CircuitPython {hello['circuitpython']}, board {hello['board']}",
    )
    yield from _versions(hello)
    yield from _token_clock(token, status["clock"], host)
    yield from _accounts(status)
    yield from _store(status["store"])
    yield _pin(status["pin"])
    yield from _owner(token, owner)
    if status["accounts"] and not status["pin"]["locked"]:
        yield _copies(token)
    yield from _typing(token.client, status["host"])
    yield from _history(status)


def _versions(hello: results.Hello) -> Iterator[Check]:
    same = hello["firmware"] == ticktap.__version__
    yield Check(
        "firmware",
        True if same else None,
        f"firmware {hello['firmware']}, ticktap {ticktap.__version__}",
        "" if same else "They work together; update the older one when convenient.",
    )
    if hello["mode"] != "normal":
        yield Check(
            "mode",
            False,
            f"{hello['mode']} mode: the token types nothing",
            "Replug it without holding the button.",
        )


def _token_clock(token: Token, state: results.Clock, host: sync.HostTime) -> Iterator[Check]:
    if state["state"] != "ok":
        remedy = jsonrpc.clock_remedy(state["state"])
        yield Check("token clock", False, f"not trusted: {state['state']}", remedy)
        return
    off = sync.offset(token.client, host, edges=1)
    good = abs(off.seconds) <= CLOCK_GOOD + off.uncertainty
    warmth = "" if state["temperature"] is None else f", {state['temperature']:.2f} degrees C"
    yield Check(
        "token clock",
        good,
        f"{off.seconds:+.3f} s from this computer's (within {off.uncertainty:.3f} s){warmth}",
        "" if good else "Run 'ticktap clock sync', if this computer's clock is right.",
    )


def _accounts(status: results.Status) -> Iterator[Check]:
    count = status["accounts"]
    remedy = "" if count else "Add one with 'ticktap account add'."
    yield Check("accounts", True if count else None, f"{count} on the token", remedy)


def _copies(token: Token) -> Check:
    """Checks which accounts would be lost with the token."""
    from ticktap.enrolment.account_copies import without_copy

    try:
        listed = [Listed.from_reply(each) for each in token.client.accounts()]
        alone = without_copy(listed, str(token.hello["serial"]))
    except NotOwner:
        return Check("copies", None, "not shown without the owner key")
    except TicktapError as error:
        return Check("copies", None, error.message, error.remedy)
    if not alone:
        return Check("copies", True, "each account has a copy here, or is in a backup written here")
    names = ", ".join(each.label for each in alone[:NAMED]) + (", ..." if len(alone) > NAMED else "")
    return Check(
        "copies",
        None,
        f"no known copy of {len(alone)} of {len(listed)} accounts: {names}",
        "If you lose the token, you lose them. Get a new QR code from each site, and add the account with "
        "'ticktap account add --backup FILE'. 'ticktap backup verify FILE' compares the token with a backup "
        "made "
        "elsewhere.",
    )


def _store(store: results.StoreStatus) -> Iterator[Check]:
    ok, remedy = _STORE.get(store["state"], (False, "Update ticktap."))
    detail = f"{store['state']}: {store['used']} of {store['size']} bytes used, {store['live']} needed"
    if ok and store["used"] > STORE_NEARLY_FULL * store["size"]:
        ok, remedy = False, "Run 'ticktap token compact', or remove accounts."
    if store["damaged"]:
        ok, remedy = (
            False,
            "Compare 'ticktap account list' with what you expect; then 'ticktap token compact'.",
        )
        detail += f", {store['damaged']} damaged"
    yield Check("store", ok, detail, remedy)
    if not store["file"]:
        from ticktap.drive.store_reasons import explain

        reason = explain(store["file_reason"])
        yield Check(
            "store file",
            False,
            f"{reason.what}. Without it there is room for few accounts, no PIN, and a removed account's "
            "secret remains until 'ticktap token compact'",
            reason.remedy,
        )


def _pin(pin: results.PinState) -> Check:
    if not pin["set"]:
        remedy = "'ticktap pin set' encrypts them under a PIN, which is needed each time it is plugged in."
        return Check("pin", None, "none: anyone who reads the token's flash has its secrets", remedy)
    state = "locked" if pin["locked"] else "unlocked"
    tries = "no limit of tries" if pin["tries"] is None else f"tries left: {pin['tries']}"
    if pin["replug"]:
        remedy = "Unplug the token before trying another PIN."
        return Check("pin", False, f"{state}; {tries}; after three wrong PINs it must be replugged", remedy)
    wrong = pin["tries"] is not None and pin["tries"] <= FEW_TRIES
    return Check(
        "pin",
        not wrong,
        f"{state}; {tries}",
        "The right PIN ('ticktap unlock') restores all tries." if wrong else "",
    )


def _owner(token: Token, choice: str | None) -> Iterator[Check]:
    """Checks the owner, and opens an owner session for the later checks."""
    from ticktap.device.owner_key import KeyLocation

    if not token.hello["claimed"]:
        remedy = "After 'ticktap token claim', changes need your key."
        yield Check("owner", None, "none: anyone who has it and presses its button may change it", remedy)
        return
    serial = str(token.hello["serial"])
    try:
        token.client.prove_owner(KeyLocation(choice).require(), serial)
    except TicktapError as error:
        yield Check("owner", None, error.message, error.remedy)
        return
    yield Check("owner", True, "you: the owner key is available")


_DIGITS = {
    "keypad": "on the keypad, which is the same on every layout",
    "switch": "on the keypad; Num Lock is switched on for typing, and restored",
    "row": "on the number row, for layout {}",
}


def _typing(client: Client, host: results.HostStatus) -> Iterator[Check]:
    if not host["connected"]:
        yield Check(
            "keyboard", False, "the computer accepts no keys from the token", "Wake or unlock the computer."
        )
    lock = {True: "on", False: "off", None: "not reported by this computer"}[host["num_lock"]]
    yield Check("num lock", None if host["num_lock"] is None else True, lock)
    try:
        layout = str(client.settings()["layout"])
    except NotOwner:
        yield Check("typing", None, "not shown without the owner key")
        return
    if host["digits"] in _DIGITS:
        row = host["digits"] == "row"
        yield Check(
            "typing",
            None if row else True,
            f"digits {_DIGITS[host['digits']].format(layout)}; letters for layout {layout}",
            f"If {layout} is not this computer's layout: 'ticktap doctor --typing'." if row else "",
        )


def _fault_place(status: results.Status) -> str:
    """Returns where the last error was raised; in the source, if this ticktap has the same firmware."""
    from ticktap.drive.build import find_drive
    from ticktap.drive.mpy_compile import PLACES, place

    file, _, line = status["fault_at"][:80].rpartition(":")
    if not file or not line.isdecimal():
        return ""
    found = None
    if status["form"] == "compiled" and (lines := find_drive() / PLACES).is_file():
        found = place(lines.read_text(), file, int(line))
    return f" at {file} line {line}" if found is None else f" at {found[0]} line {found[1]}"


def last_press(last: str) -> str:
    """Describes the result of the last press."""
    return _LAST[last][1] if last in _LAST else f"unknown: {last!r:.20}"


def _history(status: results.Status) -> Iterator[Check]:
    ok, detail, remedy = _LAST.get(
        status["last"], (None, f"unknown: {status['last']!r:.20}", "Update ticktap.")
    )
    yield Check("last press", ok, detail, remedy)
    if status["faults"]:
        yield Check(
            "faults",
            False,
            f"the firmware survived {status['faults']} errors, the last a {status['fault']!r:.40}"
            f"{_fault_place(status)}",
            "Please report this with the output of 'ticktap doctor --json'.",
        )

"""Compares the text that arrived with the code that a token sent, and names the cause of a difference.

The results contain no character of either, because both are codes.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# By layout, what the keys of the digit row give, without and with Shift; then the letter keys row by row, in
# the places of QWERTYUIOP ASDFGHJKL; ZXCVBNM,./ of a US keyboard. "?" is not known or not always the same.
_US, _UK, _DE, _FR = "!@#$%^&*()", '!"£$%^&*()', '!"§$%&/()=', "&é\"'(-è_çà"
_PLAIN = "1234567890"
_QWERTY, _QWERTZ = "qwertyuiopasdfghjkl;zxcvbnm,./", "qwertzuiopasdfghjkl?yxcvbnm,.-"
_AZERTY, _DVORAK = "azertyuiopqsdfghjklmwxcvbn,;:?", "',.pyfgcrlaoeuidhtns;qjkxbmwvz"
LAYOUTS: Mapping[str, tuple[str, str, str]] = MappingProxyType(
    {
        "us": (_PLAIN, _US, _QWERTY),
        "uk": (_PLAIN, _UK, _QWERTY),
        "de": (_PLAIN, _DE, _QWERTZ),
        "ch": (_PLAIN, '+"*ç%&/()=', _QWERTZ),
        "fr": (_FR, _PLAIN, _AZERTY),
        "be": ("&é\"'(§è!çà", _PLAIN, _AZERTY),
        "cz": ("+ěščřžýáíé", _PLAIN, _QWERTZ),
        "sk": ("+ľščťžýáíé", _PLAIN, _QWERTZ),
        "hu": ("123456789ö", "'\"+!%/=()Ö", _QWERTZ),
        "jp": (_PLAIN, "!\"#$%&'()?", _QWERTY),
        "dvorak": (_PLAIN, _US, _DVORAK),
    }
)
_SHIFTED = ("fr", "be", "cz", "sk")  # layouts whose digits need Shift
_HUNGARIAN_0 = "hu"  # layout with 0 left of 1

# What terminals send for the keypad's keys when they are no digits: xterm's, the console's, and others'.
_MOVES = {
    "[2~": "0", "[F": "1", "[4~": "1", "[8~": "1", "OF": "1", "[B": "2", "OB": "2", "[6~": "3", "[D": "4",
    "OD": "4", "[E": "5", "[G": "5", "OE": "5", "[C": "6", "OC": "6", "[H": "7", "[1~": "7", "[7~": "7",
    "OH": "7", "[A": "8", "OA": "8", "[5~": "9",
}  # fmt: skip
_SEQUENCE = re.compile(r"\x1b(O[p-y]|\[\d~|[\[O][A-H])")


@dataclass(frozen=True)
class Finding:
    """The cause. `settings`: settings of the token that correct it; `layouts`: layouts that explain what
    arrived.
    """

    cause: str
    detail: str
    remedy: str = ""
    settings: Mapping[str, str | int] = field(default_factory=dict)
    layouts: tuple[str, ...] = ()


def compare(
    sent: str, arrived: str, *, digits: str = "keypad", layout: str = "us", mac: bool = False
) -> Finding:
    """Names the cause of a difference.

    Args:
        sent: the code, without the key that may follow it.
        arrived: all that came, such a key included.
        digits: the keys that typed digits, "keypad" or "row".
        layout: the token's setting of this name.
        mac: whether this computer runs macOS, whose keypad always gives digits.
    """
    came = arrived.rstrip("\r\n\t")
    if came == sent:
        return Finding("right", "the code arrived correctly")
    if not came:
        return Finding(
            "nothing",
            "nothing arrived",
            "Click into this window before the press. On macOS, let the keyboard assistant finish first.",
        )
    for found in (
        _full_width(sent, came),
        _moves(sent, came),
        _caps(sent, came, digits, layout),
        _layout(sent, came, digits, layout),
        _count(sent, came),
        _other_layout(sent, came, digits, mac),
    ):
        if found:
            return found
    if len(came) == len(sent) and came.isdigit() and sent.isdigit():
        return Finding(
            "other-code",
            "another code of the same length arrived; the time step may have changed between the two presses",
            "Run this again, with less time between the presses.",
        )
    return Finding(
        "unknown",
        f"{len(came)} characters arrived where {len(sent)} were sent, and no known cause explains them",
        "Do not use the window while the token types, and run this again.",
    )


def _full_width(sent: str, came: str) -> Finding | None:
    if unicodedata.normalize("NFKC", came) != sent:
        return None
    return Finding(
        "full-width",
        "the input method produced full-width characters",
        "Switch the input method to direct (half-width) input before signing in.",
    )


def _moves(sent: str, came: str) -> Finding | None:
    if "\x1b" not in came:
        return None
    keypad = _SEQUENCE.sub(lambda each: _keypad(each[1]), came)
    if keypad == sent:
        return Finding(
            "application-keypad",
            "this terminal is in its application keypad mode; other windows get digits",
            "Run 'reset' in this terminal, or another terminal.",
        )
    if _SEQUENCE.sub(lambda each: _MOVES.get(each[1], ""), came).replace("5", "") == sent.replace("5", ""):
        return Finding(
            "num-lock",
            "Num Lock is off for the token: its keypad moved the cursor",
            "Type digits on the number row: " + _command({"digits": "row"}),
            {"digits": "row"},
        )
    return None


def _keypad(sequence: str) -> str:
    """ESC O p to ESC O y are 0 to 9 (VT100, keypad application mode)."""
    return str(ord(sequence[1]) - ord("p")) if sequence[0] == "O" and sequence[1].islower() else "\x1b"


def _caps(sent: str, came: str, digits: str, layout: str) -> Finding | None:
    shifted = str.maketrans(dict(zip(*LAYOUTS[layout][:2], strict=True)) if digits == "row" else {})
    if came.swapcase() == sent or (came == sent.translate(shifted) and came != sent):
        return Finding(
            "caps-lock",
            "Caps Lock is on, and the computer did not report it to the token",
            "Switch Caps Lock off.",
        )
    return None


def _layout(sent: str, came: str, digits: str, layout: str) -> Finding | None:
    fitting = tuple(
        host
        for host in LAYOUTS
        if host != layout
        and len(came) == len(sent)
        and all(
            wanted in (got, "?") for wanted, got in zip(typed(sent, layout, host, digits), came, strict=True)
        )
    )
    if not fitting:
        return None
    settings: dict[str, str | int] = {"layout": fitting[0]}
    return Finding(
        "layout",
        f"this computer's layout is {' or '.join(fitting)}, the token types for {layout}",
        "Set the token's layout: " + _command(settings),
        settings,
        fitting,
    )


def _other_layout(sent: str, came: str, digits: str, mac: bool) -> Finding | None:
    """Checks for digits of an unsupported layout's number row; the keypad does not depend on the layout."""
    if (
        digits != "row"
        or len(came) != len(sent)
        or not sent.isdigit()
        or any(char.isdigit() for char in came)
    ):
        return None
    settings: dict[str, str | int] = {"digits": "keypad" if mac else "switch"}
    return Finding(
        "other-layout",
        "this computer's layout has its digits on other keys, and the token does not support it",
        "Type digits on the keypad: " + _command(settings),
        settings,
    )


def _command(settings: Mapping[str, str | int]) -> str:
    changes = " ".join(f"{name}={value}" for name, value in settings.items())
    return f"'ticktap settings set {changes}'."


def typed(text: str, token: str, host: str, digits: str = "row") -> str:
    """Returns what a host with one layout shows for the keys that type `text` on another; "?" is unknown."""
    return "".join(_typed(char, token, host, digits) for char in text)


def _typed(char: str, token: str, host: str, digits: str) -> str:
    if char.isdigit():
        if digits == "keypad":
            return char
        if token == _HUNGARIAN_0 and char == "0":
            return "0" if host == _HUNGARIAN_0 else "?"
        return LAYOUTS[host][token in _SHIFTED][_PLAIN.index(char)]
    place = LAYOUTS[token][2].find(char.lower())
    if place < 0:
        return "?"
    there = LAYOUTS[host][2][place]
    return there.upper() if there.isalpha() else "?"


def _count(sent: str, came: str) -> Finding | None:
    slower: dict[str, str | int] = {"inter_key_ms": 20}
    remedy = "Give the computer more time: " + _command(slower)
    if len(came) < len(sent) and _within(came, sent):
        return Finding("dropped", f"{len(sent) - len(came)} of {len(sent)} keys were lost", remedy, slower)
    if len(came) > len(sent) and _within(sent, came) and _runs(came) == _runs(sent):
        return Finding("doubled", f"{len(came) - len(sent)} keys arrived twice", remedy, slower)
    return None


def _within(part: str, whole: str) -> bool:
    """Whether `part` is `whole` with characters missing."""
    rest = iter(whole)
    return all(char in rest for char in part)


def _runs(text: str) -> str:
    """Merges equal neighbouring characters."""
    return re.sub(r"(.)\1+", r"\1", text)

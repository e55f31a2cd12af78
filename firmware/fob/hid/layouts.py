"""Which key of a USB keyboard types a character on a host of a given layout.

Usages and modifier bits are those of the USB HID Usage Tables, page 0x07 (Keyboard/Keypad), and of the boot
keyboard report. Only what a code needs is here: digits, capital letters (Steam), Enter and Tab. Nothing here
presses keys or reads lock lights; that is the typist's work.

Digits on the keypad are the same on every layout, but are digits only while Num Lock is on and Shift is up.
Digits on the row need no lock, but their place and shift depend on the layout, and with Caps Lock on also on
the operating system: xkb (X11, Wayland) leaves the row of every layout here alone, while Windows treats Caps
Lock as Shift on the digit row of some (German and French among them). So `caps` changes letters only.
"""

SHIFT = 0x02  # left Shift, in the report's first byte
ENTER = 0x28
TAB = 0x2B

_KEYPAD_1 = 0x59  # 1 to 9 follow one another, then 0
_ROW_1 = 0x1E  # likewise
_HUNGARIAN_0 = 0x35  # left of 1, where US has `
_A = 0x04  # A to Z follow one another

# What is printed, on a US keyboard, on the keys that type A to Z.
_QWERTY = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_QWERTZ = "ABCDEFGHIJKLMNOPQRSTUVWXZY"
_AZERTY = "QBCDEFGHIJKL;NOPARSTUVZXYW"
_DVORAK = "ANIHDYUJGCVPMLSRXO;KF.,BT/"
_PUNCTUATION = {";": 0x33, ",": 0x36, ".": 0x37, "/": 0x38}

_LETTERS = {
    "de": _QWERTZ,
    "ch": _QWERTZ,
    "cz": _QWERTZ,
    "sk": _QWERTZ,
    "hu": _QWERTZ,
    "fr": _AZERTY,
    "be": _AZERTY,
    "dvorak": _DVORAK,
}
_SHIFTED_ROW = ("fr", "be", "cz", "sk")

DIGITS = ("keypad", "row")
LAYOUTS = ("us", "uk", "de", "ch", "fr", "be", "cz", "sk", "hu", "jp", "dvorak")


def keys(text, layout="us", digits="keypad", caps=False):
    """The keys that type `text`, one after the other.

    Args:
        text: digits, capital letters A to Z, "\\n" for Enter, "\\t" for Tab.
        layout: the host's layout, one of LAYOUTS.
        digits: which keys type digits, one of DIGITS.
        caps: whether Caps Lock is on; letters are then typed without Shift.

    Returns:
        A list of (modifier, usage), both whole numbers from 0 to 255.

    Raises:
        ValueError: no such layout, no such way of typing digits, or a character that is not a code's.
            A wrong character is named by its place, not by itself: the text is a code.
    """
    if layout not in LAYOUTS:
        raise ValueError("unknown layout: " + str(layout))
    if digits not in DIGITS:
        raise ValueError("unknown way of typing digits: " + str(digits))
    pressed = []
    for place, c in enumerate(text):
        key = _key(c, layout, digits, caps)
        if key is None:
            raise ValueError("no key for the character at place %d" % (place + 1))
        pressed.append(key)
    return pressed


def _key(c, layout, digits, caps):
    if c == "\n":
        return (0, ENTER)
    if c == "\t":
        return (0, TAB)
    if "0" <= c <= "9":
        return (0, _digit(c, _KEYPAD_1)) if digits == "keypad" else _row(c, layout)
    if "A" <= c <= "Z":
        return (0 if caps else SHIFT, _letter(c, layout))
    return None


def _digit(c, base):
    """Usage of a digit where 1 to 9 and then 0 follow one another, from the usage of 1."""
    return base + (ord(c) - ord("1")) % 10


def _row(c, layout):
    if layout == "hu" and c == "0":
        return (0, _HUNGARIAN_0)
    return (SHIFT if layout in _SHIFTED_ROW else 0, _digit(c, _ROW_1))


def _letter(c, layout):
    label = _LETTERS.get(layout, _QWERTY)[ord(c) - ord("A")]
    return _PUNCTUATION[label] if label in _PUNCTUATION else _A + ord(label) - ord("A")

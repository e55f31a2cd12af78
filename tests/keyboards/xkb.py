"""A host's view of a keyboard: HID boot reports in, the text that a desktop's layout makes of them out.

The layout tables are those of xkb-data, read by libxkbcommon (the library under every Wayland desktop). From
report to key event the rules are those of Linux's HID input driver. Not modelled: key repeat, compose
sequences (a dead key types nothing), and what Windows or macOS would do.
"""

from __future__ import annotations

import ctypes
import functools
from collections.abc import Iterable
from typing import Any

from keyboards.evdev import KEYS, MODIFIERS, OFFSET

NUM_LOCK = 0x01
CAPS_LOCK = 0x02
ERROR_ROLL_OVER = 0x01


class Host:
    """A desktop with one layout, one keyboard and its lock states.

    Args:
        layout, variant: xkb names, such as "fr" and "" or "us" and "dvorak".
        num_lock, caps_lock: the locks before the first report.

    Attributes:
        text: everything typed so far; Enter is "\\n", Tab is "\\t".
        symbols: the keysym name of every key pressed so far, for explaining a surprise ("KP_Home").
        events: (Linux key code, down, text it typed) of every key that went down or up.
    """

    def __init__(
        self, layout: str, variant: str = "", *, num_lock: bool = False, caps_lock: bool = False
    ) -> None:
        self.text = ""
        self.symbols: list[str] = []
        self.events: list[tuple[int, bool, str]] = []
        self._report = bytes(8)
        self._xkb = _library()
        self._context = self._xkb.xkb_context_new(0)
        self._keymap = self._compile(layout, variant)
        self._state = self._xkb.xkb_state_new(self._keymap)
        locked = self._mask("Mod2") * num_lock | self._mask("Lock") * caps_lock
        self._xkb.xkb_state_update_mask(self._state, 0, 0, locked, 0, 0, 0)

    def feed(self, reports: Iterable[bytes]) -> str:
        """Takes 8-byte boot keyboard reports in order; returns the text that these reports typed."""
        before = len(self.text)
        for report in reports:
            self._take(bytes(report))
        return self.text[before:]

    @property
    def leds(self) -> int:
        """The output report this host sends: bit 0 Num Lock, bit 1 Caps Lock."""
        return NUM_LOCK * self._lit(b"Num Lock") | CAPS_LOCK * self._lit(b"Caps Lock")

    @property
    def released(self) -> bool:
        """Whether no key and no modifier is down."""
        return not any(self._report)

    def _take(self, report: bytes) -> None:
        if len(report) != 8:
            raise ValueError(f"a boot keyboard report has 8 bytes, not {len(report)}")
        if ERROR_ROLL_OVER in report[2:]:
            return
        old, self._report = self._report, report
        for bit, code in enumerate(MODIFIERS):
            if (old[0] ^ report[0]) >> bit & 1:
                self.key(code, bool(report[0] >> bit & 1))
        # Linux goes through the six places in order: what left a place is released, what came is pressed.
        for was, now in zip(old[2:], report[2:], strict=True):
            if was and was not in report[2:]:
                self.key(KEYS[was], False)
            if now and now not in old[2:]:
                self.key(KEYS[now], True)

    def key(self, code: int, down: bool) -> None:
        """A key goes down or up, by its Linux code: what an input device tells."""
        key, before = code + OFFSET, len(self.text)
        if down:
            self._print(key)
        self.events.append((code, down, self.text[before:]))
        self._xkb.xkb_state_update_key(self._state, key, int(down))

    def _print(self, key: int) -> None:
        buffer = ctypes.create_string_buffer(64)
        self._xkb.xkb_state_key_get_utf8(self._state, key, buffer, len(buffer))
        self.text += buffer.value.decode().replace("\r", "\n")
        symbol = self._xkb.xkb_state_key_get_one_sym(self._state, key)
        self._xkb.xkb_keysym_get_name(symbol, buffer, len(buffer))
        self.symbols.append(buffer.value.decode())

    def _compile(self, layout: str, variant: str) -> int:
        names = _RuleNames(b"evdev", b"pc105", layout.encode(), variant.encode(), b"")
        keymap = self._xkb.xkb_keymap_new_from_names(self._context, ctypes.byref(names), 0)
        if not keymap:
            raise ValueError(f"xkb-data has no layout {layout!r} with variant {variant!r}")
        return int(keymap)

    def _mask(self, modifier: str) -> int:
        return 1 << int(self._xkb.xkb_keymap_mod_get_index(self._keymap, modifier.encode()))

    def _lit(self, name: bytes) -> bool:
        return bool(self._xkb.xkb_state_led_name_is_active(self._state, name) == 1)

    def __del__(self) -> None:
        for release in ("state", "keymap", "context"):
            if pointer := getattr(self, f"_{release}", None):
                getattr(self._xkb, f"xkb_{release}_unref")(pointer)


class _RuleNames(ctypes.Structure):
    """struct xkb_rule_names."""

    _fields_ = [(name, ctypes.c_char_p) for name in ("rules", "model", "layout", "variant", "options")]


@functools.cache
def _library() -> Any:
    try:
        library = ctypes.CDLL("libxkbcommon.so.0")
    except OSError as error:
        raise RuntimeError("libxkbcommon is not installed: run tools/system-packages keyboards") from error
    pointer, text, number = ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32
    signatures = {
        "xkb_context_new": (pointer, [ctypes.c_int]),
        "xkb_keymap_new_from_names": (pointer, [pointer, ctypes.POINTER(_RuleNames), ctypes.c_int]),
        "xkb_keymap_mod_get_index": (number, [pointer, text]),
        "xkb_state_new": (pointer, [pointer]),
        "xkb_state_update_key": (ctypes.c_int, [pointer, number, ctypes.c_int]),
        "xkb_state_update_mask": (ctypes.c_int, [pointer] + [number] * 6),
        "xkb_state_key_get_utf8": (ctypes.c_int, [pointer, number, text, ctypes.c_size_t]),
        "xkb_state_key_get_one_sym": (number, [pointer, number]),
        "xkb_keysym_get_name": (ctypes.c_int, [number, text, ctypes.c_size_t]),
        "xkb_state_led_name_is_active": (ctypes.c_int, [pointer, text]),
        "xkb_state_unref": (None, [pointer]),
        "xkb_keymap_unref": (None, [pointer]),
        "xkb_context_unref": (None, [pointer]),
    }
    for name, (result, arguments) in signatures.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library

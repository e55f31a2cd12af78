"""A token's settings: their meanings and allowed values (docs/protocol.md, Settings).

The token checks values itself. This table is for help texts and for refusing a value before a press is
needed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ticktap.errors import BadInput

Value = str | int


@dataclass(frozen=True)
class Setting:
    """One setting.

    Args:
        values: the allowed words, or the lowest and the highest number.
        also: one allowed number outside that range.
    """

    name: str
    default: Value
    values: tuple[str, ...] | tuple[int, int]
    unit: str
    meaning: str
    also: int | None = None

    @property
    def range(self) -> str:
        """The values as text: `3 to 20, or 0`, `hold or off`."""
        if isinstance(self.values[0], str):
            words = [str(each) for each in self.values]
            return f"{', '.join(words[:-1])} or {words[-1]}"
        low, high = self.values
        unit = f" {self.unit}" if self.unit else ""
        return f"{low} to {high}{unit}" + ("" if self.also is None else f", or {self.also}")

    def check(self, value: Value) -> None:
        """Raises BadInput for a value that is not allowed."""
        if isinstance(self.values[0], str):
            good = value in self.values
        else:
            low, high = int(self.values[0]), int(self.values[1])
            good = type(value) is int and (low <= value <= high or value == self.also)
        if not good:
            raise BadInput(f"{self.name} cannot be {value!r}", f"Allowed: {self.range}. {self.meaning}")


_LAYOUTS = ("us", "uk", "de", "ch", "fr", "be", "cz", "sk", "hu", "jp", "dvorak")

SETTINGS = {
    each.name: each
    for each in (
        Setting(
            "digits",
            "auto",
            ("auto", "keypad", "switch", "row"),
            "",
            "Which keys type digits. auto: the keypad where Num Lock is on or can safely be switched on, "
            "else the "
            "number row. keypad: always the keypad. switch: the keypad, with Num Lock switched on for it. "
            "row: "
            "always the number row.",
        ),
        Setting(
            "layout",
            "us",
            _LAYOUTS,
            "",
            "The computer's keyboard layout, for letters and for digits on the number row.",
        ),
        Setting(
            "inter_key_ms",
            0,
            (0, 200),
            "ms",
            "Pause after each key. Longer for remote desktops that lose digits.",
        ),
        Setting("start_delay_ms", 0, (0, 5000), "ms", "Delay before the first key."),
        Setting(
            "min_remaining_s",
            2,
            (0, 30),
            "s",
            "The least time for which a code must still be valid. With less time left the token waits for "
            "the next code.",
        ),
        Setting("debounce_ms", 30, (5, 200), "ms", "A press shorter than this is ignored."),
        Setting("long_press_ms", 800, (300, 5000), "ms", "A press of this length or longer is a hold."),
        Setting(
            "menu_timeout_ms",
            4000,
            (1000, 30000),
            "ms",
            "The account menu closes after this long without a press.",
        ),
        Setting("menu", "hold", ("hold", "off"), "", "Whether a hold opens the account menu."),
        Setting(
            "max_pin_failures",
            8,
            (3, 20),
            "",
            "After this many wrong PINs in a row the token erases its accounts. 0: never.",
            also=0,
        ),
        Setting(
            "sync_days",
            0,
            (0, 3650),
            "days",
            "When the last sync of the clock is older, the LED shows it. 0: never.",
        ),
    )
}


def help_text() -> str:
    """Formats every setting with its values, default and meaning for `--help`."""
    from textwrap import fill

    parts = []
    for each in SETTINGS.values():
        parts.append(f"{each.name}: {each.range}; default {each.default}")
        parts.append(fill(each.meaning, 74, initial_indent="    ", subsequent_indent="    "))
    return "\n".join(parts)

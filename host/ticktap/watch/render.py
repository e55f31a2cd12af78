"""Renders the live view as lines of text, from state, size and time. No terminal, no I/O.

It makes all text from tokens and users safe to print, and no row is wider than the terminal.
"""

from __future__ import annotations

from dataclasses import dataclass

from ticktap.device.jsonrpc import clock_remedy
from ticktap.watch.state import AccountRow, Shown, View
from ticktap.watch.text_width import cut, fill, safe, width, wrap
from ticktap.wording import ago

FULL, EMPTY, RULE = "█", "░", "─"
ASCII = {ord(FULL): "#", ord(EMPTY): ".", ord(RULE): "-", ord("…"): "~"}  # for old terminals
BAR = 40  # cells at most
LEAST_LIST = 3  # rows reserved for the accounts
_TAG = 10  # cells for the state of an account
_NAMES = 12  # cells for a line's title
_NARROW = 30  # cells; a narrower view shows no state

_LAST = {
    "none": "none since it was plugged in",
    "typed": "typed a code",
    "waiting": "waits for the next time step, then types",
    "no-account": "typed nothing: there is no account",
    "clock": "typed nothing: the clock is not to be trusted",
    "no-host": "typed nothing: its computer is asleep, or not there",
    "host-stopped": "broken off: its computer stopped reading",
    "store": "typed nothing: its memory refused",
    "locked": "typed nothing: the token is locked",
}
# Three cells by five, a bit for each cell.
_DIGITS = {
    "0": (7, 5, 5, 5, 7),
    "1": (2, 6, 2, 2, 7),
    "2": (7, 1, 7, 4, 7),
    "3": (7, 1, 7, 1, 7),
    "4": (5, 5, 7, 1, 1),
    "5": (7, 4, 7, 1, 7),
    "6": (7, 4, 7, 5, 7),
    "7": (7, 1, 2, 2, 2),
    "8": (7, 5, 7, 5, 7),
    "9": (7, 5, 7, 1, 7),
}


@dataclass(frozen=True)
class ScreenLine:
    """A line of the screen; `strong` ones are emphasised."""

    text: str
    strong: bool = False


def picture(view: View, size: tuple[int, int], now: float, unix: float) -> list[ScreenLine]:
    """Renders at most `size` (columns, rows). `now` is View's time, `unix` this computer's.

    On a small terminal what matters most stays: what is asked of the person or the code, then the account
    chosen, then the rest.
    """
    columns, rows = size
    if columns < 1 or rows < 1:
        return []
    panel = _panel(view, columns, rows, now, unix)[:rows]
    room = rows - len(panel)
    entries = view.entries
    least = min(room, len(entries), LEAST_LIST)
    keys = [ScreenLine(_keys(view))] if room > least + 1 else []
    top = _top(view, columns, unix)[: max(0, room - least - len(keys))]
    free = room - len(top) - len(keys)
    listed = _list(view, entries, free - 2 if free > LEAST_LIST + 2 else free, columns)
    blank = [ScreenLine("")] * (room - len(top) - len(listed) - len(keys))
    # A blank row each, while there are some, above the accounts and above the panel; the others go below it.
    above, between, below = blank[:1], blank[1:2], blank[2:]
    all_rows = [*top, *above, *listed, *between, *panel, *below, *keys]
    return [ScreenLine(cut(safe(row.text), columns), row.strong) for row in all_rows]


def large(code: str) -> list[str]:
    """Renders the code as five rows of blocks; nothing for other characters than digits."""
    if not code or any(char not in _DIGITS for char in code):
        return []
    half = len(code) // 2 if len(code) % 2 == 0 else 0

    def line(at: int) -> str:
        drawn = [
            "".join(FULL * 2 if _DIGITS[char][at] >> bit & 1 else "  " for bit in (2, 1, 0)) for char in code
        ]
        if half:
            drawn.insert(half, "")
        return "  ".join(drawn)

    return [line(at) for at in range(5)]


def bar(share: float, cells: int) -> str:
    """Renders a bar of `cells` cells, `share` (0 to 1) of them full."""
    full = round(max(0.0, min(1.0, share)) * cells)
    return FULL * full + EMPTY * (cells - full)


# --- above the accounts


def _top(view: View, columns: int, unix: float) -> list[ScreenLine]:
    """The most important first, as the last are left out where there is no room."""
    title = "  ".join(each for each in ("ticktap", view.name, view.serial) if each)
    rows = [ScreenLine(title, True)]
    if not view.plugged:
        return rows
    said = [
        ("clock", _clock(view, unix), view.clock != "ok"),
        *(("note", each, True) for each in view.warnings),
    ]
    said += [("token", _access(view), False), ("last press", _LAST.get(view.last, view.last), False)]
    for name, text, strong in said:
        rows += _say(f"{name:{_NAMES}}{text}", columns, strong, _NAMES)
    return rows


def _clock(view: View, unix: float) -> str:
    if view.clock != "ok":
        return f"not to be trusted ({view.clock}): {clock_remedy(view.clock)}"
    words = ["running"]
    if view.offset is not None:
        off, doubt = _span(view.offset.seconds, "+"), _span(view.offset.uncertainty)
        words = [f"{off} from this computer's, give or take {doubt}"]
    words.append("never synced from here" if view.synced is None else f"synced {ago(unix - view.synced)}")
    return ", ".join(words)


def _span(seconds: float, sign: str = "") -> str:
    return f"{round(seconds * 1000):{sign}d} ms" if abs(seconds) < 1 else f"{seconds:{sign}.1f} s"


def _access(view: View) -> str:
    words = ["has an owner" if view.claimed else "no owner"]
    words.append("locked" if view.locked else "unlocked" if view.pin else "no PIN")
    return ", ".join(words + ["maintenance mode: gives no codes"] * view.maintenance)


# --- the accounts


def _list(view: View, entries: list[AccountRow], rows: int, columns: int) -> list[ScreenLine]:
    """Renders as many entries as fit, including the chosen one."""
    chosen = view.entry
    if chosen is None or rows < 1:
        return []
    at = entries.index(chosen)
    first = max(0, min(at - rows // 2, len(entries) - rows))
    return [_entry(each, each.id == chosen.id, columns) for each in entries[first : first + rows]]


def _entry(entry: AccountRow, chosen: bool, columns: int) -> ScreenLine:
    mark, label = "> " if chosen else "  ", safe(entry.label)
    said = "damaged" if entry.damaged else "default" if entry.default else ""
    if said and columns >= _NARROW:
        label = fill(label, min(width(label), columns - 2 - _TAG)) + f"  {said}"
    return ScreenLine(mark + label, chosen)


# --- what is asked of the person, or the code


def _panel(view: View, columns: int, rows: int, now: float, unix: float) -> list[ScreenLine]:
    if not view.plugged:
        return _say("The token is unplugged. Plug it in to continue.", columns, True) + _message(
            view, columns
        )
    if view.locked:
        how = "The token is locked: press u for its PIN, or leave and run 'ticktap unlock'."
        return _say(how, columns, True) + _message(view, columns)
    if view.shown:
        return _code(view.shown, columns, rows, now)
    if view.wanted:
        left = max(0, round(view.wanted.until - now))
        asked = f"Press the button on the token for the code of {view.wanted.label} ({left} s)."
        return _say(asked, columns, True) + _step(view, columns, unix)
    return [*_step(view, columns, unix), *_say(_owner(view), columns), *_message(view, columns)]


def _code(shown: Shown, columns: int, rows: int, now: float) -> list[ScreenLine]:
    left = max(0.0, shown.until - now)
    share = left / shown.whole if shown.whole else 0.0
    panel = [
        ScreenLine(f"{shown.code}  {shown.label}", True),
        ScreenLine(f"{bar(share, min(BAR, columns // 2))} gone in {_whole(left)} s"),
    ]
    drawn = large(shown.code)
    fits = drawn and max(map(len, drawn)) <= columns and len(drawn) + 1 + len(panel) + LEAST_LIST + 2 <= rows
    return [*(ScreenLine(each) for each in drawn), ScreenLine(""), *panel] if fits else panel


def _step(view: View, columns: int, unix: float) -> list[ScreenLine]:
    entry = view.entry
    left = view.left(entry, unix) if entry else None
    if entry is None or left is None:
        return []
    return [
        ScreenLine(f"{bar(left / entry.period, min(BAR, columns // 2))} {_whole(left)} s left in this step")
    ]


def _whole(seconds: float) -> int:
    """Rounds up to whole seconds: 1 is the last one."""
    return int(-(-seconds // 1))


def _owner(view: View) -> str:
    if view.accounts is None:
        pin = ", or u for its PIN" if view.pin else ""
        return f"The token shows its accounts to its owner only: --owner FILE{pin}."
    return "" if view.entries else "No accounts. Leave, and add one with 'ticktap account add'."


def _message(view: View, columns: int) -> list[ScreenLine]:
    return _say(view.message, columns)


def _say(text: str, columns: int, strong: bool = False, indent: int = 0) -> list[ScreenLine]:
    return [ScreenLine(line, strong) for line in wrap(safe(text), columns, indent)] if text else []


def _keys(view: View) -> str:
    words = []
    if view.shown or view.wanted:
        words.append("Esc cancels it" if view.wanted else "Esc removes it")
    elif view.entries:
        words += ["up/down choose", "Enter requests its code"]
    if view.plugged and view.pin and (view.locked or view.accounts is None):
        words.append("u PIN")
    return "   ".join([*words, "q leaves"])

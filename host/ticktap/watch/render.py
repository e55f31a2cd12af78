"""Renders the live view as rows for `rich`, from state, size and time. No terminal, no I/O.

All text from tokens and users is made safe to print. The caller crops rows to the width of the terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ticktap.device.jsonrpc import clock_remedy
from ticktap.watch.state import AccountRow, Shown, View
from ticktap.wording import ago, printable

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text

FULL, ASCII_FULL = "█", "#"  # the second for old terminals
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
    "clock": "typed nothing: the clock is not trusted",
    "no-host": "typed nothing: its computer is asleep or not connected",
    "host-stopped": "interrupted: its computer stopped accepting keys",
    "store": "typed nothing: its memory failed",
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


def picture(view: View, console: Console, now: float, unix: float) -> list[RenderableType]:
    """Renders at most as many rows as the console has. `now` is View's time, `unix` this computer's.

    On a small terminal the most important rows remain: the request to the user or the code, then the chosen
    account, then the others.
    """
    rows = console.height
    panel = _panel(view, console, now, unix)[:rows]
    room = rows - len(panel)
    entries = view.entries
    least = min(room, len(entries), LEAST_LIST)
    keys = [_line(_keys(view), console)] if room > least + 1 else []
    top = _top(view, console, unix)[: max(0, room - least - len(keys))]
    free = room - len(top) - len(keys)
    listed = _list(view, entries, free - 2 if free > LEAST_LIST + 2 else free, console)
    blank = [_line("", console)] * (room - len(top) - len(listed) - len(keys))
    # If there is room, one blank row is above the accounts and one above the panel; the others are below it.
    above, between, below = blank[:1], blank[1:2], blank[2:]
    return [*top, *above, *listed, *between, *panel, *below, *keys]


def large(code: str, full: str = FULL) -> list[str]:
    """Renders the code as five rows of blocks; nothing for other characters than digits."""
    if not code or any(char not in _DIGITS for char in code):
        return []
    half = len(code) // 2 if len(code) % 2 == 0 else 0

    def line(at: int) -> str:
        drawn = [
            "".join(full * 2 if _DIGITS[char][at] >> bit & 1 else "  " for bit in (2, 1, 0)) for char in code
        ]
        if half:
            drawn.insert(half, "")
        return "  ".join(drawn)

    return [line(at) for at in range(5)]


def _line(text: str, console: Console, strong: bool = False) -> Text:
    """Makes one row; an ellipsis marks a cut."""
    from rich.text import Text

    return Text(
        printable(text),
        "bold" if strong else "",
        no_wrap=True,
        overflow="crop" if console.options.ascii_only else "ellipsis",
    )


def _bar(share: float, text: str, console: Console) -> RenderableType:
    """Makes one row: a bar, `share` (0 to 1) of it full, and a text."""
    from rich.progress_bar import ProgressBar
    from rich.table import Table

    row = Table.grid(padding=(0, 1))
    bar = ProgressBar(
        total=1.0,
        completed=max(0.0, share),
        width=max(1, min(BAR, console.width // 2)),
        style="bright_black",
        complete_style="green",
        finished_style="green",
    )
    row.add_row(bar, _line(text, console))
    return row


# --- above the accounts


def _top(view: View, console: Console, unix: float) -> list[RenderableType]:
    """The most important first, because the last ones are left out if there is no room."""
    title = "  ".join(each for each in ("ticktap", view.name, view.serial) if each)
    rows: list[RenderableType] = [_line(title, console, True)]
    if not view.plugged:
        return rows
    said = [
        ("clock", _clock(view, unix), view.clock != "ok"),
        *(("note", each, True) for each in view.warnings),
    ]
    said += [("token", _access(view), False), ("last press", _LAST.get(view.last, view.last), False)]
    for name, text, strong in said:
        rows += _wrapped(text, console, strong, f"{name:{_NAMES}}")
    return rows


def _clock(view: View, unix: float) -> str:
    if view.clock != "ok":
        return f"not trusted ({view.clock}): {clock_remedy(view.clock)}"
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


def _list(view: View, entries: list[AccountRow], rows: int, console: Console) -> list[RenderableType]:
    """Renders as many entries as fit, including the chosen one."""
    chosen = view.entry
    if chosen is None or rows < 1:
        return []
    at = entries.index(chosen)
    first = max(0, min(at - rows // 2, len(entries) - rows))
    return [_entry(each, each.id == chosen.id, console) for each in entries[first : first + rows]]


def _entry(entry: AccountRow, chosen: bool, console: Console) -> Text:
    row = _line(entry.label, console, chosen)
    said = "damaged" if entry.damaged else "default" if entry.default else ""
    if said and console.width >= _NARROW:
        row.truncate(console.width - 2 - _TAG)
        row.append(f"  {said}")
    return _line("> " if chosen else "  ", console, chosen).append_text(row)


# --- the request to the user, or the code


def _panel(view: View, console: Console, now: float, unix: float) -> list[RenderableType]:
    message = _wrapped(view.message, console)
    if not view.plugged:
        return _wrapped("The token is unplugged. Plug it in to continue.", console, True) + message
    if view.locked:
        how = "The token is locked: press u for its PIN, or leave and run 'ticktap unlock'."
        return _wrapped(how, console, True) + message
    if view.shown:
        return _code(view.shown, console, now)
    if view.wanted:
        left = max(0, round(view.wanted.until - now))
        asked = f"Press the button on the token for the code of {view.wanted.label} ({left} s)."
        return _wrapped(asked, console, True) + _step(view, console, unix)
    return [*_step(view, console, unix), *_wrapped(_owner(view), console), *message]


def _code(shown: Shown, console: Console, now: float) -> list[RenderableType]:
    left = max(0.0, shown.until - now)
    share = left / shown.whole if shown.whole else 0.0
    panel: list[RenderableType] = [
        _line(f"{shown.code}  {shown.label}", console, True),
        _bar(share, f"expires in {_whole(left)} s", console),
    ]
    drawn = large(shown.code, ASCII_FULL if console.options.ascii_only else FULL)
    high = len(drawn) + 1 + len(panel) + LEAST_LIST + 2
    if not drawn or max(map(len, drawn)) > console.width or high > console.height:
        return panel
    return [*(_line(each, console) for each in (*drawn, "")), *panel]


def _step(view: View, console: Console, unix: float) -> list[RenderableType]:
    entry = view.entry
    left = view.left(entry, unix) if entry else None
    if entry is None or left is None:
        return []
    return [_bar(left / entry.period, f"{_whole(left)} s left in this step", console)]


def _whole(seconds: float) -> int:
    """Rounds up to whole seconds: 1 is the last one."""
    return int(-(-seconds // 1))


def _owner(view: View) -> str:
    if view.accounts is None:
        pin = ", or u for its PIN" if view.pin else ""
        return f"The token shows its accounts to its owner only: --owner FILE{pin}."
    return "" if view.entries else "No accounts. Leave, and add one with 'ticktap account add'."


def _wrapped(text: str, console: Console, strong: bool = False, title: str = "") -> list[RenderableType]:
    """Wraps text to rows, after `title`; nothing for no text."""
    from rich.text import Text

    if not text:
        return []
    wrapped = Text(printable(text)).wrap(console, max(1, console.width - len(title)))
    indents = [title] + [" " * len(title)] * (len(wrapped) - 1)
    return [_line(indent + row.plain, console, strong) for indent, row in zip(indents, wrapped, strict=True)]


def _keys(view: View) -> str:
    words = []
    if view.shown or view.wanted:
        words.append("Esc cancels it" if view.wanted else "Esc removes it")
    elif view.entries:
        words += ["up/down choose", "Enter requests its code"]
    if view.plugged and view.pin and (view.locked or view.accounts is None):
        words.append("u PIN")
    return "   ".join([*words, "q leaves"])

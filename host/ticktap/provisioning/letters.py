"""Printed pages for a token, in HTML: its label, and the letter with a generated PIN."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from ticktap.errors import BadInput
from ticktap.provisioning.manifest import ManifestRow

LONGEST_LINE = 200  # characters
_STYLE = """
@page { size: A4; margin: 12mm; }
body { font: 10pt/1.35 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #000; background: #fff; }
ol { list-style: none; margin: 0; padding: 0; display: grid; grid-template-columns: repeat(3, 1fr); }
li { break-inside: avoid; border: 0.2mm dashed #999; padding: 3mm; }
h1 { font-size: 15pt; }
h2 { font-size: 13pt; margin: 0; overflow-wrap: anywhere; }
p { margin: 0 0 3mm; max-width: 160mm; }
li p { margin: 0; overflow-wrap: anywhere; }
.serial { font-size: 8pt; color: #333; }
.pin { font: 18pt ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
"""


@dataclass(frozen=True, slots=True)
class Support:
    """The contacts for help in a letter; empty: the person who gave them the token.

    Args:
        contact: the contact for help, in one line.
        software: where to get ticktap, in a sentence.
    """

    contact: str = ""
    software: str = ""


def checked_line(text: str) -> str:
    """Checks and strips a line for a letter.

    Raises:
        BadInput: it is longer than a line.
    """
    line = text.strip()
    if len(line) > LONGEST_LINE or not line.isprintable():
        raise BadInput(
            "this is not one line of text", f"Give at most {LONGEST_LINE} characters, without line breaks."
        )
    return line


def labels(tokens: Sequence[tuple[ManifestRow, str]]) -> str:
    """Makes a page of labels from rows and their tokens' serial numbers. It contains no secret."""
    entries = "\n".join(
        f"<li><h2>{_safe(row.label)}</h2><p>{_safe(row.user)}</p>"
        f'<p class="serial">{_safe(row.account_label)}<br>{_safe(serial)}</p></li>'
        for row, serial in tokens
    )
    return _page("Labels", f"<ol>\n{entries}\n</ol>")


def pin_letter(row: ManifestRow, serial: str, pin: str, support: Support) -> str:
    """Makes the letter with a token's PIN and what its user needs to begin."""
    software = _safe(support.software) or f"You get it from {_contact(support)}."
    return _page(
        f"PIN of {row.label}",
        f"""<h1>Your token {_safe(row.label)}</h1>
<p>For {_safe(row.user)}; its serial number is {_safe(serial)}.</p>
<p><strong>Once:</strong> your computer needs the command <code>ticktap</code>. {software}</p>
<p><strong>Each time you plug the token in, it is locked</strong> and types nothing. Open a terminal, type
<code>ticktap unlock</code>, and then this PIN:</p>
<p class="pin">{_safe(pin)}</p>
<p>It stays unlocked until you unplug it. Put the cursor where a code belongs, and press the button.</p>
<p>The PIN is written only in this letter: keep it apart from the token. <code>ticktap pin
change</code> replaces the PIN with one of your own. After three wrong PINs the token must be plugged in again
before it accepts another. Too many in a row erase it.</p>
<p><strong>Questions, or the token is lost?</strong> Ask {_contact(support)}. Report a loss at once.</p>""",
    )


def _contact(support: Support) -> str:
    return _safe(support.contact) or "the person who gave you the token"


def file_name(row: ManifestRow) -> str:
    """Makes the first part of this row's file names, valid on any system."""
    return "".join(each if each.isalnum() or each in "@._- " else "_" for each in f"{row.label} {row.user}")


def _page(title: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{_safe(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
{body}
</body>
</html>
"""


def _safe(text: str) -> str:
    return html.escape(text)

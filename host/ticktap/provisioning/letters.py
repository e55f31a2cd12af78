"""Printed pages for a token, in HTML: its label, and the letter with a generated PIN."""

from __future__ import annotations

import html
from collections.abc import Sequence

from ticktap.provisioning.manifest import ManifestRow

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


def labels(tokens: Sequence[tuple[ManifestRow, str]]) -> str:
    """Makes a page of labels from rows and their tokens' serial numbers. It contains no secret."""
    entries = "\n".join(
        f"<li><h2>{_safe(row.label)}</h2><p>{_safe(row.user)}</p>"
        f'<p class="serial">{_safe(row.account_label)}<br>{_safe(serial)}</p></li>'
        for row, serial in tokens
    )
    return _page("Labels", f"<ol>\n{entries}\n</ol>")


def pin_letter(row: ManifestRow, serial: str, pin: str) -> str:
    """Makes the letter with a token's PIN."""
    return _page(
        f"PIN of {row.label}",
        f"""<h1>Your token {_safe(row.label)}</h1>
<p>For {_safe(row.user)}; its serial number is {_safe(serial)}.</p>
<p>Whenever it was plugged in, the token asks for this PIN. Type <code>ticktap unlock</code>, and then:</p>
<p class="pin">{_safe(pin)}</p>
<p>This letter is the only place where it stands. <code>ticktap pin change</code> replaces it by one of your
own. Too many wrong ones in a row erase the token.</p>""",
    )


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

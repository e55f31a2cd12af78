"""Recovery sheets: an HTML page to print, with the QR code and the secret of every account.

It needs nothing from elsewhere: no script, no font, no picture but the codes, which are SVG in the page. What
stands in it is all that other apps need to take the account over.
"""

from __future__ import annotations

import html
import io
from collections.abc import Sequence

from ticktap.formats import base32, otpauth
from ticktap.otp.account import Account

_STYLE = """
@page { size: A4; margin: 14mm 12mm; }
body { font: 10pt/1.35 system-ui, "Segoe UI", Helvetica, Arial, sans-serif; color: #000;
       background: #fff; margin: 0 auto; max-width: 186mm; }
h1 { font-size: 15pt; margin: 0 0 2mm; }
p { margin: 0 0 2mm; max-width: 160mm; }
ol { list-style: none; margin: 5mm 0 0; padding: 0; display: grid;
     grid-template-columns: 1fr 1fr; gap: 4mm 6mm; }
li { break-inside: avoid; border: 0.3mm solid #999; border-radius: 2mm; padding: 3mm;
     display: flex; gap: 3mm; }
li svg { width: 34mm; height: 34mm; flex: none; }
h2 { font-size: 10.5pt; margin: 0; overflow-wrap: anywhere; }
.name { overflow-wrap: anywhere; }
.secret { font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; font-size: 9.5pt;
          margin: 1.5mm 0; overflow-wrap: anywhere; }
.how { font-size: 8.5pt; color: #333; }
footer { margin-top: 5mm; font-size: 8.5pt; color: #333; }
@media screen { body { padding: 8mm; } }
"""
_GROUP = 4  # letters of a secret per group


def page(accounts: Sequence[Account], made: str, of: str = "a ticktap backup") -> str:
    """Makes the sheet as HTML; `of` and `made` are its source and time. It contains every secret."""
    entries = "\n".join(_entry(each) for each in accounts)
    plural = "account" if len(accounts) == 1 else "accounts"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Recovery sheet</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Recovery sheet: {len(accounts)} {plural}</h1>
<p><strong>Whoever has this sheet can sign in with your codes.</strong> Keep it like a passport; delete the
file once it is printed.</p>
<p>To use it, scan a code with any authenticator app, or give a picture of the sheet to
<code>ticktap account import</code>. Where there is no camera, type the letters; blanks do not matter.</p>
<ol>
{entries}
</ol>
<footer>From {html.escape(of)} made {html.escape(made)}. Counter-based accounts have moved on since: if a code
is refused, make the next one.</footer>
</body>
</html>
"""


def codes_page(user: str, codes: Sequence[str], made: str) -> str:
    """Makes a page to print with a user's backup codes."""
    rows = "\n".join(f'<li><div class="secret">{html.escape(code)}</div></li>' for code in codes)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Backup codes</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Backup codes of {html.escape(user)}</h1>
<p><strong>Whoever has this page can sign in as {html.escape(user)}.</strong> Keep it like a passport; delete
the file once it is printed.</p>
<p>Type one where a code is asked for, when the token is not at hand. Each works once: strike it out. Then
have a token enrolled again, or new codes made.</p>
<ol>
{rows}
</ol>
<footer>Made {html.escape(made)}. Codes made before are not good any more.</footer>
</body>
</html>
"""


def _entry(account: Account) -> str:
    title = html.escape(account.issuer or account.name or "(unnamed)")
    name = html.escape(account.name if account.issuer else "")
    return f"""<li>{qr_svg(otpauth.format(account))}<div>
<h2>{title}</h2>
<div class="name">{name}</div>
<div class="secret">{spaced(base32.encode(account.secret))}</div>
<div class="how">{html.escape(how(account))}</div>
</div></li>"""


def spaced(secret: str) -> str:
    """Splits letters into groups, for easier copying."""
    return " ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP))


def how(account: Account) -> str:
    """Describes the parameters."""
    if account.type == "steam":
        return "Steam, 5 characters, every 30 s"
    moving = f"counter {account.counter}" if account.type == "hotp" else f"every {account.period} s"
    return f"{account.type.upper()}, {account.digits} digits, {moving}, {account.algorithm}"


def qr_svg(text: str) -> str:
    """Makes a QR code as an SVG element."""
    import segno

    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, nl=False, border=2, omitsize=True)
    return out.getvalue().decode()

"""Recovery sheets: a page to print, with the QR code and the secret of every account; and of backup codes.

They contain all that other apps need to take the accounts over.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ticktap import printed
from ticktap.formats import base32, otpauth
from ticktap.otp.account import Account

if TYPE_CHECKING:
    from markupsafe import Markup

_GROUP = 4  # letters of a secret per group


def page(accounts: Sequence[Account], made: str, of: str = "a ticktap backup") -> str:
    """Makes the sheet as HTML; `of` and `made` are its source and time. It contains every secret."""
    entries = [_entry(each) for each in accounts]
    return printed.page("recovery_sheet.html", accounts=entries, made=made, source=of)


def codes_page(user: str, codes: Sequence[str], made: str) -> str:
    """Makes a page to print with a user's backup codes."""
    return printed.page("backup_codes.html", user=user, codes=codes, made=made)


def _entry(account: Account) -> dict[str, Any]:
    return {
        "title": account.issuer or account.name or "(unnamed)",
        "name": account.name if account.issuer else "",
        "secret": spaced(base32.encode(account.secret)),
        "parameters": parameters(account),
        "qr": qr_svg(otpauth.format(account)),
    }


def spaced(secret: str) -> str:
    """Splits letters into groups, for easier copying."""
    return " ".join(secret[at : at + _GROUP] for at in range(0, len(secret), _GROUP))


def parameters(account: Account) -> str:
    """Describes type, digits, period or counter, and hash."""
    if account.type == "steam":
        return "Steam, 5 characters, every 30 s"
    moving = f"counter {account.counter}" if account.type == "hotp" else f"every {account.period} s"
    return f"{account.type.upper()}, {account.digits} digits, {moving}, {account.algorithm}"


def qr_svg(text: str) -> Markup:
    """Makes a QR code as an SVG element."""
    import segno
    from markupsafe import Markup

    out = io.BytesIO()
    code = segno.make(text, error="m", micro=False)
    code.save(out, kind="svg", xmldecl=False, svgns=True, nl=False, border=2, omitsize=True)
    return Markup(out.getvalue().decode())

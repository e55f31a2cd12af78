"""Parses and formats key URIs, `otpauth://TYPE/LABEL?PARAMETERS`.

It accepts the URIs of real sites and apps, including their deviations, and writes the strict form. A
parameter that is not understood is named to the person, unless no code can depend on it. There is no RFC: the
usual definition is the "Key Uri Format" page of Google Authenticator. Errors never quote the URI, but for the
one wrong character that base32.decode names.

It is not a general URI parser: `#` is data (sites print it raw in labels, and fragments have no meaning).
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from ticktap.errors import BadInput
from ticktap.formats import base32
from ticktap.formats.result import IGNORED, ignored_sentence, likely_steam
from ticktap.otp.account import STEAM_DIGITS, Account, AccountType, Algorithm, Params

_KNOWN = ("secret", "issuer", "algorithm", "digits", "period", "counter", "encoder")
# Parameters of apps and servers that do not affect codes.
_HARMLESS = frozenset(
    [
        "image",
        "icon",
        "logo",
        "iconurl",
        "color",
        "background",
        "lock",
        "codedisplay",
        "tags",
        "tag",
        "group",
        "groups",
        "uuid",
        "id",
        "pinned",
        "favorite",
        "note",
        "notes",
        "serial",
        "creator",
        "label",
        "name",
        "account",
        "user",
        "username",
        "ttl",
        "tokentype",
        "type",
        "version",
        "v",
    ]
)
_URI = re.compile(r"([a-z][a-z0-9+.-]*)://([^/?]*)(.*)", re.IGNORECASE | re.DOTALL)
_QUERY_START = re.compile(r"\?(?=[a-z_]+=)", re.IGNORECASE)
# A second question mark before a known name is a typing error for `&` (`issuer=Foo?period=30`).
_SEPARATOR = re.compile(rf"&|\?(?=(?:{'|'.join(_KNOWN)})=)", re.IGNORECASE)
_SHOWN = 24  # characters shown of an unknown name
_NUMBER = re.compile(r"[0-9]{1,20}")
_ALGORITHMS: dict[str, Algorithm] = {"SHA1": "SHA1", "SHA256": "SHA256", "SHA512": "SHA512"}
_TYPES: dict[str, AccountType] = {"totp": "totp", "hotp": "hotp", "steam": "steam"}
_OTHER_KINDS = {
    "yaotp": "it is for Yandex's codes, which use a PIN",
    "motp": "it is for mOTP, which uses MD5 and a PIN",
}
_STEAM = "steam"
_PASTE = "Paste the whole text of the QR code; it starts with otpauth://totp/ or otpauth://hotp/."


def parse(text: str) -> Account:
    """Parses a key URI into an account.

    The `issuer` parameter takes precedence over the label's prefix. HOTP without a counter starts at 0, as in
    other apps. `steam://SECRET` is taken too.

    Raises:
        BadInput: not a key URI, a kind that the token cannot do, or a value outside the limits of an account.
    """
    return with_notes(text)[0]


def with_notes(text: str) -> tuple[Account, list[str]]:
    """As `parse`; also returns remarks on what is not understood or uncertain."""
    given = fields(text)
    ignored = given.pop(IGNORED)
    account = Account(**given)
    steam = likely_steam(account)
    return account, [ignored_sentence(each, [account.label]) for each in ignored] + [steam] * bool(steam)


def fields(text: str) -> Params:
    """What a key URI says, as arguments of Account; `parse` is for one URI, this for those who still change
    it. The parameters that are not understood are under IGNORED.

    Raises:
        BadInput: as `parse`, but for limits of an account.
    """
    found = _URI.fullmatch(_unwrapped(text))
    if not found:
        raise BadInput("this is not an otpauth URI", _PASTE)
    if found[1].lower() == _STEAM:
        return _steam(found[2] + found[3])
    kind = _type(found[1].lower(), found[2].lower())
    label, query = _halves(found[3])
    values, ignored = _parameters(query)
    issuer, name = _issuer_and_name(label, values.get("issuer", ""))
    if encoder := values.get("encoder", "").lower():
        if encoder != _STEAM:
            raise BadInput("the token does not support its encoder", "The token supports steam.")
        kind = "steam"
    return Params(
        ignored=ignored,
        issuer=issuer,
        name=name,
        secret=_secret(values),
        type=kind,
        algorithm=algorithm(values.get("algorithm", "")),
        digits=_number(values, "digits", 6),
        period=_number(values, "period", 30),
        counter=_number(values, "counter", 0),
    )


def _steam(rest: str) -> Params:
    """Parses `steam://SECRET`, a Steam Guard key as password managers write it."""
    secret, mark, _ = rest.partition("?")
    if mark or "/" in secret.rstrip("/"):
        raise BadInput("this is not a Steam key", "Give steam://SECRET and nothing else.")
    decoded = base32.decode(_decoded(secret.rstrip("/")))
    return Params(issuer="Steam", name="", secret=decoded, type="steam", ignored=[])


def format(account: Account) -> str:
    """Formats an account as a strict URI with its secret; `parse` restores all but the suffix."""
    label = quote(account.name, safe="@")
    if account.issuer or ":" in account.name:  # a colon in a bare name would be read as the end of an issuer
        label = f"{quote(account.issuer, safe='')}:{label}"
    values: dict[str, str | int] = {"secret": base32.encode(account.secret)}
    if account.issuer:
        values["issuer"] = quote(account.issuer, safe="")
    if account.type != "steam":
        values |= {"algorithm": account.algorithm, "digits": account.digits}
    else:
        values["digits"] = STEAM_DIGITS
    values |= {"counter": account.counter} if account.type == "hotp" else {"period": account.period}
    query = "&".join(f"{key}={value}" for key, value in values.items())
    return f"otpauth://{account.type}/{label}?{query}"


def _unwrapped(text: str) -> str:
    """Removes white space, quotes and HTML escapes that copying adds."""
    text = text.strip().strip("\"'`<>\u201c\u201d").strip()
    return text.replace("&amp;", "&")


def _type(scheme: str, kind: str) -> AccountType:
    """Returns the account type, from the scheme and the host part."""
    if scheme == "otpauth-migration":
        raise BadInput(
            "this is a transfer code of Google Authenticator, which may contain many accounts",
            "Import it with 'ticktap account import', with all codes of the transfer.",
        )
    for name in (scheme, kind):
        if name in _OTHER_KINDS:
            raise BadInput(
                f"{_OTHER_KINDS[name]}; the token does not support them",
                "Ask the site for TOTP.",
            )
    if scheme != "otpauth":
        raise BadInput("this is not an otpauth URI", _PASTE)
    if kind not in _TYPES:
        raise BadInput(
            "the token does not support the type of the otpauth URI", "It supports totp, hotp and steam."
        )
    return _TYPES[kind]


def _halves(rest: str) -> tuple[str, str]:
    """Returns the decoded label and the query. The label may contain a raw question mark."""
    start = _QUERY_START.search(rest)
    label, query = (rest[: start.start()], rest[start.end() :]) if start else (rest, "")
    return _decoded(label.lstrip("/")).strip(), query


def _parameters(query: str) -> tuple[dict[str, str], list[str]]:
    """Returns the known parameters by lower-case name, decoded (`+` is a space), without empty ones; and the
    names of unknown parameters.
    """
    values: dict[str, str] = {}
    ignored: list[str] = []
    for pair in _SEPARATOR.split(query):
        key, _, raw = pair.partition("=")
        key, value = key.strip().lower(), _decoded(raw.replace("+", " ")).strip()
        if key.startswith("2step"):
            raise BadInput(
                "it starts a two-step enrolment: its secret is one half, and the app makes the other",
                "Configure the server to enrol the token in one step.",
            )
        if not value or not key or key in _HARMLESS:
            continue
        if key not in _KNOWN:
            ignored.append(f"the parameter {key[:_SHOWN]!r}")
            continue
        if values.setdefault(key, value) != value:
            raise BadInput(f"the otpauth URI has two different values of {key}", _PASTE)
    return values, list(dict.fromkeys(ignored))


def _decoded(raw: str) -> str:
    try:
        return unquote(raw, errors="strict")
    except UnicodeDecodeError:
        raise BadInput("the otpauth URI is not in UTF-8", "Enter issuer, name and secret by hand.") from None


def _issuer_and_name(label: str, issuer: str) -> tuple[str, str]:
    """Splits the label. An issuer with a colon is recognised by the same text in the parameter."""
    prefix = label[: len(issuer) + 1]
    if issuer and prefix.casefold() == f"{issuer}:".casefold():
        return issuer, label[len(issuer) + 1 :]
    before, colon, after = label.partition(":")
    if not colon:
        return issuer, label
    return issuer or before, after


def _secret(values: dict[str, str]) -> bytes:
    if "secret" not in values:
        raise BadInput("the otpauth URI has no secret", _PASTE)
    return base32.decode(values["secret"])


def algorithm(text: str) -> Algorithm:
    """`sha256`, `SHA-256`, `HmacSHA256` and `Algorithm.sha256` all mean SHA256; an empty text means SHA1.

    Raises:
        BadInput: the token does not know it.
    """
    plain = text.upper().removeprefix("ALGORITHM.").removeprefix("HMAC")
    plain = plain.replace("-", "").replace("_", "") or "SHA1"
    if plain not in _ALGORITHMS:
        raise BadInput(
            "the token does not support its algorithm",
            "The token supports SHA1, SHA256 and SHA512.",
        )
    return _ALGORITHMS[plain]


def _number(values: dict[str, str], key: str, default: int) -> int:
    text = values.get(key)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text):
        raise BadInput(f"the {key} of the otpauth URI is not a number", _PASTE)
    return int(text)

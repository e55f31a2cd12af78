"""Key URIs, `otpauth://TYPE/LABEL?PARAMETERS`, to an Account and back.

Takes what real sites and apps print, quirks included; writes the strict form. A parameter that is not
understood is named to the person, unless no code can depend on it. There is no RFC: the usual
definition is the "Key Uri Format" page of Google Authenticator. Errors never quote the URI, but for the one
wrong character that base32.decode names.

Not a general URI reader: `#` is data here (sites print it raw in labels, and a fragment has no meaning).
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from ticktap.errors import BadInput
from ticktap.formats import base32
from ticktap.formats.result import IGNORED, ignored_sentence, likely_steam
from ticktap.otp.account import STEAM_DIGITS, Account, AccountType, Algorithm, Params

_KNOWN = ("secret", "issuer", "algorithm", "digits", "period", "counter", "encoder")
# What apps and servers add, and no code depends on.
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
# A second question mark before a known name is a slip for `&` (`issuer=Foo?period=30`).
_SEPARATOR = re.compile(rf"&|\?(?=(?:{'|'.join(_KNOWN)})=)", re.IGNORECASE)
_SHOWN = 24  # characters of a name that is not known
_NUMBER = re.compile(r"[0-9]{1,20}")
_ALGORITHMS: dict[str, Algorithm] = {"SHA1": "SHA1", "SHA256": "SHA256", "SHA512": "SHA512"}
_TYPES: dict[str, AccountType] = {"totp": "totp", "hotp": "hotp", "steam": "steam"}
_OTHER_KINDS = {
    "yaotp": "Yandex makes its codes from a PIN in a way of its own",
    "motp": "mOTP makes its codes with MD5 and a PIN",
}
_STEAM = "steam"
_PASTE = "Paste the whole text behind the QR code; it starts with otpauth://totp/ or otpauth://hotp/."


def parse(text: str) -> Account:
    """The account that a key URI describes.

    The `issuer` parameter wins over the label's prefix. HOTP without a counter starts at 0, as in other apps.
    `steam://SECRET` is taken too.

    Raises:
        BadInput: not a key URI, a kind that the token cannot do, or a value outside the limits of an account.
    """
    return with_notes(text)[0]


def with_notes(text: str) -> tuple[Account, list[str]]:
    """As `parse`; and sentences about what is not understood, or only likely."""
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
            raise BadInput("it asks for an encoder that the token does not know", "The token knows steam.")
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
    """What `steam://SECRET` says: a key of Steam Guard, in the form of password managers."""
    secret, mark, _ = rest.partition("?")
    if mark or "/" in secret.rstrip("/"):
        raise BadInput("this is not a key of Steam", "It is steam://SECRET and nothing else.")
    decoded = base32.decode(_decoded(secret.rstrip("/")))
    return Params(issuer="Steam", name="", secret=decoded, type="steam", ignored=[])


def format(account: Account) -> str:
    """The strict URI of an account, secret included; `parse` gives the account back, but for its suffix."""
    label = quote(account.name, safe="@")
    if account.issuer or ":" in account.name:  # a colon in a name alone would read as the end of an issuer
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
    """Without the blanks, quotes and HTML escapes that copying brings along."""
    text = text.strip().strip("\"'`<>\u201c\u201d").strip()
    return text.replace("&amp;", "&")


def _type(scheme: str, kind: str) -> AccountType:
    """The type of account, from the scheme and what stands in the place of a host."""
    if scheme == "otpauth-migration":
        raise BadInput(
            "this is a transfer code of Google Authenticator, which can hold many accounts",
            "Take it in with 'ticktap account import', with all codes of the transfer.",
        )
    for name in (scheme, kind):
        if name in _OTHER_KINDS:
            raise BadInput(
                f"{_OTHER_KINDS[name]}, which the token does not know",
                "Ask the site for a code of the usual kind, TOTP.",
            )
    if scheme != "otpauth":
        raise BadInput("this is not an otpauth URI", _PASTE)
    if kind not in _TYPES:
        raise BadInput("the otpauth URI is of no type that the token knows", "It knows totp, hotp and steam.")
    return _TYPES[kind]


def _halves(rest: str) -> tuple[str, str]:
    """Label, decoded, and query of what follows the type. A question mark in the label may be raw."""
    start = _QUERY_START.search(rest)
    label, query = (rest[: start.start()], rest[start.end() :]) if start else (rest, "")
    return _decoded(label.lstrip("/")).strip(), query


def _parameters(query: str) -> tuple[dict[str, str], list[str]]:
    """Known parameters by lower-case name, decoded (`+` is a space), empty ones left out; and the names of
    those that are not known.
    """
    values: dict[str, str] = {}
    ignored: list[str] = []
    for pair in _SEPARATOR.split(query):
        key, _, raw = pair.partition("=")
        key, value = key.strip().lower(), _decoded(raw.replace("+", " ")).strip()
        if key.startswith("2step"):
            raise BadInput(
                "it begins an enrolment in two steps: its secret is one half, and the app makes the other",
                "Have the server enrol a token in one step.",
            )
        if not value or not key or key in _HARMLESS:
            continue
        if key not in _KNOWN:
            ignored.append(f"the parameter {key[:_SHOWN]!r}")
            continue
        if values.setdefault(key, value) != value:
            raise BadInput(f"the otpauth URI says two different things about its {key}", _PASTE)
    return values, list(dict.fromkeys(ignored))


def _decoded(raw: str) -> str:
    try:
        return unquote(raw, errors="strict")
    except UnicodeDecodeError:
        raise BadInput("the otpauth URI is not in UTF-8", "Enter issuer, name and secret by hand.") from None


def _issuer_and_name(label: str, issuer: str) -> tuple[str, str]:
    """Splits the label. An issuer that has a colon itself is known by the parameter of the same text."""
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
    """`sha256`, `SHA-256`, `HmacSHA256` and `Algorithm.sha256` all mean SHA256; nothing means SHA1.

    Raises:
        BadInput: the token does not know it.
    """
    plain = text.upper().removeprefix("ALGORITHM.").removeprefix("HMAC")
    plain = plain.replace("-", "").replace("_", "") or "SHA1"
    if plain not in _ALGORITHMS:
        raise BadInput(
            "it asks for an algorithm that the token does not know",
            "The token knows SHA1, SHA256 and SHA512.",
        )
    return _ALGORITHMS[plain]


def _number(values: dict[str, str], key: str, default: int) -> int:
    text = values.get(key)
    if text is None:
        return default
    if not _NUMBER.fullmatch(text):
        raise BadInput(f"the {key} of the otpauth URI is not a number", _PASTE)
    return int(text)

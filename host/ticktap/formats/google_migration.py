"""Transfer codes of Google Authenticator, `otpauth-migration://offline?data=...`: several accounts in a QR
code.

A small Protocol Buffers message in base64. There is no document of it; its fields are known from the app's
transfer codes. It knows no period: those accounts have 30 s. Codes of one transfer may come in any order,
from several pictures, and more than once.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Sequence
from urllib.parse import quote, unquote

from ticktap.errors import BadInput
from ticktap.formats import phone_apps
from ticktap.formats.file_format import ExportKind, Format, Writer
from ticktap.formats.result import ImportResult, damaged, explained
from ticktap.formats.transfer_part import Part
from ticktap.otp.account import Account, AccountType, Algorithm, Params

SCHEME = "otpauth-migration:"
PER_CODE = 10  # accounts; as in the app
_ALGORITHMS: dict[int, Algorithm] = {0: "SHA1", 1: "SHA1", 2: "SHA256", 3: "SHA512"}
_DIGITS = {0: 6, 1: 6, 2: 8}
_TYPES: dict[int, AccountType] = {0: "totp", 1: "hotp", 2: "totp"}
_VARINT, _BYTES = 0, 2  # wire types
_WIDTHS = {1: 8, 5: 4}  # bytes of the other types
_ENTRY = range(1, 9)  # fields of an account; 8 is a number assigned by the app
_PARTS = 1000

Field = tuple[int, int | bytes]


def is_one(text: str) -> bool:
    """Whether a text is a transfer code, by its scheme."""
    return text.lstrip().lower().startswith(SCHEME)


def parse(text: str) -> Part:
    """Parses one transfer code.

    Raises:
        BadInput: it is damaged.
    """
    _, found, data = text.strip().partition("data=")
    if not found:
        raise damaged("the transfer code has no data")
    # A raw + is meant as one, but some programs turn it into a space.
    letters = unquote(data.partition("&")[0]).replace(" ", "+").replace("-", "+").replace("_", "/")
    with explained("the transfer code is not base64"):
        message = base64.b64decode(letters.rstrip("=") + "=" * (-len(letters.rstrip("=")) % 4), validate=True)
    numbers, entries = {3: 1, 4: 0, 5: 0}, []
    for number, value in _fields(message):
        if number == 1 and isinstance(value, bytes):
            entries.append(value)
        elif number in numbers and isinstance(value, int):
            numbers[number] = value
    size, index = max(1, numbers[3]), numbers[4]
    if size > _PARTS or not 0 <= index < size:
        raise damaged("the transfer code has an impossible part number")
    return Part(numbers[5] & 0xFFFFFFFF, index, size, tuple(entries))


def merge_parts(found: ImportResult) -> None:
    """Merges the transfer codes of `found`, each part once; missing parts are refused."""
    batches: dict[tuple[int, int], dict[int, Part]] = {}
    for part in found.parts:
        batches.setdefault((part.batch, part.size), {}).setdefault(part.index, part)
    found.parts = []
    for (_, size), parts in batches.items():
        for index in range(size):
            if index in parts:
                for entry in parts[index].entries:
                    _take(found, entry)
            else:
                found.refuse(
                    f"transfer code {index + 1} of {size}",
                    "it is not among the files: give a picture of it too, because its accounts are missing",
                )


def format(accounts: Sequence[Account]) -> list[str]:
    """Transfer codes with these accounts, ten in each; Google Authenticator asks for them one after the
    other.

    Raises:
        BadInput: an account that the format cannot say (see `unfit`).
    """
    for account in accounts:
        if why := unfit(account):
            raise BadInput(f"{account.label} cannot go into a transfer code: {why}")
    pieces = [accounts[at : at + PER_CODE] for at in range(0, len(accounts), PER_CODE)]
    batch = secrets.randbelow(1 << 31)
    return [_code(piece, index, len(pieces), batch) for index, piece in enumerate(pieces)]


def unfit(account: Account) -> str:
    """Returns why an account does not fit a transfer code; "" if it does."""
    if account.type == "steam":
        return "Google Authenticator has no Steam codes"
    if account.digits not in (6, 8):
        return "the format supports 6 and 8 digits only"
    if account.type == "totp" and account.period != 30:
        return "the format supports a period of 30 s only"
    return ""


def _take(found: ImportResult, entry: bytes) -> None:
    try:
        values: dict[int, int | bytes] = dict(_fields(entry))
    except BadInput as error:
        found.refuse("", error.message)
        return
    name, issuer = _text(values.get(2)), _text(values.get(3))
    if not issuer and ":" in name:
        issuer, _, name = name.partition(":")
    found.add(f"{issuer}:{name}" if issuer else name, lambda: _account(values, issuer, name))


def _account(values: dict[int, int | bytes], issuer: str, name: str) -> Params:
    algorithm, digits, kind = (values.get(number, 0) for number in (4, 5, 6))
    if algorithm not in _ALGORITHMS:
        raise BadInput("the token does not support its algorithm")
    if digits not in _DIGITS or kind not in _TYPES:
        raise BadInput("the token does not support its type")
    secret, counter = values.get(1), values.get(7, 0)
    return Params(
        issuer=issuer,
        name=name,
        secret=secret,
        type=_TYPES[int(kind)],
        algorithm=_ALGORITHMS[int(algorithm)],
        digits=_DIGITS[int(digits)],
        counter=counter,
        ignored=[f"field {each} of a transfer code" for each in sorted(values) if each not in _ENTRY],
    )


def _text(value: int | bytes | None) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""


# --- Protocol Buffers -----------------------------------------------------------------------------------


def _fields(message: bytes) -> Iterator[Field]:
    """Yields numbers and values of the fields of a message; fixed-width ones as bytes."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(message, at)
            yield number, value
        elif kind == _BYTES:
            length, at = _varint(message, at)
            if at + length > len(message):
                raise damaged("the transfer code is truncated")
            yield number, message[at : at + length]
            at += length
        elif kind in _WIDTHS:
            yield number, message[at : at + _WIDTHS[kind]]
            at += _WIDTHS[kind]
        else:
            raise damaged("the transfer code is not a valid message")


def _varint(message: bytes, at: int) -> tuple[int, int]:
    """Decodes a varint: up to 64 bits, seven per byte, lowest first; returns the value and its end."""
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise damaged("the transfer code is truncated")
        value |= (message[at] & 0x7F) << shift
        at += 1
        if message[at - 1] < 0x80:
            return value & 0xFFFFFFFFFFFFFFFF, at
    raise damaged("the transfer code has an unterminated number")


def _encoded(value: int) -> bytes:
    low, high = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _encoded(high) if high else bytes([low])


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _encoded(number << 3 | _VARINT) + _encoded(value)
    return _encoded(number << 3 | _BYTES) + _encoded(len(value)) + value


def _code(accounts: Sequence[Account], index: int, size: int, batch: int) -> str:
    entries = b"".join(_field(1, _entry(account)) for account in accounts)
    about = b"".join(_field(number, value) for number, value in ((2, 1), (3, size), (4, index), (5, batch)))
    return f"{SCHEME}//offline?data=" + quote(base64.b64encode(entries + about).decode("ascii"), safe="")


def _entry(account: Account) -> bytes:
    algorithm = {"SHA1": 1, "SHA256": 2, "SHA512": 3}[account.algorithm]
    values: list[Field] = [
        (1, account.secret),
        (2, account.label.encode()),
        (3, account.issuer.encode()),
        (4, algorithm),
        (5, 1 if account.digits == 6 else 2),
        (6, 1 if account.type == "hotp" else 2),
    ]
    if account.type == "hotp":
        values.append((7, account.counter))
    return b"".join(_field(number, value) for number, value in values)


def _format(accounts: Sequence[Account], password: str = "", serials: Sequence[str] = ()) -> bytes:
    return "".join(each + "\n" for each in format(accounts)).encode()


FORMAT = Format(
    "google",
    "Google Authenticator transfer codes",
    (),
    writer=Writer(
        _format,
        (
            ExportKind("google", "Google Authenticator transfer codes"),
            ExportKind("google-qr", "transfer codes as a folder of pictures", "pictures"),
            ExportKind("google-terminal", "transfer codes on this terminal", "terminal"),
        ),
        unfit,
        phone_apps.warnings,
    ),
    merge=merge_parts,
)

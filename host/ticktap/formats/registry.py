"""The table of formats: recognises a file by its content and reads it.

    found = detect.read(data, password)

The order of the table matters: certain formats come before likely ones. Pictures are read for their QR
codes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from ticktap.errors import BadInput
from ticktap.formats import delimited, foreign
from ticktap.formats.result import FILE_BYTES, ImportResult, InputFile, WrongPassword

Read = Callable[[InputFile, str], ImportResult]


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Args:
        key: what `--json` calls it.
        title: what people call it.
        module: the one of this package that reads it.
        recognise, encrypted, reader: names of functions in that module; without `encrypted` it is never.
    """

    key: str
    title: str
    module: str
    recognise: str = "recognise"
    encrypted: str | bool = False
    reader: str = "read"

    def fits(self, file: InputFile) -> bool:
        """Whether a file has this format."""
        return bool(self._function(self.recognise)(file))

    def needs_password(self, file: InputFile) -> bool:
        """Whether a file of this format needs a password."""
        if isinstance(self.encrypted, bool):
            return self.encrypted
        return bool(self._function(self.encrypted)(file))

    def read(self, file: InputFile, password: str) -> ImportResult:
        """Reads a file of this format."""
        found = self._function(self.reader)(file, password)
        assert isinstance(found, ImportResult)
        return found

    def _function(self, name: str) -> Callable[..., object]:
        function: Callable[..., object] = getattr(import_module(f"ticktap.formats.{self.module}"), name)
        return function


FORMATS = (
    Format("ticktap-backup", "ticktap backup", "ticktap_backup", encrypted=True),
    Format("picture", "picture with QR codes", "qr_images"),
    Format("stratum", "Stratum (Authenticator Pro)", "stratum", encrypted="encrypted"),
    Format("freeotp-2", "FreeOTP 2 backup", "freeotp", "recognise_backup", True, "read_backup"),
    Format("1pux", "1Password 1PUX", "onepassword"),
    Format("aegis", "Aegis", "aegis", encrypted="encrypted"),
    Format("2fas", "2FAS", "twofas", encrypted="encrypted"),
    Format("ente", "Ente Auth, encrypted", "ente", encrypted="encrypted"),
    Format("bitwarden", "Bitwarden JSON", "bitwarden", encrypted="encrypted"),
    Format("freeotp-plus", "FreeOTP+", "freeotp", "recognise_plus", False, "read_plus"),
    Format("proton", "Proton Authenticator", "proton", encrypted="encrypted"),
    Format("duo", "Duo Mobile", "duo"),
    Format("andotp", "andOTP", "andotp"),
    Format("pskc", "PSKC (RFC 6030)", "pskc", encrypted="encrypted"),
    Format("freeotp-1", "FreeOTP 1 preferences", "freeotp", "recognise_xml", False, "read_xml"),
    Format("uris", "otpauth URIs", "uri_list"),
    Format("bitwarden-csv", "Bitwarden CSV", "bitwarden", "recognise_csv", reader="read_csv"),
    Format("1password-csv", "1Password CSV", "onepassword", "recognise_csv", reader="read_csv"),
    Format("oath-csv", "OATH CSV", "oath_csv"),
    Format("csv", "CSV with issuer, name and secret", "generic_csv"),
    Format("uris", "otpauth URIs within a text", "uri_list", "recognise_within"),
    Format("uris", "otpauth URIs in JSON", "uri_list", "recognise_json", reader="read_json"),
    Format("andotp-encrypted", "andOTP, encrypted", "andotp", "may_be_encrypted", True, "read_encrypted"),
)
_KNOWN = "docs/moving-in.md lists the supported files, and how to export them from each app."


def recognise(file: InputFile) -> Format:
    """Returns the format of a file.

    Raises:
        BadInput: it is of none that is known here; the message says of what, if that is known.
    """
    if len(file.data) > FILE_BYTES:
        raise BadInput("the file is too large for an export", _KNOWN)
    if not file.data.strip():
        raise BadInput("the file is empty", _KNOWN)
    known = [each for each in FORMATS if each.key != "andotp-encrypted"]
    for each in known:
        if each.fits(file):
            return each
    if is_a := foreign.what(file.data):
        raise BadInput(f"the file cannot be read: {is_a[0]}", is_a[1])
    if file.text is None and delimited.is_older_text(file.data):
        what, remedy = delimited.NOT_UTF8
        raise BadInput(f"the file cannot be read: {what}", remedy)
    if FORMATS[-1].fits(file):
        return FORMATS[-1]
    raise BadInput("the format of the file is not supported", _KNOWN)


def read(data: bytes, password: str = "") -> tuple[Format, ImportResult]:
    """Returns the format of a file and its contents; transfer codes are not merged
    (google_migration.merge_parts).

    Raises:
        WrongPassword: the password does not open it, or none was given and one is needed.
        BadInput: no known format, or damaged.
    """
    file = InputFile(data)
    kind = recognise(file)
    if kind.needs_password(file) and not password:
        raise WrongPassword
    return kind, kind.read(file, password)

"""The list of formats: recognises a file by its content and reads it; finds the writer of an export.

    found = registry.read(data, password)

Among equally certain readers the first in the list is used.
"""

from __future__ import annotations

from dataclasses import dataclass

from ticktap.errors import BadInput
from ticktap.formats import (
    aegis,
    andotp,
    bitwarden,
    delimited,
    duo,
    ente,
    foreign,
    freeotp,
    generic_csv,
    google_authenticator_pam,
    google_migration,
    libpam_oath,
    oath_csv,
    onepassword,
    proton,
    pskc,
    qr_images,
    stratum,
    ticktap_backup,
    twofas,
    uri_list,
)
from ticktap.formats.file_format import Certainty, ExportKind, Format, Reader, Writer
from ticktap.formats.result import FILE_BYTES, ImportResult, InputFile, WrongPassword

FORMATS = (
    ticktap_backup.FORMAT,
    qr_images.FORMAT,
    stratum.FORMAT,
    freeotp.BACKUP,
    onepassword.FORMAT,
    aegis.FORMAT,
    twofas.FORMAT,
    ente.FORMAT,
    bitwarden.FORMAT,
    freeotp.PLUS,
    proton.FORMAT,
    duo.FORMAT,
    andotp.FORMAT,
    pskc.FORMAT,
    freeotp.PREFERENCES,
    uri_list.FORMAT,
    google_migration.FORMAT,
    bitwarden.CSV,
    onepassword.CSV,
    oath_csv.FORMAT,
    generic_csv.FORMAT,
    andotp.ENCRYPTED,
    libpam_oath.FORMAT,
    google_authenticator_pam.FORMAT,
)
_KNOWN = "docs/moving-in.md lists the supported files, and how to export them from each app."


@dataclass(frozen=True, slots=True)
class Recognised:
    """A file, and the reader for it."""

    file: InputFile
    format: Format
    reader: Reader

    @property
    def needs_password(self) -> bool:
        """Whether the file needs a password."""
        return self.reader.needs_password(self.file)

    def read(self, password: str = "") -> ImportResult:
        """Reads the file; transfer codes and parts of texts are not merged (`merge_parts`).

        Raises:
            WrongPassword: the password does not open it, or none was given and one is needed.
            BadInput: it is damaged.
        """
        if self.needs_password and not password:
            raise WrongPassword
        return self.reader.read(self.file, password)


def recognise(file: InputFile) -> Recognised:
    """Finds the reader of a file.

    Raises:
        BadInput: its format is not supported; the message names the kind of file, if that is known.
    """
    if len(file.data) > FILE_BYTES:
        raise BadInput("the file is too large for an export", _KNOWN)
    if not file.data.strip():
        raise BadInput("the file is empty", _KNOWN)
    for certainty in Certainty:
        if certainty is Certainty.POSSIBLE:
            _refuse_foreign(file)
        for each in FORMATS:
            for reader in each.readers:
                if reader.certainty is certainty and reader.recognise(file):
                    return Recognised(file, each, reader)
    raise BadInput("the format of the file is not supported", _KNOWN)


def _refuse_foreign(file: InputFile) -> None:
    if is_a := foreign.what(file.data):
        raise BadInput(f"the file cannot be read: {is_a[0]}", is_a[1])
    if file.text is None and delimited.is_older_text(file.data):
        what, remedy = delimited.NOT_UTF8
        raise BadInput(f"the file cannot be read: {what}", remedy)


def read(data: bytes, password: str = "") -> tuple[Format, ImportResult]:
    """Returns the format of a file and its contents; parts are not merged (`merge_parts`).

    Raises:
        WrongPassword: the password does not open it, or none was given and one is needed.
        BadInput: no known format, or damaged.
    """
    found = recognise(InputFile(data))
    return found.format, found.read(password)


def merge_parts(found: ImportResult) -> None:
    """Merges texts in several QR codes, and transfer codes; what is incomplete is refused."""
    for each in FORMATS:
        if each.merge:
            each.merge(found)


def export_kinds() -> dict[str, tuple[Writer, ExportKind]]:
    """Every word of the command `export`, with its writer."""
    return {kind.name: (each.writer, kind) for each in FORMATS if each.writer for kind in each.writer.kinds}


def writer(name: str) -> Writer:
    """The writer for a word of `export`."""
    return export_kinds()[name][0]


def titles(readers: bool) -> list[str]:
    """The titles of the formats that can be read, or else of those that can be written; each once."""
    return list(dict.fromkeys(each.title for each in FORMATS if (each.readers if readers else each.writer)))

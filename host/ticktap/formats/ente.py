"""Encrypted exports of Ente Auth: Argon2id and a secretstream around a list of key URIs.

Plain ones are uri_list.py's.
"""

from __future__ import annotations

from ticktap.formats import uri_list
from ticktap.formats.decryption import argon2id
from ticktap.formats.file_format import Format, Reader
from ticktap.formats.result import ImportResult, InputFile, from_base64, mapping, number
from ticktap.formats.secretstream import open_chunk


def recognise(file: InputFile) -> bool:
    """Whether it is an object with key derivation parameters and encrypted data."""
    return "kdfParams" in file.object and "encryptedData" in file.object


def encrypted(file: InputFile) -> bool:
    """Always."""
    return True


def read(file: InputFile, password: str = "") -> ImportResult:
    """Reads the codes of an export.

    Raises:
        WrongPassword: it is not the password.
        BadInput: damaged.
    """
    export = file.object
    kdf = mapping(export.get("kdfParams"), "kdfParams")
    key = argon2id(
        password,
        from_base64(kdf.get("salt"), "salt"),
        number(kdf, "opsLimit"),
        number(kdf, "memLimit") // 1024,
        1,
    )
    header = from_base64(export.get("encryptionNonce"), "encryptionNonce")
    plain = open_chunk(key, header, from_base64(export.get("encryptedData"), "encryptedData"))
    return uri_list.read(InputFile(plain))


FORMAT = Format("ente", "Ente Auth, encrypted", (".txt",), (Reader(recognise, read, encrypted),))

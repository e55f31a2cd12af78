"""Identifies files that ticktap cannot read by their first bytes, with a remedy."""

from __future__ import annotations

_IMAGE = ("it is a picture in an unsupported format", "Save it as png or jpg, and import that.")
_OPENPGP = ("it is encrypted with OpenPGP", "Decrypt it with gpg, and import the result.")
_UNPACK = "Unpack it, and import the file in it."
_PACKED = ("it is compressed", _UNPACK)
_MANAGER = "Export it from the password manager as CSV, and import that."
_ENCRYPTED = "Decrypt it with the program that made it, and import the result."
_EXPORT = "Use the app's export, or its transfer codes."
_NO_EXPORT = "Give the file that the app exported; 'ticktap account import --help' explains more."

_AT_START: tuple[tuple[bytes, str, str], ...] = (
    (b"-----BEGIN PGP", *_OPENPGP),
    (b"-----BEGIN AGE", "it is encrypted with age", "Decrypt it with age, and import the result."),
    (b"age-encryption.org/", "it is encrypted with age", "Decrypt it with age, and import the result."),
    (b"-----BEGIN ", "it is a key or a certificate", _NO_EXPORT),
    (b"Salted__", "it is encrypted with openssl", _ENCRYPTED),
    (b"U2FsdGVkX1", "it is encrypted with openssl", _ENCRYPTED),
    (b"\x03\xd9\xa2\x9a", "it is a KeePass database", _MANAGER),
    (b"PWS3", "it is a Password Safe database", _MANAGER),
    (b"opdata01", "it is 1Password's encrypted data", _MANAGER),
    (b"kych", "it is a macOS keychain", _MANAGER),
    (b"SQLite format 3\0", "it is an app's own database", _EXPORT),
    (b"LUKS\xba\xbe", "it is an encrypted disk", _ENCRYPTED),
    (b"ANDROID BACKUP", "it is an Android backup", _EXPORT),
    (b"bplist", "it is an Apple property list", _EXPORT),
    (b"%PDF", "it is a PDF", "Take a screenshot of its QR codes and import that picture."),
    (b"PK", "it is a zip without an export in it", _UNPACK),
    (b"\x1f\x8b", *_PACKED),
    (b"BZh", *_PACKED),
    (b"\xfd7zXZ\0", *_PACKED),
    (b"7z\xbc\xaf\x27\x1c", *_PACKED),
    (b"Rar!\x1a\x07", *_PACKED),
    (b"\x28\xb5\x2f\xfd", *_PACKED),
    (b"\x04\x22\x4d\x18", *_PACKED),
    (b"\x1f\x9d", *_PACKED),
    (b"LZIP", *_PACKED),
    (b"MSCF", *_PACKED),
    (b"BM", *_IMAGE),
    (b"II*\0", *_IMAGE),
    (b"MM\0*", *_IMAGE),
    (b"II+\0", *_IMAGE),
    (b"MM\0+", *_IMAGE),
    (b"\0\0\x01\0", *_IMAGE),
    (b"8BPS", *_IMAGE),
    (b"\xff\x0a", *_IMAGE),  # JPEG XL
    (b"\0\0\0\x0cJXL ", *_IMAGE),
    (b"\0\0\0\x0cjP  ", *_IMAGE),
    (b"qoif", *_IMAGE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "it is an Office document", "Save it as 'CSV UTF-8'."),
    (b"RIFF", "it is audio or video", _NO_EXPORT),
    (b"ID3", "it is audio", _NO_EXPORT),
    (b"OggS", "it is audio or video", _NO_EXPORT),
    (b"fLaC", "it is audio", _NO_EXPORT),
    (b"\x1a\x45\xdf\xa3", "it is a video", _NO_EXPORT),
    (b"\x7fELF", "it is a program", _NO_EXPORT),
    (b"MZ", "it is a program", _NO_EXPORT),
    (b"\xcf\xfa\xed\xfe", "it is a program", _NO_EXPORT),
    (b"\xca\xfe\xba\xbe", "it is a program", _NO_EXPORT),
    (b"\0asm", "it is a program", _NO_EXPORT),
    (b"dex\n", "it is a program", _NO_EXPORT),
    (b"\xfe\xed\xfe\xed", "it is a Java keystore", _NO_EXPORT),
    (b"wOF", "it is a font", _NO_EXPORT),
    (b"\0\x01\0\0\0", "it is a font", _NO_EXPORT),
    (b"OTTO", "it is a font", _NO_EXPORT),
    (b"\xd4\xc3\xb2\xa1", "it is a network capture", _NO_EXPORT),
    (b"\x0a\x0d\x0d\x0a", "it is a network capture", _NO_EXPORT),
)
# RFC 9580 section 5: packets that a message or a key begins with, and their versions.
_PACKET_VERSIONS = {
    1: (2, 3, 6),
    2: (3, 4, 5, 6),
    3: (4, 5, 6),
    5: (3, 4, 5, 6),
    6: (3, 4, 5, 6),
    18: (1, 2),
    20: (1,),
}


def what(data: bytes) -> tuple[str, str] | None:
    """Returns what a file is and the remedy; None if it is unknown."""
    for magic, is_a, remedy in _AT_START:
        if data.startswith(magic):
            return is_a, remedy
    if data[4:8] == b"ftyp":
        is_image = data[8:12] in (
            b"heic",
            b"heix",
            b"hevc",
            b"mif1",
            b"msf1",
            b"avif",
            b"avis",
            b"heim",
            b"heis",
        )
        return _IMAGE if is_image else ("it is a video", _NO_EXPORT)
    if data[257:262] == b"ustar":
        return _PACKED
    if is_openpgp(data):
        return _OPENPGP
    if _is_der(data):
        return "it is a key store or a certificate", _NO_EXPORT
    return None


def is_openpgp(data: bytes) -> bool:
    """Whether these are OpenPGP packets (RFC 9580 section 4.2): a header with an existing version."""
    if len(data) < 8 or not data[0] & 0x80:
        return False
    if data[0] & 0x40:  # the newer form
        tag, length, at = data[0] & 0x3F, data[1], 2
        if 192 <= length < 224:
            length, at = (length - 192 << 8) + data[2] + 192, 3
        elif length == 255:
            length, at = int.from_bytes(data[2:6], "big"), 6
        elif length >= 224:  # in parts
            length = 1 << (length & 31)
    else:
        tag, size = data[0] >> 2 & 15, data[0] & 3
        width = (1, 2, 4, 0)[size]
        length, at = int.from_bytes(data[1 : 1 + width], "big"), 1 + width
        if size == 3:
            length = len(data) - at
    if length <= 0 or at >= len(data):
        return False
    return data[at] in _PACKET_VERSIONS.get(tag, ())


def _is_der(data: bytes) -> bool:
    """Whether the file is one ASN.1 SEQUENCE in DER: a key store (PKCS #12), certificate or key."""
    if len(data) < 4 or data[0] != 0x30 or data[1] not in (0x81, 0x82, 0x83):
        return False
    width = data[1] & 0x7F
    return int.from_bytes(data[2 : 2 + width], "big") == len(data) - 2 - width

"""Every format and variant that is read: how a file of it is made, and which accounts must come out of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from formats import freeotps, managers, people, servers, writers
from formats.people import ALICE, BOB, EVERYONE, NO_STEAM, PASSWORD, PLAIN, TIME_ONLY

HEX_KEY = "12345678901234567890123456789012"  # figure 6 of RFC 6030


@dataclass(frozen=True)
class Case:
    """One variant: what detect calls it, what people do, and the file."""

    key: str
    what: str
    make: Callable[..., bytes]
    accounts: tuple = tuple(EVERYONE)
    password: str = ""
    expected: tuple | None = None

    def data(self):
        """A fresh file."""
        return self.make(list(self.accounts), *([self.password] if self.password else []))

    @property
    def right(self):
        """The accounts that must come out, in order."""
        return list(self.accounts if self.expected is None else self.expected)

    def __str__(self):
        return self.what


def unissued(accounts):
    """What is left of accounts in formats without an issuer."""
    return tuple(replace(each, issuer="") for each in accounts)


def first_schema(accounts):
    """What 2FAS's first schema tells of them."""
    return tuple(replace(each, algorithm="SHA1", digits=6, period=30) for each in accounts)


CASES = [
    Case("uris", "otpauth URIs, one per line (Aegis, andOTP, FreeOTP+, 2FAS, ...)", writers.uris),
    Case("uris", "Ente Auth, plain text", writers.ente),
    Case("ente", "Ente Auth, encrypted", writers.ente_encrypted, password=PASSWORD),
    Case("aegis", "Aegis, plain", writers.aegis),
    Case("aegis", "Aegis, encrypted", writers.aegis_encrypted, password=PASSWORD),
    Case(
        "2fas",
        "2FAS, schema 1",
        partial(writers.twofas, schema=1),
        (ALICE, BOB),
        expected=first_schema((ALICE, BOB)),
    ),
    Case("2fas", "2FAS, schema 2", partial(writers.twofas, schema=2), tuple(TIME_ONLY)),
    Case("2fas", "2FAS, schema 3", partial(writers.twofas, schema=3)),
    Case("2fas", "2FAS, schema 4", writers.twofas),
    Case(
        "2fas",
        "2FAS, schema 2, encrypted",
        partial(writers.twofas_encrypted, schema=2),
        tuple(TIME_ONLY),
        PASSWORD,
    ),
    Case("2fas", "2FAS, schema 3, encrypted", partial(writers.twofas_encrypted, schema=3), password=PASSWORD),
    Case("2fas", "2FAS, schema 4, encrypted", writers.twofas_encrypted, password=PASSWORD),
    Case("andotp", "andOTP, plain", writers.andotp),
    Case("andotp-encrypted", "andOTP, encrypted (new)", writers.andotp_encrypted, password=PASSWORD),
    Case("andotp-encrypted", "andOTP, encrypted (old)", writers.andotp_old, password=PASSWORD),
    Case(
        "bitwarden", "Bitwarden JSON", managers.bitwarden, expected=tuple(NO_STEAM) + (replace(people.EMIL),)
    ),
    Case("bitwarden", "Bitwarden JSON, password (PBKDF2)", managers.bitwarden_encrypted, password=PASSWORD),
    Case(
        "bitwarden",
        "Bitwarden JSON, password (Argon2id)",
        partial(managers.bitwarden_encrypted, argon=True),
        password=PASSWORD,
    ),
    Case("bitwarden-csv", "Bitwarden CSV", managers.bitwarden_csv),
    Case("1password-csv", "1Password CSV", managers.onepassword_csv),
    Case("1pux", "1Password 1PUX", managers.onepassword_pux),
    Case("freeotp-plus", "FreeOTP+ JSON", freeotps.freeotp_plus, tuple(NO_STEAM)),
    Case("freeotp-1", "FreeOTP 1, Android preferences", freeotps.freeotp_xml, tuple(NO_STEAM)),
    Case("freeotp-2", "FreeOTP 2 backup", freeotps.freeotp_backup, tuple(NO_STEAM), PASSWORD),
    Case(
        "freeotp-2",
        "FreeOTP 2 backup of Android 6",
        partial(freeotps.freeotp_backup, digest="sha1", der=False, named=False),
        tuple(NO_STEAM),
        PASSWORD,
    ),
    Case("stratum", "Stratum (Authenticator Pro), plain", writers.stratum),
    Case("stratum", "Stratum, encrypted", writers.stratum_encrypted, password=PASSWORD),
    Case("stratum", "Authenticator Pro, encrypted (old)", writers.stratum_old, password=PASSWORD),
    Case(
        "proton",
        "Proton Authenticator",
        writers.proton,
        (*TIME_ONLY, people.EMIL),
    ),
    Case("proton", "Proton Authenticator, encrypted", writers.proton_encrypted, tuple(TIME_ONLY), PASSWORD),
    Case("duo", "Duo Mobile, third-party accounts", writers.duo, tuple(PLAIN), expected=unissued(PLAIN)),
    Case("pskc", "PSKC, plain", servers.pskc, tuple(NO_STEAM)),
    Case("pskc", "PSKC under a pre-shared key", servers.pskc_key, tuple(NO_STEAM), HEX_KEY),
    Case("pskc", "PSKC under a password", servers.pskc_password, tuple(NO_STEAM), PASSWORD),
    Case("csv", "CSV with issuer, name and secret", managers.named_columns),
    Case(
        "oath-csv",
        "OATH CSV (privacyIDEA)",
        servers.oath_csv,
        tuple(NO_STEAM),
        expected=unissued(NO_STEAM),
    ),
]
ENCRYPTED = [each for each in CASES if each.password]

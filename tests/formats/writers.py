"""Exports as authenticator apps write them, made from their descriptions and not with the readers' code.

Each function takes accounts, and a password where the export is encrypted, and returns the file's bytes.
"""

import hashlib
import json
import os
import struct
from urllib.parse import quote

from formats.writing import argon2, b32, b64, cbc, document, gcm, uri


def uris(accounts):
    return "\n".join(map(uri, accounts)).encode()


def ente(accounts):
    display = quote(json.dumps({"pinned": False, "tags": ["a, b"]}))
    return ",".join(f"{uri(each)}&codeDisplay={display}" for each in accounts).encode()


def ente_encrypted(accounts, password):
    from nacl import bindings

    salt, memory, passes = os.urandom(16), 8 * 1024 * 1024, 2
    key = argon2(password, salt, passes, memory // 1024, 1)
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    header = bindings.crypto_secretstream_xchacha20poly1305_init_push(state, key)
    final = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
    sealed = bindings.crypto_secretstream_xchacha20poly1305_push(state, uris(accounts), None, final)
    kdf = {"memLimit": memory, "opsLimit": passes, "salt": b64(salt)}
    return document(
        {"version": 1, "kdfParams": kdf, "encryptedData": b64(sealed), "encryptionNonce": b64(header)}
    )


def aegis_db(accounts):
    return {
        "version": 3,
        "entries": [
            {
                "type": each.type,
                "uuid": "0" * 8,
                "name": each.name,
                "issuer": each.issuer,
                "note": "",
                "icon": None,
                "groups": [],
                "info": {"secret": b32(each.secret), "algo": each.algorithm, "digits": each.digits}
                | ({"counter": each.counter} if each.type == "hotp" else {"period": each.period}),
            }
            for each in accounts
        ],
        "groups": [],
    }


def aegis(accounts):
    return document({"version": 1, "header": {"slots": None, "params": None}, "db": aegis_db(accounts)})


def aegis_encrypted(accounts, password):
    master, salt = os.urandom(32), os.urandom(32)
    key = hashlib.scrypt(password.encode(), salt=salt, n=1024, r=8, p=1, dklen=32)
    nonce, wrapped = gcm(key, master)
    biometric = {"type": 2, "uuid": "1", "key": "00", "key_params": {"nonce": "00", "tag": "00"}}
    slot = {
        "type": 1,
        "uuid": "2",
        "key": wrapped[:-16].hex(),
        "key_params": {"nonce": nonce.hex(), "tag": wrapped[-16:].hex()},
        "n": 1024,
        "r": 8,
        "p": 1,
        "salt": salt.hex(),
    }
    nonce, sealed = gcm(master, document(aegis_db(accounts)))
    header = {"slots": [biometric, slot], "params": {"nonce": nonce.hex(), "tag": sealed[-16:].hex()}}
    return document({"version": 1, "header": header, "db": b64(sealed[:-16])})


def twofas_services(accounts, schema):
    services = []
    for at, each in enumerate(accounts):
        otp = {"label": f"{each.issuer}:{each.name}", "account": each.name, "issuer": each.issuer}
        if schema >= 2:
            otp |= {"digits": each.digits, "algorithm": each.algorithm}
            otp |= {"counter": each.counter} if each.type == "hotp" else {"period": each.period}
        if schema >= 3:
            otp |= {"tokenType": each.type.upper(), "source": "Link"}
        services.append(
            {"name": each.issuer, "secret": b32(each.secret), "otp": otp, "order": {"position": at}}
        )
    return services


def twofas(accounts, schema=4):
    return document(
        {"services": twofas_services(accounts, schema), "groups": [], "schemaVersion": schema, "updatedAt": 1}
    )


def twofas_encrypted(accounts, password, schema=4):
    salt = os.urandom(256)
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 10_000, 32)

    def sealed(plain):
        nonce, content = gcm(key, plain)
        return f"{b64(content)}:{b64(salt)}:{b64(nonce)}"

    services = sealed(document(twofas_services(accounts, schema)))
    backup = {"services": [], "groups": [], "schemaVersion": schema, "servicesEncrypted": services}
    return document(backup | {"reference": sealed(bytes(256))})


def andotp_entries(accounts, old=False):
    entries = []
    for each in accounts:
        entry = {"secret": b32(each.secret, padded=True), "digits": each.digits, "type": each.type.upper()}
        entry |= {"algorithm": each.algorithm, "thumbnail": "Default", "last_used": 0, "tags": []}
        entry |= {"counter": each.counter} if each.type == "hotp" else {"period": each.period}
        entry |= (
            {"label": f"{each.issuer} - {each.name}"} if old else {"issuer": each.issuer, "label": each.name}
        )
        entries.append(entry)
    return document(entries)


def andotp(accounts):
    return andotp_entries(accounts)


def andotp_encrypted(accounts, password):
    salt, rounds = os.urandom(12), 145_776
    nonce, sealed = gcm(
        hashlib.pbkdf2_hmac("sha1", password.encode(), salt, rounds, 32), andotp_entries(accounts)
    )
    return struct.pack(">I", rounds) + salt + nonce + sealed


def andotp_old(accounts, password):
    nonce, sealed = gcm(hashlib.sha256(password.encode()).digest(), andotp_entries(accounts, old=True))
    return nonce + sealed


def stratum(accounts):
    types = {"hotp": 1, "totp": 2, "steam": 4}
    entries = [
        {
            "Type": types[each.type],
            "Icon": None,
            "Issuer": each.issuer,
            "Username": each.name,
            "Secret": b32(each.secret),
            "Pin": None,
            "Algorithm": ["SHA1", "SHA256", "SHA512"].index(each.algorithm),
            "Digits": each.digits,
            "Period": each.period or 30,
            "Counter": each.counter,
        }
        for each in accounts
    ]
    return document({"Authenticators": entries, "Categories": [], "CustomIcons": []})


def stratum_encrypted(accounts, password):
    salt = os.urandom(16)
    nonce, sealed = gcm(argon2(password, salt, 3, 65536, 4), stratum(accounts))
    return b"AUTHENTICATORPRO" + salt + nonce + sealed


def stratum_old(accounts, password):
    salt, iv = os.urandom(20), os.urandom(16)
    key = hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 64_000, 32)
    return b"AuthenticatorPro" + salt + iv + cbc(key, iv, stratum(accounts))


def proton(accounts):
    entries = []
    for each in accounts:
        kind, text = ("Steam", f"steam://{b32(each.secret)}") if each.type == "steam" else ("Totp", uri(each))
        entries.append(
            {"id": "0", "content": {"uri": text, "entry_type": kind, "name": each.name}, "note": None}
        )
    return document({"version": 1, "entries": entries})


def proton_encrypted(accounts, password):
    salt = os.urandom(16)
    key = argon2(password, salt, 2, 19 * 1024, 1)
    nonce, sealed = gcm(key, proton(accounts), b"proton.authenticator.export.v1")
    return document({"version": 1, "salt": b64(salt), "content": b64(nonce + sealed)})


def duo(accounts):
    entries = [
        {
            "accountType": "OtpAccount",
            "name": each.name,
            "otpGenerator": {"otpSecret": b32(each.secret)}
            | ({"counter": each.counter} if each.type == "hotp" else {}),
        }
        for each in accounts
    ]
    return document(entries)

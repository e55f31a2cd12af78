"""Exports of FreeOTP and FreeOTP+; as in writers.py."""

import hashlib
import json
import os
import struct
from xml.sax.saxutils import escape

from formats.writing import document, gcm, signed


def freeotp_token(account):
    about = {
        "algo": account.algorithm,
        "counter": 0,
        "digits": account.digits,
        "period": account.period or 30,
    }
    if account.type == "hotp":
        about["counter"] = account.counter - 1  # the one that was used last
    about |= {"issuerExt": account.issuer, "issuerInt": account.issuer, "label": account.name}
    return about | {"type": account.type.upper(), "secret": signed(account.secret)}


def freeotp_plus(accounts):
    order = [each.label for each in accounts]
    return document({"tokenOrder": order, "tokens": [freeotp_token(each) for each in accounts]})


def freeotp_xml(accounts):
    entities = {'"': "&quot;"}
    lines = ["<?xml version='1.0' encoding='utf-8' standalone='yes' ?>", "<map>"]
    for each in accounts:
        name, value = escape(each.label, entities), escape(json.dumps(freeotp_token(each)), entities)
        lines.append(f'    <string name="{name}">{value}</string>')
    lines.append('    <string name="tokenOrder">[]</string>')
    return "\n".join([*lines, "</map>"]).encode()


def java_text(text):
    data = text.encode()
    return b"t" + struct.pack(">H", len(data)) + data


def java_map(entries, both_fields=True):
    """`java.util.HashMap` as ObjectOutputStream writes it."""
    fields = [b"F\x00\nloadFactor", b"I\x00\tthreshold"][0 if both_fields else 1 :]
    values = struct.pack(">fi", 0.75, 12)[0 if both_fields else 4 :]
    name = b"java.util.HashMap"
    about = struct.pack(">H", len(name)) + name + struct.pack(">q", 0x0507DAC1C31660D1) + b"\x03"
    about += struct.pack(">H", len(fields)) + b"".join(fields) + b"xp"
    pairs = b"".join(java_text(key) + java_text(value) for key, value in entries.items())
    return (
        b"\xac\xed\x00\x05sr"
        + about
        + values
        + b"w\x08"
        + struct.pack(">ii", 16, len(entries))
        + pairs
        + b"x"
    )


def freeotp_key(key, plain, algorithm, der=True):
    """EncryptedKey of FreeOTP 2."""
    nonce, sealed = gcm(key, plain, algorithm.encode())
    parameters = b"\x04\x0c" + nonce
    if der:
        parameters = b"\x30\x11" + parameters + b"\x02\x01\x10"
    return {
        "mCipher": "AES/GCM/NoPadding",
        "mCipherText": signed(sealed),
        "mParameters": signed(parameters),
        "mToken": algorithm,
    }


def freeotp_backup(accounts, password, digest="sha512", der=True, named=True):
    salt, master = os.urandom(32), os.urandom(32)
    key = hashlib.pbkdf2_hmac(digest, password.encode(), salt, 1000, 32)
    entries = {
        "masterKey": json.dumps(
            {
                "mAlgorithm": f"PBKDF2withHmac{digest.upper()}",
                "mIterations": 1000,
                "mSalt": signed(salt),
                "mEncryptedKey": freeotp_key(key, master, "AES", der),
            }
        )
    }
    for at, each in enumerate(accounts):
        about = {"digits": each.digits, "issuerExt": each.issuer, "label": each.name}
        about |= {"type": each.type.upper()} | ({"algo": each.algorithm} if named else {})
        about |= {"counter": each.counter} if each.type == "hotp" else {"period": each.period}
        sealed = freeotp_key(master, each.secret, f"Hmac{each.algorithm}", der)
        entries |= {f"id{at}": json.dumps({"key": json.dumps(sealed)}), f"id{at}-token": json.dumps(about)}
    return java_map(entries, both_fields=der)

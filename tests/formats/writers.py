"""Exports as the apps write them, made from the published descriptions and not with the readers' code.

Each function takes accounts, and a password where the export is encrypted, and returns the file's bytes.
"""

import base64
import csv
import hashlib
import hmac
import io
import json
import os
import struct
import zipfile
from urllib.parse import quote
from xml.sax.saxutils import escape

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id


def b32(secret, padded=False):
    text = base64.b32encode(secret).decode()
    return text if padded else text.rstrip("=")


def b64(data):
    return base64.b64encode(data).decode()


def document(value):
    return json.dumps(value).encode()


def argon2(password, salt, passes, kib, lanes):
    derivation = Argon2id(salt=salt, length=32, iterations=passes, lanes=lanes, memory_cost=kib)
    return derivation.derive(password.encode())


def gcm(key, plain, bound=None):
    """Nonce, and ciphertext with its tag."""
    nonce = os.urandom(12)
    return nonce, AESGCM(key).encrypt(nonce, plain, bound)


def cbc(key, iv, plain):
    count = 16 - len(plain) % 16
    encryptor = Cipher(AES(key), CBC(iv)).encryptor()
    return encryptor.update(plain + bytes([count]) * count) + encryptor.finalize()


def uri(account):
    """As Aegis and Ente Auth print them."""
    moving = f"counter={account.counter}" if account.type == "hotp" else f"period={account.period}"
    return (
        f"otpauth://{account.type}/{quote(account.issuer)}:{quote(account.name)}?{moving}&digits={account.digits}"
        f"&algorithm={account.algorithm}&secret={b32(account.secret)}&issuer={quote(account.issuer)}"
    )


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


def bitwarden_items(accounts):
    items = [{"type": 1, "name": "no code", "login": {"totp": None}}, {"type": 2, "name": "a note"}]
    for each in accounts:
        totp = f"steam://{b32(each.secret)}" if each.type == "steam" else uri(each)
        login = {"uris": None, "username": each.name, "password": "x", "totp": totp}
        items.append({"type": 1, "name": each.issuer, "login": login})
    return {"encrypted": False, "folders": [], "items": items}


def bitwarden(accounts):
    return document(bitwarden_items(accounts))


def bitwarden_encrypted(accounts, password, argon=False):
    salt = b64(os.urandom(16))
    if argon:
        key = argon2(password, hashlib.sha256(salt.encode()).digest(), 2, 8 * 1024, 2)
        kdf = {"kdfType": 1, "kdfIterations": 2, "kdfMemory": 8, "kdfParallelism": 2}
    else:
        key = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), 5000, 32)
        kdf = {"kdfType": 0, "kdfIterations": 5000}
    enc, mac = (hmac.digest(key, name + b"\x01", "sha256") for name in (b"enc", b"mac"))

    def sealed(plain):
        iv = os.urandom(16)
        content = cbc(enc, iv, plain)
        return f"2.{b64(iv)}|{b64(content)}|{b64(hmac.digest(mac, iv + content, 'sha256'))}"

    about = {"encrypted": True, "passwordProtected": True, "salt": salt} | kdf
    check = {"encKeyValidation_DO_NOT_EDIT": sealed(b"3b241101-e2bb-4255-8caf-4136c566a962")}
    return document(about | check | {"data": sealed(document(bitwarden_items(accounts)))})


def table(heading, rows):
    out = io.StringIO()
    csv.writer(out).writerows([heading, *rows])
    return out.getvalue().encode()


def bitwarden_csv(accounts):
    heading = (
        "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp"
    )
    rows = [["", "", "login", each.issuer, "", "", 0, "", each.name, "x", uri(each)] for each in accounts]
    return table(heading.split(","), [*rows, ["", "", "note", "no code", "a\nb", "", 0, "", "", "", ""]])


def onepassword_csv(accounts):
    heading = ["Title", "Url", "Username", "Password", "OTPAuth", "Favorite", "Archived", "Tags", "Notes"]
    rows = [
        [a.issuer, "https://example.com", a.name, "x", uri(a), "false", "false", "", ""] for a in accounts
    ]
    return table(heading, rows)


def onepassword_pux(accounts):
    items = [
        {
            "overview": {"title": each.issuer},
            "details": {
                "loginFields": [{"designation": "username", "value": each.name}],
                "sections": [
                    {"fields": [{"title": "one-time password", "value": {"totp": uri(each)}}]},
                    {"fields": [{"title": "other", "value": {"string": "x"}}]},
                ],
            },
        }
        for each in accounts
    ]
    data = {"accounts": [{"attrs": {}, "vaults": [{"attrs": {}, "items": items}]}]}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("export.attributes", "{}")
        archive.writestr("export.data", json.dumps(data))
    return out.getvalue()


def signed(data):
    return [each - 256 if each > 127 else each for each in data]


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


def plain_value(secret):
    return f"<PlainValue>{b64(secret)}</PlainValue>"


def pskc(accounts, start="", value=plain_value):
    """Figure 2 of RFC 6030, with our keys."""
    packages = []
    for at, each in enumerate(accounts):
        moving = (
            f"<Counter><PlainValue>{each.counter}</PlainValue></Counter>"
            if each.type == "hotp"
            else f"<TimeInterval><PlainValue>{each.period}</PlainValue></TimeInterval>"
        )
        packages.append(
            f"<KeyPackage><DeviceInfo><Manufacturer>Maker</Manufacturer><SerialNo>{at}</SerialNo></DeviceInfo>"
            f'<Key Id="{at}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:{each.type}">'
            f"<Issuer>{escape(each.issuer)}</Issuer><AlgorithmParameters><Suite>{each.algorithm}</Suite>"
            f'<ResponseFormat Length="{each.digits}" Encoding="DECIMAL"/></AlgorithmParameters>'
            f"<FriendlyName>{escape(each.name)}</FriendlyName><Data><Secret>{value(each.secret)}"
            f"</Secret>{moving}</Data></Key></KeyPackage>"
        )
    spaces = [
        ("", "urn:ietf:params:xml:ns:keyprov:pskc"),
        (":ds", "http://www.w3.org/2000/09/xmldsig#"),
        (":xenc", "http://www.w3.org/2001/04/xmlenc#"),
        (":xenc11", "http://www.w3.org/2009/xmlenc11#"),
        (":pkcs5", "http://www.rsasecurity.com/rsalabs/pkcs/schemas/pkcs-5v2-0#"),
    ]
    names = " ".join(f'xmlns{short}="{name}"' for short, name in spaces)
    whole = f"<KeyContainer Version='1.0' {names}>{start}{''.join(packages)}</KeyContainer>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{whole}'.encode()


def cipher_value(key, plain):
    """AES-128-CBC of XML Encryption: the IV comes first."""
    iv = os.urandom(16)
    method = '<xenc:EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>'
    data = iv + cbc(key, iv, plain)
    return (
        data,
        f"{method}<xenc:CipherData><xenc:CipherValue>{b64(data)}</xenc:CipherValue></xenc:CipherData>",
    )


def pskc_sealed(accounts, key, about):
    """Section 6 of RFC 6030: secrets under a key; their MACs under a key that is under the first one."""
    mac_key = os.urandom(20)

    def value(secret):
        data, text = cipher_value(key, secret)
        mac = b64(hmac.digest(mac_key, data, "sha1"))
        return f"<EncryptedValue>{text}</EncryptedValue><ValueMAC>{mac}</ValueMAC>"

    wrapped = cipher_value(key, mac_key)[1]
    method = "http://www.w3.org/2000/09/xmldsig#hmac-sha1"
    mac = f'<MACMethod Algorithm="{method}"><MACKey>{wrapped}</MACKey></MACMethod>'
    return pskc(accounts, f"<EncryptionKey>{about}</EncryptionKey>{mac}", value)


def pskc_key(accounts, password):
    """Under a key that both sides have; the password is the key in hexadecimal."""
    return pskc_sealed(accounts, bytes.fromhex(password), "<ds:KeyName>Pre-shared-key</ds:KeyName>")


def pskc_password(accounts, password):
    """Under a key made of a password by PBKDF2-HMAC-SHA-1."""
    salt = os.urandom(8)
    about = (
        '<xenc11:DerivedKey><xenc11:KeyDerivationMethod Algorithm="http://www.rsasecurity.com/rsalabs/pkcs/'
        'schemas/pkcs-5v2-0#pbkdf2"><pkcs5:PBKDF2-params>'
        f"<Salt><Specified>{b64(salt)}</Specified></Salt><IterationCount>1000</IterationCount>"
        "<KeyLength>16</KeyLength></pkcs5:PBKDF2-params></xenc11:KeyDerivationMethod></xenc11:DerivedKey>"
    )
    return pskc_sealed(accounts, hashlib.pbkdf2_hmac("sha1", password.encode(), salt, 1000, 16), about)


def named_columns(accounts):
    rows = [
        [a.issuer, a.name, b32(a.secret), a.type.upper(), a.algorithm, a.digits, a.period or 30, a.counter]
        for a in accounts
    ]
    return table(["Issuer", "Name", "Secret", "Type", "Algorithm", "Digits", "Period", "Counter"], rows)


def oath_csv(accounts):
    lines = ["# version: 2"]
    for at, each in enumerate(accounts):
        moving = each.counter if each.type == "hotp" else each.period
        cells = [each.name, "resolver", "realm", f"S{at}", each.secret.hex(), each.type, each.digits, moving]
        lines.append(", ".join(map(str, cells)))
    return "\n".join(lines).encode()

"""Key containers (RFC 6030) and OATH CSV; as in writers.py."""

import hashlib
import hmac
import os
from xml.sax.saxutils import escape

from formats.writing import b64, cbc


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


def oath_csv(accounts):
    lines = ["# version: 2"]
    for at, each in enumerate(accounts):
        moving = each.counter if each.type == "hotp" else each.period
        cells = [each.name, "resolver", "realm", f"S{at}", each.secret.hex(), each.type, each.digits, moving]
        lines.append(", ".join(map(str, cells)))
    return "\n".join(lines).encode()

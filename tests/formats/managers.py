"""Exports of password managers, and tables of one's own; as in writers.py."""

import hashlib
import hmac
import io
import json
import os
import zipfile

from formats.writing import argon2, b32, b64, cbc, document, table, uri


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


def named_columns(accounts):
    rows = [
        [a.issuer, a.name, b32(a.secret), a.type.upper(), a.algorithm, a.digits, a.period or 30, a.counter]
        for a in accounts
    ]
    return table(["Issuer", "Name", "Secret", "Type", "Algorithm", "Digits", "Period", "Counter"], rows)

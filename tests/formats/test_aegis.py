"""Aegis: passwords that its older versions encoded in another way, slots, and the vault that is written."""

import base64
import hashlib
import json

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from formats import writers
from formats.people import ALICE, BOB, DORA, EMIL, PASSWORD
from ticktap.errors import BadInput
from ticktap.formats import aegis, registry
from ticktap.formats.result import WrongPassword


def vault_under(secret, **about):
    """A vault whose one slot was made with these bytes for a password."""
    vault = json.loads(writers.aegis_encrypted([ALICE], PASSWORD))
    master = master_of(vault)
    salt = bytes(range(32))
    key = hashlib.scrypt(secret, salt=salt, n=1024, r=8, p=1, dklen=32)
    sealed = AESGCM(key).encrypt(bytes(12), master, None)
    params = {"nonce": bytes(12).hex(), "tag": sealed[-16:].hex()}
    slot = {"type": 1, "uuid": "x", "key": sealed[:-16].hex(), "key_params": params, "salt": salt.hex()}
    vault["header"]["slots"] = [slot | {"n": 1024, "r": 8, "p": 1} | about]
    return json.dumps(vault).encode()


def master_of(vault):
    slot = next(each for each in vault["header"]["slots"] if each["type"] == 1)
    costs = {name: slot[name] for name in "nrp"}
    key = hashlib.scrypt(
        PASSWORD.encode(), salt=bytes.fromhex(slot["salt"]), dklen=32, maxmem=1 << 26, **costs
    )
    params = slot["key_params"]
    return AESGCM(key).decrypt(
        bytes.fromhex(params["nonce"]), bytes.fromhex(slot["key"] + params["tag"]), None
    )


LONG = "seventy letters are more than a block of the hash holds, so it is hashed"


@pytest.mark.parametrize(
    ("password", "size"),
    [
        (LONG, int(len(LONG) * 1.1)),  # the JDK's encoder
        (LONG, 2 * len(LONG)),  # Android's
        (" ".join(["correct horse battery staple"] * 3), 94),
        (" ".join(["correct horse battery staple"] * 3), 172),
        ("z" * 64, 70),  # 64 bytes are no more than a block; with the zeros they are
        ("\u00e9" * 60, 133),  # 66, too little for 120 bytes, and doubled plus one
    ],
)
@pytest.mark.parametrize("about", [{"repaired": False}, {}])
def test_a_long_password_with_the_old_zeros(password, size, about):
    data = vault_under(password.encode().ljust(size, b"\0"), **about)
    assert registry.read(data, password)[1].accounts == [ALICE]
    with pytest.raises(WrongPassword):
        registry.read(data, password + "x")


# Made with hashlib.scrypt and AES-GCM of cryptography, with 65 letters and six zeros for a password.
OF_AN_OLD_VERSION = {
    "version": 1,
    "header": {
        "slots": [
            {
                "type": 1,
                "uuid": "00000000-0000-0000-0000-000000000002",
                "key": "a0a683bcaca9a8ee25f83ee5298b17b26ab580209aa32cb90b2f079fd68dcdde",
                "key_params": {
                    "nonce": "000000000000000000000000",
                    "tag": "40fe9c5a934d5078736f19d13bcb4990",
                },
                "n": 32768,
                "r": 8,
                "p": 1,
                "salt": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
                "repaired": False,
            }
        ],
        "params": {"nonce": "010101010101010101010101", "tag": "f651336e3cced527bf185086b040a8a8"},
    },
    "db": (
        "GwbbAW6j4DrNG5a7A85G9s9Oa0mMa846TV1KwieIo3S8Hyb4KuD1F4K8guPRI89u+qgtHyeQAliC3EHodrnwD+1k5nAWpRQx"
        "7K50RgkyVLxLyH+waclN7Ayr7aYBHA/KOZjTRLdULDNVW3ah3/QlvQFEOR1NDWedZ2aoKy72GPkfR28ILR/0q6BmcD5vWhVA"
        "/A+2/CoPti5hh0pKlqpuF3rlr5AoevNM7fAsD9hIkhmfhWS+nF6fZX4ITyaRRyl8k3pUcfr49CmmlylSg7Re0e4T0UkHNvpI"
        "m54xdVaXdY447cTgR7Iw2vIKWg=="
    ),
}


def test_a_vault_of_an_old_version_with_a_long_password():
    data = json.dumps(OF_AN_OLD_VERSION).encode()
    (account,) = registry.read(data, "a" * 65)[1].accounts
    assert account.secret == b"12345678901234567890"
    for wrong in ("a" * 64, "a" * 66, "a" * 65 + "\0" * 6 + "b"):
        with pytest.raises(WrongPassword):
            registry.read(data, wrong)


def test_a_slot_that_was_repaired_has_no_zeros():
    plain = vault_under(LONG.encode(), repaired=True)
    assert registry.read(plain, LONG)[1].accounts == [ALICE]
    with pytest.raises(WrongPassword):
        registry.read(vault_under(LONG.encode().ljust(2 * len(LONG), b"\0"), repaired=True), LONG)


def test_a_vault_of_biometrics_only_says_so():
    vault = json.loads(writers.aegis_encrypted([ALICE], PASSWORD))
    for slot in vault["header"]["slots"]:
        slot["type"] = 2
    with pytest.raises(BadInput, match="only biometrics") as caught:
        registry.read(json.dumps(vault).encode(), PASSWORD)
    assert not isinstance(caught.value, WrongPassword)
    assert "Set a password" in caught.value.remedy


# As Aegis 3 has it, written down by hand from its document of the format.
GOLDEN = {
    "version": 1,
    "header": {"slots": None, "params": None},
    "db": {
        "version": 2,
        "entries": [
            {
                "type": "totp",
                "name": "bob",
                "issuer": "Firm",
                "note": "",
                "favorite": False,
                "icon": None,
                "info": {
                    "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA",
                    "algo": "SHA256",
                    "digits": 8,
                    "period": 60,
                },
                "groups": [],
            },
            {
                "type": "hotp",
                "name": "dora",
                "issuer": "Counter & Sons",
                "note": "",
                "favorite": False,
                "icon": None,
                "info": {
                    "secret": "GA4TQNZWGU2DGMRRGA4TQNZWGU2DGMRR",
                    "algo": "SHA1",
                    "digits": 6,
                    "counter": 41,
                },
                "groups": [],
            },
            {
                "type": "steam",
                "name": "\u00e9mil",
                "issuer": "Steam",
                "note": "",
                "favorite": False,
                "icon": None,
                "info": {
                    "secret": "GY3TQOJQGEZDGNBVGY3TQOJQMFRGGZDF",
                    "algo": "SHA1",
                    "digits": 5,
                    "period": 30,
                },
                "groups": [],
            },
        ],
    },
}


def test_what_is_written_is_what_aegis_writes():
    written = json.loads(aegis.format([BOB, DORA, EMIL]))
    ids = [entry.pop("uuid") for entry in written["db"]["entries"]]
    assert len(set(ids)) == 3 and all(len(each) == 36 for each in ids)
    assert written == GOLDEN
    assert list(written) == ["version", "header", "db"]


def test_a_sealed_vault_opens_by_the_document_of_the_format():
    """With scrypt and AES-GCM alone, and no code that is tested."""
    vault = json.loads(aegis.format([BOB], PASSWORD))
    (slot,) = vault["header"]["slots"]
    assert (slot["type"], slot["n"], slot["r"], slot["p"], slot["repaired"]) == (1, 32768, 8, 1, True)
    assert (len(slot["salt"]), len(slot["key"]), slot["is_backup"]) == (2 * 32, 2 * 32, False)
    for each in (slot["key_params"], vault["header"]["params"]):
        assert (len(each["nonce"]), len(each["tag"])) == (2 * 12, 2 * 16)
    params = vault["header"]["params"]
    sealed = base64.b64decode(vault["db"]) + bytes.fromhex(params["tag"])
    db = json.loads(AESGCM(master_of(vault)).decrypt(bytes.fromhex(params["nonce"]), sealed, None))
    (entry,) = db["entries"]
    entry.pop("uuid")
    assert entry == GOLDEN["db"]["entries"][0]

"""Signatures: what minisign itself signed is accepted, and every change to it is not."""

import pytest

from support.minisign_signer import Signer
from ticktap.drive.minisign import key_id, public_key, verify
from ticktap.errors import BadInput, NotVerified

# Made by minisign 0.11 of Debian 12.
KEY = "RWTBRb5n07INhkpdZmIHcfmZVdTZCKTZUuU42+sKR6DwphHVkMd3Jt9h"
KEY_FILE = f"untrusted comment: minisign public key 860DB2D367BE45C1\n{KEY}\n"
DATA = b"abc\n"
SIGNATURE = """untrusted comment: signature from minisign secret key
RUTBRb5n07INhmMU5m01neMQWexKdeDPjLXwJOYYtN2JOK66A6Z5wKJtxg8Ds2JJeAici/qKysThH0Y2BJSS5vDdH/vXajJYFQk=
trusted comment: ticktap 0.1.0
0AZEChayKPVP2q+XnUhMIdW0aBgUdwvng0Meho7L1ZaY3EIBAuo5vrizI1XFV6uKDXgzrsOeWWvPBTz/K2+gAg==
"""
OLD_FORM = """untrusted comment: signature from minisign secret key
RWTBRb5n07INhiEKEep8yAXeKby3jZgmqn9GyJ10a4LcHpYGSQmhIPt+DFkR5KdnDlnkVXm96o/Gz4DpsVI72LV7slp3J8jlOQs=
trusted comment: old
dGMozidr6D9TDSK0JtpMyjUXu6syGQzyv20XR/KufZk7Bo8yT5p13aQyoWo70szOHd7W+2cuhl6xEiI4rDozDA==
"""


def test_a_signature_of_minisign_is_right():
    assert verify(DATA, SIGNATURE, (Signer().public, KEY)) == (KEY, "ticktap 0.1.0")


def test_a_key_is_taken_from_its_file_and_shown_as_minisign_does():
    assert public_key(KEY_FILE) == public_key(KEY) == KEY
    assert key_id(KEY) == "860DB2D367BE45C1"
    for other in ("", "RWTB", SIGNATURE):
        with pytest.raises(BadInput):
            public_key(other)


@pytest.mark.parametrize("row", [1, 2, 3])
def test_a_change_anywhere_is_noticed(row):
    lines = SIGNATURE.splitlines()
    at = 30
    lines[row] = lines[row][:at] + ("B" if lines[row][at : at + 1] != "B" else "C") + lines[row][at + 1 :]
    with pytest.raises(NotVerified):
        verify(DATA, "\n".join(lines), (KEY,))


def test_other_data_and_another_key_are_not_verified():
    with pytest.raises(NotVerified, match="changed"):
        verify(b"abd\n", SIGNATURE, (KEY,))
    with pytest.raises(NotVerified, match="860DB2D367BE45C1"):
        verify(DATA, SIGNATURE, (Signer().public,))


@pytest.mark.parametrize("text", ["", "a\nb\nc\nd\n", OLD_FORM, SIGNATURE.replace("trusted comment: t", "x")])
def test_what_is_no_signature_is_refused(text):
    with pytest.raises(BadInput):
        verify(DATA, text, (KEY,))


def test_the_tests_own_signatures_are_right():
    signer = Signer()
    assert verify(b"data", signer.sign(b"data", "one"), (signer.public,)) == (signer.public, "one")

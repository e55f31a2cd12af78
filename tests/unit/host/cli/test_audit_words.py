"""Events of the audit log in words: every event that ticktap writes has them."""

import re
from pathlib import Path
from typing import get_args

from ticktap.cli import audit_words
from ticktap.verifier.factor_match import Why

HOST = Path(__file__).parents[4] / "host" / "ticktap"
PAGE = Path(__file__).parents[4] / "docs" / "signing-in.md"


def test_every_event_that_is_written_has_words():
    source = "".join(path.read_text() for path in (HOST / "registry").glob("*.py"))
    source += (HOST / "verifier" / "sign_in.py").read_text()
    shape = r'"((?:user|token|account|backup-codes|code|app-password|sign-in|signed)-[a-z]+)"'
    ways = {"backup-code", "issued-code", "app-password"}
    written = set(re.findall(shape, source)) - ways
    assert written <= audit_words.WORDS.keys()
    assert len(written) > 15


def test_every_event_is_in_the_document():
    page = PAGE.read_text()
    assert [name for name in audit_words.WORDS if f"`{name}`" not in page] == []


def test_every_refusal_has_words():
    reasons = set(get_args(Why)) - {"ok"}
    for reason in reasons:
        assert audit_words.sentence("sign-in-refused", {"reason": reason}).startswith("refused: ")
    assert audit_words._REFUSED.keys() == reasons


def test_sentences():
    say = audit_words.sentence
    assert say("signed-in", {"method": "token", "token": "A1"}) == "signed in with a code of a token (A1)"
    assert (
        say("signed-in", {"method": "app-password", "service": "imap"})
        == "signed in with an app password, service imap"
    )
    assert (
        say("user-methods", {"methods": "token backup-code"})
        == "signs in with a code of a token, a backup code"
    )
    assert say("user-networks", {"networks": ""}) == "signs in from anywhere"
    assert (
        say("user-added", {"methods": ["token"], "networks": ["10.0.0.0/8"]})
        == "added; signs in from 10.0.0.0/8"
    )
    assert (
        say("token-recorded", {"token": "A1", "label": "A-001", "holder": "ann"})
        == "has the token A-001 (A1)"
    )


def test_another_programs_event_is_told_as_it_is():
    assert audit_words.sentence("picture-taken", {"page": 1, "at": None}) == "picture-taken page=1 at=-"
    assert audit_words.sentence("signed-in", {"method": "magic"}) == "signed-in method=magic"

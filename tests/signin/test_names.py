"""Users' names: their spellings, new ones, and what is left of a user who was deleted."""

from dataclasses import replace

import pytest
from precis_i18n import get_profile

from signin.desk import ACCOUNT
from ticktap.errors import BadInput, NotFound, Refused
from ticktap.otp.code_check import code_at
from ticktap.registry.user_names import canonical, is_name

# From RFC 8265 section 3.5, table 1, and spellings that UsernameCaseMapped makes one.
SPELLINGS = [
    ("juliet@example.com", "Juliet@Example.COM"),
    ("fussball", "FUSSBALL"),
    ("fu\u00dfball", "Fu\u00dfball"),
    ("\u03c0", "\u03a0"),  # pi
    ("\u03c3", "\u03a3"),  # sigma
    ("\u03c2", "\u03c2"),  # final sigma is another letter
    ("zo\u00eb", "Zoe\u0308"),
    ("ann", "\uff21\uff2e\uff2e"),  # full width
]


@pytest.mark.parametrize(("kept", "given"), SPELLINGS)
def test_spellings_of_one_name(kept, given):
    assert canonical(given) == kept


def test_ascii_is_as_the_profile_has_it():
    """The short way for names in ASCII changes nothing."""
    letters = [chr(code) for code in range(0x21, 0x7F)]
    for text in (*letters, "".join(letters), *(f"a{each}b" for each in letters)):
        assert canonical(text) == get_profile("UsernameCaseMapped").enforce(text)
    for code in (*range(0x21), 0x7F):
        assert canonical(f"A{chr(code)}b") == f"A{chr(code)}b" and not is_name(f"a{chr(code)}b")


# Table 2 of the same section, and the signs that services and files cannot have in a name.
@pytest.mark.parametrize(
    "name", ["foo bar", "", "henry\u2163", "\u265a", "\ufb01n", "a\u200db", "\u0628a", "\x07", "a:b", "a/b"]
)
def test_what_rfc_8265_calls_no_name(desk, name):
    with pytest.raises(BadInput, match="user's name"):
        desk.registry.users.add(name)


def test_a_user_signs_in_with_any_spelling(desk):
    desk.add("Ann")
    backup, *_ = desk.registry.factors.new_backup_codes("ANN")
    assert desk.verify(desk.code(), "aNN").ok
    assert desk.verify(backup, "Ann").ok
    assert [line.event.who for line in desk.registry.audit.lines("ann")][-2:] == ["ann", "ann"]


def test_a_renamed_user_keeps_what_gets_them_in(desk):
    desk.add()
    backup, *_ = desk.registry.factors.new_backup_codes("ann")
    issued, _ = desk.registry.factors.issue_code("ann")
    password = desk.registry.factors.new_app_password("ann", "imap")
    desk.registry.tokens.record("A1", label="one", holder="ann", seen=1)
    assert desk.registry.users.rename("Ann", "Anna").name == "anna"
    for given in (desk.code(), backup, issued, password):
        assert desk.verify(given, "ann", service="imap").reason == "unknown-user"
        assert desk.verify(given, "anna", service="imap").ok
    assert desk.registry.tokens.of("anna")[0].serial == "A1"
    assert desk.registry.audit.check().faults == []
    with pytest.raises(NotFound):
        desk.registry.users.find("ann")


def test_a_freed_name_is_another_persons(desk):
    desk.add()
    old, *_ = desk.registry.factors.new_backup_codes("ann")
    desk.registry.users.rename("ann", "anna")
    desk.add("ann", replace(ACCOUNT, secret=b"another secret of 20"), "B2")
    new, *_ = desk.registry.factors.new_backup_codes("ann")
    assert not desk.verify(old, "ann").ok
    assert not desk.verify(new, "anna").ok
    assert desk.verify(new, "ann").ok
    assert desk.verify(old, "anna").ok


def test_a_name_that_is_taken_or_the_same_is_refused(desk):
    desk.add()
    desk.registry.users.add("bob")
    for taken in ("bob", "BOB", "ann", "ANN"):
        with pytest.raises(Refused, match="already"):
            desk.registry.users.rename("ann", taken)
    with pytest.raises(BadInput):
        desk.registry.users.rename("ann", "a b")
    with pytest.raises(NotFound):
        desk.registry.users.rename("eve", "ann")
    assert desk.verify(desk.code()).ok


def test_a_deleted_user_is_a_stranger(desk):
    desk.add()
    backup, *_ = desk.registry.factors.new_backup_codes("ann")
    password = desk.registry.factors.new_app_password("ann", "imap")
    desk.registry.users.edit("ann", full_name="Ann Example", email="ann@example.com", groups=["staff"])
    assert desk.registry.users.delete("Ann") == 1 + 5 + 1
    never = desk.verify(desk.code(), "nobody-was-called-so")
    for given in (desk.code(), backup, password):
        answer = desk.verify(given, "ann", service="imap")
        assert (answer.ok, answer.reason, answer.message) == (False, "unknown-user", never.message)
    assert desk.registry.users.all() == []
    assert desk.registry.all() == []
    with desk.registry.engine.reading() as run:
        left = run("select full_name, email, member_of, methods from users where kind = 'deleted'").fetchall()
    assert [tuple(row) for row in left] == [("", "", "", "")]


def test_the_trail_of_a_deleted_user_stays_whole_and_is_found_by_the_name(desk):
    desk.add()
    desk.verify(desk.code())
    desk.registry.users.rename("ann", "anna")
    desk.registry.users.delete("anna")
    anchor = desk.registry.audit.anchor()
    lines = desk.registry.audit.lines("anna")
    assert [line.event.what for line in lines] == [
        "user-added", "account-added", "signed-in", "user-renamed", "user-deleted",
    ]  # fmt: skip
    assert {(line.user, line.deleted) for line in lines} == {("anna", True)}
    assert desk.registry.audit.check(anchor).faults == []


def test_a_chain_of_a_deleted_user_that_is_changed_or_gone_is_found(desk):
    desk.add()
    desk.registry.users.delete("ann")
    with desk.registry.engine.writing() as run:
        number, *_ = run("select id from users where kind = 'deleted'").fetchone()
        run("update audit_log set who = 'eve' where user_id = ? and entry = 1", (number,))
    assert desk.registry.audit.check().faults[0].startswith("ann (deleted): entry 1 was changed")
    with desk.registry.engine.writing() as run:
        run("delete from audit_log where user_id = ?", (number,))
        run("delete from users where id = ?", (number,))
    assert desk.registry.audit.check().faults == ["ann: the whole user is missing"]


def test_a_deleted_name_comes_back_without_the_old_codes(desk):
    desk.add()
    code = desk.code()
    backup, *_ = desk.registry.factors.new_backup_codes("ann")
    assert desk.verify(code).ok
    desk.registry.users.delete("ann")
    desk.registry.users.add("ann")
    desk.registry.keep(ACCOUNT, "A1", 1, "ann")
    assert desk.verify(code).reason == "used"
    assert desk.verify(backup).reason == "no-match"
    desk.later(60)
    assert desk.verify(desk.code()).ok
    who = [(line.event.what, line.deleted) for line in desk.registry.audit.lines("ann")]
    assert ("user-deleted", True) in who and ("signed-in", False) in who


def test_names_that_nobody_has_are_one_in_every_spelling(desk):
    desk.add()
    for name in ("Stranger", "stranger", "\uff53tranger"):
        desk.verify("123456", name)
    found = {line.event.detail["name"] for line in desk.registry.audit.lines() if "name" in line.event.detail}
    assert len(found) == 1


def test_a_code_with_a_hash_is_looked_up_for_strangers_as_for_users(desk, monkeypatch):
    """A stranger costs one look-up more for a backup code, and so does a user; a token's code costs none."""
    desk.add()
    engine, looked = desk.registry.engine, []
    reading = engine.reading
    monkeypatch.setattr(engine, "reading", lambda: looked.append(1) or reading())
    counts = []
    for user in ("ann", "stranger", "a b"):
        for code in ("AAAA-BBBB-CCCC", "123456"):
            looked.clear()
            desk.verify(code, user)
            counts.append(len(looked))
    assert counts == [1, 0] * 3


def test_full_name_address_and_groups(desk):
    user = desk.registry.users.add(
        "ann", full_name=" Zoe\u0308  Example ", email="z@example.com", groups=["b", "a"]
    )
    assert (user.full_name, user.email, user.groups) == ("Zo\u00eb Example", "z@example.com", ("b", "a"))
    user = desk.registry.users.edit("ann", email="", groups=())
    assert (user.full_name, user.email, user.groups) == ("Zo\u00eb Example", "", ())
    (line,) = [line for line in desk.registry.audit.lines("ann") if line.event.what == "user-edited"]
    assert line.event.detail == {"changed": ["email", "groups"]}


@pytest.mark.parametrize(
    "known",
    [
        {"full_name": "x" * 129}, {"full_name": "a\x07b"}, {"email": "ann"}, {"email": "a@b@c"},
        {"email": "Ann <ann@example.com>"}, {"groups": ["a b"]}, {"groups": [""]}, {"groups": ["a,b"]},
    ],
)  # fmt: skip
def test_what_is_no_full_name_address_or_group(desk, known):
    desk.add()
    with pytest.raises(BadInput):
        desk.registry.users.edit("ann", **known)


def test_the_last_sign_in_is_remembered(desk):
    desk.add(account=replace(ACCOUNT, type="hotp"))
    assert desk.registry.users.find("ann").signed_in is None
    desk.verify(desk.wrong())
    assert desk.registry.users.find("ann").signed_in is None
    assert desk.verify(code_at(replace(ACCOUNT, type="hotp"), 0)).ok
    user = desk.registry.users.find("ann")
    assert (user.signed_in, user.failures) == (int(desk.now), 0)

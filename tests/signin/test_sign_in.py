"""Who gets in, with what, how often; and what is remembered."""

from dataclasses import replace

import pytest

from signin.desk import ACCOUNT, COUNTED, STEP
from ticktap.errors import BadInput, NotFound, Refused
from ticktap.otp.code_check import code_at
from ticktap.verifier.sign_in import SignIn


def test_a_right_code_signs_in_and_says_with_what(desk):
    desk.add()
    answer = desk.verify(desk.code())
    assert (answer.ok, answer.reason, answer.method, answer.token) == (True, "ok", "token", "A1")
    assert (answer.counter, answer.drift, answer.period) == (desk.now // STEP, 0, STEP)


def test_a_code_as_people_type_it(desk):
    desk.add()
    code = desk.code()
    assert desk.verify(f" {code[:3]} {code[3:]}\n").ok


def test_a_wrong_code_a_stranger_and_nothing_read_the_same(desk):
    desk.add()
    tries = [(desk.wrong(), "ann"), (desk.code(), "bob"), ("", "ann"), ("\u00e9" * 600, "ann")]
    answers = [desk.verify(code, user) for code, user in tries]
    assert {answer.message for answer in answers} == {"Not accepted."}
    assert [answer.reason for answer in answers] == ["no-match", "unknown-user", "no-match", "no-match"]


def test_no_code_gets_anyone_in_twice(desk):
    desk.add()
    code = desk.code()
    assert desk.verify(code).ok
    for _ in range(3):
        assert desk.verify(code).reason == "used"
        desk.registry.users.unlock("ann")


def test_an_older_code_is_refused_after_a_newer(desk):
    desk.add()
    older, newer = desk.code(steps=-1), desk.code()
    assert desk.verify(newer).ok
    assert not desk.verify(older).ok


def test_a_code_stays_spent_in_another_program_and_after_the_account_was_kept_anew(desk):
    row = desk.add()
    code = desk.code()
    assert desk.verify(code).ok
    desk.registry.forget(row)
    desk.registry.keep(ACCOUNT, "B2", 7, "ann")
    assert desk.verify(code).reason == "used"
    with desk.open() as other:
        assert other.all()[0].last_used == desk.now // STEP


def test_twins_share_what_was_spent(desk):
    desk.add()
    desk.registry.keep(ACCOUNT, "B2", 1, "ann")
    assert desk.verify(desk.code()).ok
    assert desk.verify(desk.code()).reason == "used"
    desk.later()
    assert desk.verify(desk.code()).ok


def test_a_user_may_have_several_tokens(desk):
    desk.add()
    spare = replace(ACCOUNT, secret=b"another secret of 20")
    desk.registry.keep(spare, "B2", 1, "ann")
    assert desk.verify(desk.code(spare)).token == "B2"
    assert desk.verify(desk.code()).token == "A1"


def test_somebody_elses_code_is_wrong(desk):
    desk.add()
    desk.add("bob", replace(ACCOUNT, secret=b"another secret of 20"), "B2")
    assert desk.verify(desk.code(), "bob").reason == "no-match"


def test_a_right_code_of_a_token_is_given_to_the_clock_history(desk):
    desk.add()
    recorded = []
    sign_in = SignIn(desk.registry, lambda *each: recorded.append(each))
    assert not sign_in.verify("ann", desk.wrong()).ok
    assert recorded == []
    assert sign_in.verify("ann", desk.code(steps=1)).ok
    assert recorded == [("A1", 1, STEP, desk.now)]


@pytest.mark.parametrize("steps", [-1, 1])
def test_a_drifting_token_is_followed(desk, steps):
    desk.add()
    assert desk.verify(desk.code(steps=steps)).drift == steps
    desk.later(10 * STEP)
    assert desk.verify(desk.code(steps=2 * steps)).drift == 2 * steps
    desk.later(10 * STEP)
    assert not desk.verify(desk.code(steps=4 * steps)).ok


# --- HOTP


def test_hotp_looks_ahead_and_never_back(desk):
    desk.add(account=COUNTED)
    assert desk.verify(code_at(COUNTED, 5 + 10)).ok
    assert desk.verify(code_at(COUNTED, 15)).reason == "used"
    assert desk.verify(code_at(COUNTED, 16)).ok


def test_far_ahead_two_codes_in_a_row_are_needed(desk):
    desk.add(account=COUNTED)
    assert desk.verify(code_at(COUNTED, 60)).reason == "resync"
    assert desk.verify(code_at(COUNTED, 61)).ok
    assert desk.verify(code_at(COUNTED, 62)).ok
    assert desk.verify(code_at(COUNTED, 60)).reason in ("used", "no-match")


def test_far_ahead_two_codes_not_in_a_row_do_not_do(desk):
    desk.add(account=COUNTED)
    for counter in (60, 62, 61, 63):
        assert desk.verify(code_at(COUNTED, counter)).reason in ("resync", "waiting")
        desk.later(100)


def test_too_far_ahead_is_just_wrong(desk):
    desk.add(account=COUNTED)
    desk.registry.set_policy("resync", 20)
    assert desk.verify(code_at(COUNTED, 5 + 10 + 21)).reason == "no-match"
    assert desk.verify(code_at(COUNTED, 5 + 10 + 20)).reason == "resync"


# --- how, and from where


def test_a_method_that_is_not_allowed_is_refused(desk):
    desk.add()
    desk.registry.users.set_methods("ann", ["backup-code"])
    assert desk.verify(desk.code()).reason == "method"
    desk.registry.users.set_main_method("ann", "token")
    assert desk.verify(desk.code()).ok
    assert desk.registry.users.find("ann").methods == ("token", "backup-code")


@pytest.mark.parametrize(
    ("origin", "let_in"),
    [("10.1.2.3", True), ("2001:db8::1", True), ("192.0.2.1", False), ("", False), ("x", False)],
)
def test_networks(desk, origin, let_in):
    desk.add()
    desk.registry.users.set_networks("ann", ["10.1.0.0/16", "2001:db8::/32"])
    answer = desk.verify(desk.code(), origin=origin)
    assert answer.ok == let_in
    assert let_in or answer.reason == "network"
    assert desk.registry.users.find("ann").failures == 0


def test_a_disabled_user_does_not_get_in(desk):
    desk.add()
    desk.registry.users.disable("ann")
    assert desk.verify(desk.code()).reason == "disabled"
    desk.registry.users.enable("ann")
    assert desk.verify(desk.code()).ok  # the refused one was not spent


def test_a_lost_tokens_codes_are_wrong(desk):
    desk.add()
    desk.registry.tokens.record("A1", label="one", holder="ann", seen=1)
    assert desk.registry.tokens.mark_lost("A1") == 1
    assert desk.verify(desk.code()).reason == "no-match"
    assert desk.registry.tokens.of("ann") == []


def test_a_reset_user_has_nothing_left(desk):
    desk.add()
    (backup, *_) = desk.registry.factors.new_backup_codes("ann")
    password = desk.registry.factors.new_app_password("ann", "imap")
    assert desk.registry.users.reset("ann") == 1 + 5 + 1
    for given in (desk.code(), backup, password):
        assert not desk.verify(given, service="imap").ok
        desk.registry.users.unlock("ann")


# --- names


@pytest.mark.parametrize("name", ["", "a b", "a,b", "a:b", "a/b", "\x7f3", "a\n", "x" * 65])
def test_what_is_no_name(desk, name):
    with pytest.raises(BadInput):
        desk.registry.users.add(name)


def test_a_name_is_taken_once(desk):
    desk.registry.users.add("ann")
    with pytest.raises(Refused, match="already"):
        desk.registry.users.add("ann")
    with pytest.raises(Refused, match="already"):
        desk.registry.users.add("ANN")
    assert [user.name for user in desk.registry.users.all()] == ["ann"]


@pytest.mark.parametrize("name", ["bob", "\x7fregistry", "\x7f0", "", "\ud800", "a\0b"])
def test_no_name_but_a_users_gets_in(desk, name):
    desk.add()
    assert desk.verify(desk.code(), name).reason == "unknown-user"
    assert desk.verify(desk.code(), "ann").ok


def test_nobody_has_the_name_of_a_stand_in(desk):
    with pytest.raises(NotFound):
        desk.registry.users.find("\x7fregistry")
    assert desk.registry.users.all() == []


def test_what_others_gave_is_made_safe(desk):
    desk.add()
    assert desk.verify(desk.code(), origin="a\0\ud800\n" + "x" * 500, service="\0").ok
    (*_, line) = desk.registry.audit.lines("ann")
    assert line.event.origin == "a???" + "x" * 96

"""account add and its proof, and the commands that change accounts."""

import io

import pytest
import segno

from cli.command import BASE32, HOTP_URI, SECRET, URI
from support.fake_token import Fault
from ticktap.otp import code_check
from ticktap.otp.account import Account


@pytest.fixture
def stocked(ticktap, token):
    """The command with a token that has alice and bob."""
    for name in ("alice", "bob"):
        token.do_account_add(**Account("Example", name, SECRET).to_params())
    return ticktap


def names(token):
    return [token.accounts[number]["name"] for number in token.order]


def test_add_proves_the_account_with_a_press(ticktap, token):
    done = ticktap("account", "add", stdin=URI + "\n")
    assert done.code == 0
    assert done.out.startswith("Added Example:alice as number 1.\nThe token's first code matches the secret")
    assert "the enrolment is complete when the site has accepted it" in done.out
    assert "There is no copy of it" in done.out
    assert "Press the button" in done.err
    assert [params.get("prove") for method, params in token.calls if method == "account.add"] == [True]
    assert not {"code.get", "session.allow"} & {method for method, _ in token.calls}, "one press does it"


@pytest.mark.parametrize("kind", ["png", "svg"])
@pytest.mark.parametrize("piped", [False, True])
def test_add_from_a_picture(ticktap, token, tmp_path, kind, piped):
    picture = io.BytesIO()
    segno.make(URI).save(picture, kind=kind, scale=5)
    path = tmp_path / f"code.{kind}"
    path.write_bytes(picture.getvalue())
    done = ticktap(
        "account", "add", "--qr", "-" if piped else str(path), stdin=picture.getvalue() if piped else ""
    )
    assert done.code == 0, done.err
    assert names(token) == ["alice"]


@pytest.mark.parametrize(
    "spelling", [BASE32, BASE32.lower(), " ".join(BASE32[i : i + 4] for i in range(0, 32, 4))]
)
def test_add_by_hand(ticktap, token, spelling):
    done = ticktap("account", "add", "--manual", stdin=f"Example\nalice\n{spelling}\n")
    assert done.code == 0, done.err
    assert token.accounts[1] == Account("Example", "alice", SECRET).to_params() | {"counter": 0}


@pytest.mark.parametrize(
    "spelling", [BASE32, BASE32.lower(), " ".join(BASE32[i : i + 4] for i in range(0, 32, 4)).lower()]
)
def test_add_takes_the_secret_that_a_site_shows(ticktap, token, spelling):
    done = ticktap("account", "add", stdin=f"{spelling}\nExample\nalice\n")
    assert done.code == 0, done.err
    assert token.accounts[1] == Account("Example", "alice", SECRET).to_params() | {"counter": 0}
    assert done.err.index("Issuer") < done.err.index("Account name") < done.err.index("Press the button")


def test_names_that_were_given_are_not_asked_for(ticktap, token):
    done = ticktap("account", "add", "--issuer", "E", "--name", "ann", stdin=BASE32)
    assert done.code == 0, done.err
    assert (token.accounts[1]["issuer"], token.accounts[1]["name"]) == ("E", "ann")
    assert "Issuer" not in done.err


@pytest.mark.parametrize(
    ("text", "words"), [("", "nothing was given"), ("not!base32", "character 4"), ("JBSWY3DP", "5 bytes")]
)
def test_what_is_neither_uri_nor_secret_is_refused_before_any_press(ticktap, token, text, words):
    done = ticktap("account", "add", stdin=f"{text}\n")
    assert done.code == 2
    assert words in done.err.lower()
    assert "Press" not in done.err


def test_add_takes_changes(ticktap, token):
    options = ["--issuer", "Firm", "--name", "Ann", "--suffix", "tab", "--default"]
    token.do_account_add(name="first", secret="")
    done = ticktap("account", "add", *options, stdin=URI)
    assert done.code == 0, done.err
    account = token.accounts[2]
    assert (account["issuer"], account["name"], account["suffix"], token.default) == ("Firm", "Ann", "tab", 2)


def test_add_without_confirmation_presses_nothing(ticktap, token):
    done = ticktap("account", "add", "--no-confirm", stdin=URI)
    assert "not checked" in done.out
    assert done.err.startswith("otpauth URI or secret: \nPress the button to allow changes (30 s).\n")
    assert [name for name, _ in token.calls][-4:] == [
        "session.allow",
        "session.call",
        "account.add",
        "session.close",
    ]


@pytest.mark.parametrize(
    ("finger", "code", "words"), [("wrong", 7, "removed from the token"), ("none", 6, "Try again")]
)
def test_what_is_not_proved_is_not_on_the_token(ticktap, token, finger, code, words):
    token.finger = finger
    done = ticktap("account", "add", "--keep", stdin=URI)
    assert done.code == code
    assert words in done.err
    assert names(token) == []
    assert ticktap("verify", "alice", stdin="1").code == 5, "and keeps no copy"


def test_without_a_press_nothing_changes(stocked, token):
    token.finger = "none"
    before = [dict(token.accounts[number]) for number in token.order]
    for words in ("rename bob --name x", "move bob 1", "default bob", "suffix bob tab", "remove bob --force"):
        done = stocked("account", *words.split())
        assert (done.code, done.out) == (6, "")
        assert "The button was not pressed in time." in done.err
    assert [token.accounts[number] for number in token.order] == before
    assert token.default == 1


def test_a_press_is_not_asked_for_when_there_is_nothing_to_change(stocked, token):
    for words in ("rename nobody --name x", "move nobody 1", "remove nobody --force"):
        assert "Press the button" not in stocked("account", *words.split()).err
    assert "session.allow" not in [name for name, _ in token.calls]


def test_damaged_accounts_are_shown_as_such(stocked, token):
    assert "damaged" not in stocked("account", "list").out
    token.accounts[2] |= {"damaged": True, "issuer": "", "name": "damaged"}
    rows = stocked("account", "list").out.splitlines()
    assert [row.split()[-1] for row in rows] == ["damaged", "no", "yes"]


def test_add_says_when_the_account_could_not_be_taken_back(ticktap, token):
    """A token that refuses; one that says nothing is the same, after 50 s."""
    token.finger = "wrong"
    own = token.carry_out

    def carry_out(name, *more, **options):
        if name == "account.remove":
            raise Fault(-32603, "OSError")
        return own(name, *more, **options)

    token.carry_out = carry_out
    done = ticktap("account", "add", stdin=URI)
    assert done.code == 7
    assert "still on the token: 'ticktap account remove 1'" in done.err


def test_a_clock_that_is_off_is_told_with_the_proof(ticktap, token):
    token.clock_error = -40.0
    done = ticktap("account", "add", stdin=URI)
    assert done.code == 0
    assert "s from this computer's: 'ticktap clock sync' sets it." in done.err


def test_a_copy_that_cannot_be_kept_is_told(ticktap, token):
    ticktap("account", "add", "--keep", stdin=URI)
    (ticktap.home / "kept" / "registry.key").unlink()
    done = ticktap("account", "add", "--keep", stdin=HOTP_URI)
    assert done.code == 1
    assert "The account is on the token, but its copy was not stored." in done.err


def test_a_second_account_of_the_same_name_is_asked_about(stocked, token):
    assert stocked("account", "add", stdin=f"{URI}\nn\n").code == 6
    assert names(token) == ["alice", "bob"]
    assert stocked("account", "add", stdin=f"{URI}\ny\n").code == 0
    assert stocked("account", "add", "--force", stdin=URI).code == 0
    assert names(token) == ["alice", "bob", "alice", "alice"]


@pytest.mark.parametrize("word", [URI, BASE32, BASE32.lower(), f"{BASE32[:16]}-{BASE32[16:]}"])
@pytest.mark.parametrize(
    "command", [["account", "add"], ["account", "remove"], ["code"], ["verify"], ["verify", "--uri"]]
)
def test_a_secret_on_the_command_line_is_refused_and_not_repeated(ticktap, token, command, word):
    done = ticktap(*command, word)
    assert done.code == 2
    assert "shell's history" in done.err
    assert token.calls == []


@pytest.mark.parametrize(
    "name", ["alice", "alice@example.com", "Example:alice", "administrator-account", "7"]
)
def test_a_usual_name_is_not_taken_for_a_secret(ticktap, name):
    assert ticktap("code", name).code in (2, 5)
    assert "secret" not in ticktap("code", name).err


def test_weak_secrets_are_told(ticktap):
    done = ticktap("account", "add", "--json", stdin="otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ")
    assert "80 bits" in done.err
    assert "80 bits" in done.data["warnings"][0]


@pytest.mark.parametrize("wanted", ["1", "#1", "alice", "ALICE", "Example:alice", "ali"])
def test_accounts_are_named_in_many_ways(stocked, wanted):
    assert stocked("code", wanted, "--json").data["id"] == 1


def test_an_ambiguous_name_is_refused_with_a_list(stocked):
    done = stocked("code", "example")
    assert done.code == 2
    assert "Example:alice" in done.err
    assert "Example:bob" in done.err


def test_changes(stocked, token):
    assert (
        stocked("account", "rename", "alice", "--name", "ann").out
        == "Example:alice is now called Example:ann.\n"
    )
    assert stocked("account", "rename", "ann", "--issuer", "").out == "Example:ann is now called ann.\n"
    assert stocked("account", "move", "bob", "1").out == "Example:bob is now at position 1.\n"
    assert stocked("account", "default", "bob").out == "A click now types Example:bob.\n"
    assert stocked("account", "suffix", "bob", "enter").code == 0
    assert stocked("account", "list").out.splitlines() == [
        "position  number  issuer   name  type  algorithm  digits  period  counter  suffix  default",
        "1         2       Example  bob   totp  SHA1       6       30      0        enter   yes",
        "2         1                ann   totp  SHA1       6       30      0        none    no",
    ]
    assert stocked("account", "remove", "ann", stdin="yes\n").out == "Removed ann from the token.\n"
    assert stocked("account", "remove", "bob", "--force").code == 0
    assert stocked("account", "list").out == "No accounts. Add one with 'ticktap account add'.\n"


def test_a_position_that_is_not_there_is_refused_before_the_press(stocked):
    done = stocked("account", "move", "alice", "99")
    assert done.code == 2
    assert "no position 99: the token has 2 accounts" in done.err
    assert "Press" not in done.err


def test_a_name_that_is_too_long_is_refused_before_the_press(stocked):
    done = stocked("account", "rename", "alice", "--name", "x" * 65)
    assert (done.code, "65 bytes" in done.err, "Press" in done.err) == (2, True, False)
    done = stocked("token", "rename", "x" * 33)
    assert (done.code, "33 bytes" in done.err, "Press" in done.err) == (2, True, False)


@pytest.mark.parametrize(
    ("words", "same"),
    [(["ls"], ["list"]), (["account", "ls"], ["account", "list"])],
)
def test_usual_names_of_other_programs_are_understood(stocked, words, same):
    assert stocked(*words).out == stocked(*same).out


@pytest.mark.parametrize("word", ["rm", "delete"])
def test_an_account_is_removed_by_other_words_too(stocked, token, word):
    assert stocked("account", word, "alice", "--force", "--json").document["command"] == "account remove"
    assert names(token) == ["bob"]


@pytest.mark.parametrize(
    ("words", "meant"),
    [(["acount"], "'account'"), (["account", "lst"], "'list'"), (["account", "remvoe"], "'remove'")],
)
def test_a_mistyped_command_is_answered_with_what_it_may_mean(ticktap, words, meant):
    done = ticktap(*words)
    assert done.code == 2
    assert f"Did you mean {meant}" in done.err


def test_columns_are_as_wide_as_a_terminal_shows_them(stocked, token):
    token.accounts[1]["name"] = "日本語"
    rows = stocked("account", "list").out.splitlines()
    at = rows[0].index("type")
    assert rows[1][: at - 3].endswith("日本語  "), "three characters that take six cells"
    assert rows[2][at:].startswith("totp")


# --- copies


def test_kept_copies_are_listed_and_removed(ticktap, token):
    assert ticktap("account", "add", "--keep", stdin=URI).code == 0
    (row,) = ticktap("kept", "list", "--json").data
    assert (row["id"], row["issuer"], row["name"], row["user"]) == (1, "Example", "alice", None)
    assert ticktap("kept", "remove", "alice", stdin="n\n").code == 6
    assert len(ticktap("kept", "list", "--json").data) == 1
    assert ticktap("kept", "remove", "1", stdin="y\n").code == 0
    assert "No copies are kept" in ticktap("kept", "list").out
    assert names(token) == ["alice"], "the token is not touched"


def test_remove_says_that_a_copy_is_left(ticktap, token):
    assert ticktap("account", "add", "--keep", stdin=URI).code == 0
    done = ticktap("account", "remove", "alice", "--force")
    assert "'ticktap kept remove 1'" in done.out
    assert len(ticktap("kept", "list", "--json").data) == 1


def test_doctor_names_the_accounts_without_a_copy(ticktap, token, tmp_path):
    def copies():
        return next(each for each in ticktap("doctor", "--json").document["data"] if each["name"] == "copies")

    token.do_account_add(**Account("Example", "lonely", SECRET).to_params())
    assert ticktap("account", "add", "--keep", stdin=URI).code == 0
    file = tmp_path / "b"
    more = ["--name", "carol", "--backup", str(file)]
    assert ticktap("account", "add", *more, stdin=f"{URI}\nfour random words\n").code == 0
    check = copies()
    assert (check["ok"], check["detail"]) == (None, "no known copy of 1 of 3 accounts: Example:lonely")
    assert "new QR code" in check["remedy"]
    file.unlink()
    assert "2 of 3 accounts: Example:lonely, Example:carol" in copies()["detail"]


def test_a_missing_copy_is_mended_by_enrolling_again(ticktap):
    done = ticktap("verify", "alice", stdin="123456")
    assert done.code == 5
    assert "new QR code" in done.err


def test_backup_create_names_what_it_leaves_out(stocked, tmp_path):
    assert stocked("account", "add", "--keep", "--name", "carol", stdin=URI).code == 0
    done = stocked("backup", "create", str(tmp_path / "b"), stdin="four random words\n")
    assert "On the token but not in the backup: Example:alice, Example:bob." in done.out


def test_a_token_that_is_not_there_is_named(stocked):
    for words in (["list"], ["info"], ["kept", "list"]):
        done = stocked("--device", "nosuchname", *words)
        assert done.code == 3, words
        assert "'nosuchname'" in done.err


# --- names


def test_a_token_cannot_move_the_cursor_with_a_name(stocked, token):
    token.accounts[1]["name"] = "x\x1b[2Jy\u202e"
    assert "x?[2Jy?" in stocked("account", "list").out


# --- code, type, verify -----------------------------------------------------------------------------------


def test_only_the_code_goes_to_stdout(stocked, token):
    done = stocked("code", "alice")
    account = Account("Example", "alice", SECRET)
    step = token.unix() // 30
    assert done.out.strip() in {code_check.code_at(account, at) for at in (step, step - 1)}
    assert "Press the button" in done.err


def test_without_a_name_it_is_the_default(stocked, token):
    token.default = 2
    assert stocked("code", "--json").data["account"] == "Example:bob"
    assert stocked("type").out == "Typed the code of Example:bob.\n"


def test_verify_takes_a_kept_accounts_code_once(ticktap, token):
    assert ticktap("account", "add", "--keep", stdin=URI).code == 0
    code = ticktap("code").out
    done = ticktap("verify", "alice", stdin=code)
    assert (done.code, done.out) == (0, "Example:alice: the code is right.\n")
    again = ticktap("verify", "alice", "--json", stdin=code)
    assert again.code == 7
    assert again.data["reason"] == "used"


def test_the_code_that_proved_a_counter_is_spent(ticktap, token):
    assert ticktap("account", "add", "--keep", stdin=HOTP_URI).code == 0
    account = Account("Example", "bob", SECRET, type="hotp")
    assert ticktap("verify", "bob", stdin=code_check.code_at(account, 3)).code == 7
    done = ticktap("verify", "bob", "--json", stdin=ticktap("code").out)
    assert (done.code, done.data["counter"]) == (0, 4)


def test_verify_with_the_uri_given_again(ticktap, token):
    assert ticktap("account", "add", stdin=URI).code == 0
    done = ticktap("verify", "--uri", "-", "--json", stdin=f"{URI}\n{ticktap('code').out}")
    assert (done.code, done.data["verified"], done.data["offset"]) == (0, True, 0)


def test_verify_with_the_picture_given_again(ticktap, token, tmp_path):
    segno.make(URI).save(str(tmp_path / "code.png"), scale=5)
    assert ticktap("account", "add", stdin=URI).code == 0
    assert ticktap("verify", "--qr", str(tmp_path / "code.png"), stdin=ticktap("code").out).code == 0


def test_verify_explains_another_accounts_code(ticktap, token):
    other = URI.replace("alice", "carol").replace(BASE32, BASE32[::-1])
    for uri in (URI, other):
        assert ticktap("account", "add", "--keep", stdin=uri).code == 0
    done = ticktap("verify", "alice", stdin=ticktap("code", "carol").out)
    assert done.code == 7
    assert "carol" in done.err


def test_verify_tells_tokens_apart_by_their_serial_number(ticktap, token):
    for serial in ("AA", "BB"):
        token.hello["serial"] = serial
        assert ticktap("account", "add", "--keep", "--force", stdin=URI).code == 0
    code = ticktap("code", "1").out
    assert ticktap("verify", "alice", stdin=code).code == 2
    assert ticktap("verify", "alice", "--device", "BB", stdin=code).code == 0

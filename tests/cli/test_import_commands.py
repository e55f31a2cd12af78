"""account import: many accounts after one press, shown, asked about, resumed."""

import io
import json

import pytest
import segno

from cli.command import BASE32, SECRET, URI
from cli.test_terminal import Terminal
from formats import writers, writing
from formats.people import ALICE, DORA, EVERYONE, PASSWORD
from support.fake_port import Fault
from ticktap.formats import google_migration
from ticktap.otp.account import Account

MANY = [Account("Example", f"user{number}", SECRET) for number in range(12)]


@pytest.fixture
def saved(tmp_path):
    """Writes bytes to a file and gives its path as text."""

    def save(data, name="export"):
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return save


def names(token):
    return [token.accounts[number]["name"] for number in token.order]


def changes(token):
    return [name for name, _ in token.calls if name in ("session.allow", "account.add")]


def test_a_plain_export_goes_on_the_token_after_one_press(ticktap, token, saved):
    done = ticktap("account", "import", saved(writers.aegis(EVERYONE)))
    assert done.code == 0, done.err
    assert done.out == "5 accounts added.\n"
    assert names(token) == [each.name for each in EVERYONE]
    assert changes(token) == ["session.allow"] + ["account.add"] * 5
    assert done.err.count("Press the button") == 1
    stored = [token.accounts[number] for number in token.order]
    for account, there in zip(EVERYONE, stored, strict=True):
        assert there.items() >= account.to_params().items()


def test_the_password_comes_from_standard_input_or_the_prompt(ticktap, token, saved):
    path = saved(writers.aegis_encrypted(EVERYONE, PASSWORD))
    done = ticktap("account", "import", path, stdin=PASSWORD + "\n")
    assert done.code == 0, done.err
    assert "(Aegis): " in done.err
    assert len(token.order) == 5


def test_a_wrong_password_is_asked_for_again_at_a_terminal_and_shown_nowhere(ticktap, token, saved):
    run = Terminal(ticktap, "account", "import", saved(writers.twofas_encrypted([ALICE], PASSWORD)))
    run.expect("(2FAS): ")
    run.type("wrong one\n")
    run.expect("was saved with.\r\nPassword of")
    run.type(PASSWORD + "\n")
    assert run.end() == (0, "1 account added.\n")
    assert PASSWORD not in run.seen
    assert "Adding" in run.seen, "a bar at a terminal"


def test_a_wrong_password_without_a_terminal_is_the_end(ticktap, token, saved):
    done = ticktap("account", "import", saved(writers.aegis_encrypted(EVERYONE, PASSWORD)), stdin="wrong\n")
    assert (done.code, done.out) == (2, "")
    assert "the password is wrong" in done.err
    assert token.calls == []


def picture(*texts):
    """All of the codes in one svg, side by side."""
    parts, width = [], 0
    for text in texts:
        code = segno.make(text, micro=False)
        out = io.BytesIO()
        code.save(out, kind="svg", border=4, xmldecl=False, svgns=True)
        side = code.symbol_size(border=4)[0]
        parts.append(f'<svg x="{width}" y="0" width="{side}" height="{side}">{out.getvalue().decode()}</svg>')
        width += side
    whole = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {width}">{"".join(parts)}</svg>'
    return whole.encode()


def test_several_codes_in_one_picture(ticktap, token, saved):
    done = ticktap(
        "account", "import", saved(picture(*map(writing.uri, EVERYONE[:3]), "https://example.com"))
    )
    assert done.code == 0, done.err
    assert sorted(names(token)) == sorted(each.name for each in EVERYONE[:3])


def test_transfer_codes_in_any_order_from_pictures_and_text(ticktap, token, saved):
    codes = google_migration.format([*MANY, *MANY[:1], Account("Example", "last", SECRET[::-1])])
    assert len(codes) == 2
    files = [saved(picture(codes[1]), "second.svg"), saved(codes[0].encode(), "first.txt")]
    done = ticktap("account", "import", *files)
    assert done.code == 0, done.err
    assert names(token) == [each.name for each in MANY] + ["last"]
    assert "1 occurred more than once and were imported once." in done.out


def test_missing_transfer_codes_are_named_and_the_others_taken(ticktap, token, saved):
    codes = google_migration.format([Account("E", f"user{number}", SECRET) for number in range(25)])
    done = ticktap("account", "import", "--json", saved(codes[1].encode()))
    assert done.code == 9
    data = done.document["data"]
    assert [each["name"] for each in data["refused"]] == ["transfer code 1 of 3", "transfer code 3 of 3"]
    assert len(data["added"]) == len(token.order) == 10


def test_what_cannot_be_taken_is_listed_with_its_reason(ticktap, token, saved):
    vault = json.loads(writers.aegis([ALICE]))
    for kind in ("motp", "yandex"):
        entry = vault["db"]["entries"][0] | {"type": kind, "name": kind}
        vault["db"]["entries"].append(entry)
    done = ticktap("account", "import", saved(writing.document(vault)))
    assert done.code == 9
    assert "1 account added.\n2 could not be imported:\n" in done.out
    assert "Example:motp: the token does not support mOTP" in done.out
    assert "Example:yandex: the token does not support Yandex's codes" in done.out
    assert names(token) == [ALICE.name]


def test_a_dry_run_lists_what_it_would_add_and_claims_nothing(ticktap, token, saved):
    good, bad = (
        b"otpauth://totp/A:b?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
        b"otpauth://totp/C:d?secret=short",
    )
    done = ticktap("account", "import", "--dry-run", saved(good + b"\n" + bad + b"\n"))
    assert done.code == 9
    assert "1 account would be added:\n  A:b\n" in done.out
    assert "Nothing was changed" in done.err
    assert "on the token" not in done.err
    assert token.order == []


def test_a_dry_run_changes_nothing(ticktap, token, saved):
    token.do_account_add(**ALICE.to_params())
    done = ticktap("account", "import", "--dry-run", "--json", saved(writers.aegis(EVERYONE)))
    assert done.code == 0, done.err
    assert done.data["dry_run"] is True
    assert done.data["already_present"] == [ALICE.label]
    assert len(done.data["added"]) == 4
    assert changes(token) == []


def test_an_interrupted_import_goes_on_without_doubles(ticktap, token, saved):
    path = saved(writers.uris(MANY))
    add, count = token.do_account_add, []

    def fail_at_the_fifth(**params):
        count.append(1)
        if len(count) == 5:
            add(**params)  # it is there, and the answer is lost
            raise Fault(3, None)
        return add(**params)

    token.do_account_add = fail_at_the_fifth
    done = ticktap("account", "import", path)
    assert done.code != 0
    assert "4 of 12 accounts were added" in done.err
    assert "Then repeat the command" in done.err
    token.do_account_add = add
    done = ticktap("account", "import", path, stdin="y\n")
    assert done.code == 0, done.err
    assert done.out.startswith("7 accounts added.\n5 already on the token: ")
    assert sorted(names(token)) == sorted(each.name for each in MANY)


CLASHING = [ALICE, Account(ALICE.issuer, ALICE.name, SECRET[::-1]), DORA]


@pytest.mark.parametrize(
    ("options", "stdin", "expected"),
    [
        (["--same-name", "skip"], "", [ALICE.name, DORA.name]),
        (["--same-name", "rename"], "", [ALICE.name, f"{ALICE.name} (2)", DORA.name]),
        ([], "n\n", [ALICE.name, DORA.name]),
        ([], "", [ALICE.name, DORA.name]),
        ([], "y\n", [ALICE.name, f"{ALICE.name} (2)", DORA.name]),
    ],
)
def test_clashing_names_are_shown_and_asked_about(ticktap, token, saved, options, stdin, expected):
    done = ticktap("account", "import", *options, saved(writers.aegis(CLASHING)), stdin=stdin)
    assert done.code == 0, done.err
    assert names(token) == expected
    again = ticktap("account", "import", *options, saved(writers.aegis(CLASHING)), stdin="y\n" + stdin)
    assert again.code == 0, again.err
    assert names(token) == expected, "the second time adds nothing"


def test_a_name_that_another_account_on_the_token_has(ticktap, token, saved):
    token.do_account_add(**Account(ALICE.issuer, ALICE.name, SECRET, digits=8).to_params())
    done = ticktap("account", "import", "--same-name", "rename", saved(writers.aegis([ALICE])))
    assert done.code == 0, done.err
    assert names(token) == [ALICE.name, f"{ALICE.name} (2)"]


def test_one_or_all_can_be_proved(ticktap, token, saved):
    path = saved(writers.aegis(EVERYONE))
    done = ticktap("account", "import", "--prove", "all", "--json", path)
    assert done.code == 0, done.err
    assert done.data["proved"] == [each.label for each in EVERYONE]
    assert [name for name, _ in token.calls].count("code.get") == 5
    token.finger = "wrong"
    done = ticktap("account", "import", "--prove", "one", path, stdin="y\n")
    assert done.code == 7
    assert "has another secret" in done.err


def test_copies_can_be_kept_of_all(ticktap, token, saved):
    done = ticktap("account", "import", "--keep", saved(writers.aegis(EVERYONE)))
    assert done.code == 0, done.err
    assert ticktap("verify", ALICE.name, stdin="123456").code == 7, "the copy is there, and says no"


@pytest.mark.parametrize("place", ["export", "otpauth.txt", "JBSWY3DPEHPK3PXPJBSWY3DP"])
def test_files_of_any_name_are_taken(ticktap, token, saved, place):
    assert ticktap("account", "import", saved(writers.uris([ALICE]), place)).code == 0


@pytest.mark.parametrize("word", [URI, BASE32])
def test_secrets_in_the_place_of_files_are_refused(ticktap, token, word):
    done = ticktap("account", "import", word)
    assert done.code == 2
    assert "secret was given on the command line" in done.err


def test_standard_input(ticktap, token):
    done = ticktap("account", "import", "-", stdin=writers.uris(EVERYONE))
    assert done.code == 0, done.err
    assert len(token.order) == 5
    done = ticktap("account", "import", "-", stdin=writers.aegis_encrypted(EVERYONE, PASSWORD))
    assert done.code == 2
    assert "needs a password" in done.err


@pytest.mark.parametrize(
    ("options", "environment", "words"),
    [
        (["--screen"], {}, "There is no screen"),
        (["--screen"], {"WAYLAND_DISPLAY": "wayland-0"}, "Wayland"),
        (["--clipboard"], {}, "no desktop"),
        (["--clipboard"], {"WAYLAND_DISPLAY": "wayland-0", "PATH": "/nowhere"}, "wl-clipboard"),
    ],
)
@pytest.mark.parametrize("command", ["import", "add"])
def test_where_screen_and_clipboard_cannot_be_seen_the_other_ways_are_named(
    ticktap, token, command, options, environment, words
):
    done = ticktap("account", command, *options, **environment)
    assert done.code == 1
    assert words in done.err
    assert "file" in done.err


def test_an_import_of_nothing_is_a_usage_error(ticktap):
    assert ticktap("account", "import").code == 2
    assert ticktap("account", "import", "none.json").code == 5


def test_a_password_is_taken_as_it_is(ticktap, token, saved):
    path = saved(writers.aegis_encrypted([ALICE], " blanks around "))
    assert ticktap("account", "import", path, stdin="blanks around\n").code == 2
    assert ticktap("account", "import", path, stdin=" blanks around \r\n").code == 0

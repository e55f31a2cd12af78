"""Text that is not UTF-8, terminals that know few characters, names as they were given, mistyped places."""

import ast
import os
from pathlib import Path

import pytest

import ticktap as package
from cli.command import BASE32, SECRET, URI
from ticktap.cli.framework import output
from ticktap.otp.account import Account
from ticktap.registry import Registry
from ticktap.verifier.sign_in import SignIn

LOCALES = [{"PYTHONIOENCODING": "cp1252"}, {"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}]


@pytest.mark.parametrize("locale", LOCALES)
def test_a_name_that_the_terminal_cannot_show_ends_no_command(ticktap, token, locale):
    """As on a console of Windows: the account is added, its name is printed as it can be."""
    uri = f"otpauth://totp/%E4%B8%96%E7%95%8C:birch?secret={BASE32}"
    added = ticktap("account", "add", stdin=uri + "\n", **locale)
    assert added.code == 0, added.err
    assert "\\u4e16\\u754c:birch" in added.out
    listed = ticktap("account", "list", **locale)
    assert listed.code == 0 and "birch" in listed.out
    assert ticktap("account", "list", "--json", **locale).data[0]["issuer"] == "世界"


@pytest.mark.parametrize("locale", [{}, {"LC_ALL": "C", "PYTHONUTF8": "1"}, {"PYTHONIOENCODING": "utf-8"}])
def test_a_code_that_is_not_utf_8_is_refused_in_words(ticktap, token, locale):
    assert ticktap("account", "add", "--keep", stdin=URI + "\n").code == 0
    done = ticktap("verify", "Example:alice", stdin=b"\xff12345\n", **locale)
    assert done.code in (2, 7)
    assert "UTF-8" in done.err
    assert "unexpected" not in done.err


def test_a_user_or_a_login_name_that_is_not_utf_8(ticktap):
    odd = os.fsdecode(b"caf\xe9")
    added = ticktap("user", "add", "birch", LOGNAME=odd)
    assert added.code == 0, added.err
    for args in (("user", "show", odd), ("user", "add", odd), ("verify", "--user", odd)):
        done = ticktap(*args, stdin="123456\n")
        assert done.code in (2, 5, 7), done.err
        assert "unexpected" not in done.err


def test_a_registry_takes_any_code_and_any_name(tmp_path):
    with Registry.open(tmp_path / "registry.db") as registry:
        registry.users.add("birch")
        sign_in = SignIn(registry)
        for user, code in (("birch", "\udcff2345"), ("\udcff", "123456"), ("birch", "1\x002")):
            assert not sign_in.verify(user, code).ok


def test_two_spellings_of_a_user_are_one(tmp_path):
    with Registry.open(tmp_path / "registry.db") as registry:
        registry.users.add("zo\u00eb")
        assert registry.users.find("zoe\u0308").name == "zo\u00eb"
        assert registry.users.disable("zoe\u0308").disabled is not None
        registry.users.add("\uff42\uff49\uff52\uff43\uff48")  # full width
        assert registry.users.find("birch").name == "birch"


def test_two_spellings_of_an_account_are_one():
    one, two = (Account("Caf\u00e9", "a", SECRET), Account("Cafe\u0301", "a", SECRET))
    assert one == two and one.issuer == "Caf\u00e9"


# --- messages


def test_a_file_keeps_its_name_in_messages(ticktap, token, tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("x\n")
    done = ticktap("account", "import", os.path.relpath(path))
    assert done.code == 2
    assert done.err.startswith(f"{os.path.relpath(path)}: ")
    assert output.sentence("notes.txt: the file is empty") == "notes.txt: the file is empty."


@pytest.mark.parametrize("name", ["al", "no-one", "an.other"])
def test_a_user_keeps_the_name(ticktap, name):
    assert ticktap("user", "add", name).code == 0
    done = ticktap("user", "lost", name)
    assert f" {name} " in done.err or done.err.startswith(f"{name} ")


def test_messages_of_ours_get_their_capital():
    assert output.sentence("there is no token") == "There is no token."
    assert output.sentence("rowan: there is none") == "rowan: there is none."


def test_every_first_word_of_a_message_is_known():
    """Otherwise a new message would be printed without its capital."""
    missing = set()
    for path in Path(package.__file__).parent.rglob("*.py"):
        if {"simulator", "merging"} & set(path.parts) or path.name == "mpy_compile.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and _is_an_error(node.func):
                word = _first_word(node.args[0])
                if word and word[0].islower() and word not in output.BEGINNINGS:
                    missing.add((word, path.name, node.lineno))
    assert missing <= {("mOTP", path, line) for _, path, line in missing}


def _is_an_error(function):
    import ticktap.errors

    name = getattr(function, "id", getattr(function, "attr", ""))
    return name in vars(ticktap.errors) or name.endswith("Error") and name[0].isupper()


def _first_word(argument):
    if isinstance(argument, ast.JoinedStr) and argument.values:
        argument = argument.values[0]
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and argument.value.strip():
        return argument.value.split()[0].strip(",:;")
    return ""


# --- a mistyped place


READERS = [
    ("user", "list"),
    ("user", "show", "birch"),
    ("user", "settings"),
    ("audit", "show"),
    ("audit", "verify"),
    ("inventory",),
    ("backup-codes", "new", "birch"),
    ("app-password", "list", "birch"),
    ("verify", "--user", "birch"),
    ("verify", "Example:alice"),
]


@pytest.mark.parametrize("args", READERS, ids=" ".join)
def test_commands_that_only_read_make_no_registry(ticktap, tmp_path, args):
    place = tmp_path / "typo" / "registry.db"
    done = ticktap(*args, stdin="123456\n", TICKTAP_REGISTRY=str(place))
    assert done.code == 5, done.err
    assert f"there is no registry at {place}" in done.err.lower() or str(place) in done.err
    assert not place.parent.exists()


def test_pam_makes_no_registry(ticktap, tmp_path):
    place = tmp_path / "typo" / "registry.db"
    environment = {"TICKTAP_REGISTRY": str(place), "PAM_USER": "birch", "PAM_TYPE": "auth"}
    done = ticktap("verify", "--pam", stdin="123456", **environment)
    assert done.code == 5 and not place.parent.exists()


def test_commands_that_fill_a_registry_make_one(ticktap, tmp_path, token):
    place = tmp_path / "new.db"
    assert ticktap("user", "add", "birch", TICKTAP_REGISTRY=str(place)).code == 0
    assert place.exists()
    other = tmp_path / "kept.db"
    assert ticktap("account", "add", "--keep", stdin=URI + "\n", TICKTAP_REGISTRY=str(other)).code == 0
    assert other.exists()

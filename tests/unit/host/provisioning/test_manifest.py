"""Manifests: what they may say, and that all that is wrong is told at once, with its line."""

import pytest

from ticktap.errors import BadInput, NotFound
from ticktap.provisioning.manifest import ManifestError, ManifestRow, parse, read

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
FULL = """user,account,label,pin,suffix,methods,networks
alice,Example:alice@example.com,A-001,random,enter,token backup-code,10.0.0.0/8|2001:db8::/32
bob,otpauth://hotp/Example:bob?digits=8&algorithm=SHA256,A-002,ask,,,
"""


def test_all_columns():
    alice, bob = parse(FULL)
    assert alice == ManifestRow(
        line=2,
        user="alice",
        label="A-001",
        issuer="Example",
        name="alice@example.com",
        suffix="enter",
        pin="random",
        methods=("token", "backup-code"),
        networks=("10.0.0.0/8", "2001:db8::/32"),
    )
    assert (bob.type, bob.digits, bob.algorithm, bob.pin, bob.secret_bytes) == (
        "hotp",
        8,
        "SHA256",
        "ask",
        32,
    )
    account = bob.account(bytes(32))
    assert (account.label, account.type, account.counter) == ("Example:bob", "hotp", 0)


def test_the_two_columns_that_are_needed_in_any_order_and_case():
    (row,) = parse("Account;USER\nExample:alice;alice\n")
    assert (row.user, row.label, row.account_label, row.pin) == ("alice", "alice", "Example:alice", "none")


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a byte order mark"])
def test_as_spreadsheets_write_it(tmp_path, separator, end, mark):
    path = tmp_path / "box.csv"
    path.write_bytes((mark + FULL.replace(",", separator).replace("\n", end)).encode())
    assert read(path) == parse(FULL)


def test_empty_lines_do_not_count_and_lines_are_those_of_the_file():
    (row,) = parse(
        '\nuser,account,label\n\n"alice",Example:alice,"A\u00a0\u00fc"\n,,\n'.replace("\u00a0", "")
    )
    assert (row.line, row.label) == (4, "A\u00fc")


def problems(text):
    with pytest.raises(ManifestError) as failure:
        parse(text)
    return failure.value


def test_everything_that_is_wrong_is_told_at_once():
    wrong = problems(
        "user,account,label,pin,suffix,methods,networks\n"
        ",Example:alice,A-001,none,,,\n"
        "bob,,A-002,maybe,return,magic,10.0.0.300\n"
        "car ol,Example:carol,A-003,,,,\n"
        "dora,Example:,A-004,,,,\n"
        "eve,Example:eve,A-005,,,,,more\n"
        "fay,Example:fay,A-007,,,,\n"
        "gus,Example:gus,a-007,,,,\n"
        f"hal,Example:hal,{'x' * 33},,,,\n"
    )
    assert [line for line, _ in wrong.problems] == [2, 3, 3, 3, 3, 3, 4, 5, 6, 8, 9]
    told = dict(wrong.problems)
    assert "there is no user" in told[2]
    assert {what.partition(":")[0] for line, what in wrong.problems if line == 3} == {
        "account", "pin", "suffix", "methods", "networks",
    }  # fmt: skip
    assert "no blanks" in told[4]
    assert "no account name" in told[5]
    assert "8 cells" in told[6]
    assert "also used in line 7" in told[8]
    assert "32 bytes" in told[9]
    assert wrong.message.startswith("11 things in the manifest cannot be used:\n  line 2: user: there")
    assert wrong.exit_code == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "it is empty"),
        ("user,account\n", "no rows"),
        ("user,name\nalice,Example:alice\n", "no column is called 'account'"),
        ("user,account,user\n", "two columns have the same name"),
        ("user,account,pni\n", "column 3 ('pni') cannot be used; the columns are user, account, label, pin"),
        ('user,account\nalice,"Example:al\n', "quotation mark"),
        ("user,account\nalice,otpauth://totp/Example:alice?digits=12\n", "number of digits"),
        ("user,account\nalice,otpauth://motp/Example:alice\n", "mOTP"),
        (f"user,account\nalice,Example:{'a' * 65}\n", "the limit is 64"),
        ("user,account\n..,Example:alice\n", "no blanks"),
        ("user,account\na/b,Example:alice\n", "no blanks"),
        ("user,account\n" + "u,E:u\n" * 10_001, "more than 10000"),
    ],
)
def test_what_cannot_be_used(text, words):
    assert words in problems(text).message


@pytest.mark.parametrize(
    "cell", [f"otpauth://totp/E:a?secret={SECRET}", f"OTPAUTH://totp/E:a?SECRET={SECRET}"]
)
def test_a_secret_in_it_is_refused_and_not_repeated(cell):
    failure = problems(f"user,account\nalice,{cell}\n")
    assert "remove it from the file" in failure.message
    assert SECRET not in str(failure) + failure.remedy + repr(failure.problems)


def test_cells_are_not_repeated():
    """Somebody may have put what is secret into the wrong column."""
    for columns in ("user,account,pin,suffix,networks", f"user,account,{SECRET}"):
        failure = problems(f"{columns}\nalice,E:alice,{SECRET},{SECRET},{SECRET}\n")
        assert SECRET.casefold() not in str(failure).casefold()


def test_files_that_are_not_there_or_no_text(tmp_path):
    with pytest.raises(NotFound):
        read(tmp_path / "box.csv")
    (tmp_path / "box.csv").write_bytes("user,account\nj\u00fcrg,E:j\n".encode("latin-1"))
    with pytest.raises(BadInput, match="UTF-8"):
        read(tmp_path / "box.csv")


@pytest.mark.parametrize(
    ("cell", "type", "period"),
    [("alice", "totp", 30), (":alice", "totp", 30), ("otpauth://hotp/alice", "hotp", 0)],
)
def test_an_account_without_an_issuer(cell, type, period):
    (row,) = parse(f"user,account\nann,{cell}\n")
    parameters = {"type": type, "period": period}
    assert row == ManifestRow(line=2, user="ann", label="ann", issuer="", name="alice", **parameters)
    assert row.account_label == "alice"
    account = row.account(bytes(20))
    assert (account.issuer, account.name, account.label) == ("", "alice", "alice")


def test_an_issuer_without_an_account_is_refused():
    with pytest.raises(ManifestError, match="an issuer but no account name"):
        parse("user,account\nann,Example:\n")


@pytest.mark.parametrize(("hash", "size"), [("SHA1", 20), ("SHA256", 32), ("SHA512", 64)])
def test_a_secret_is_as_long_as_the_hash(hash, size):
    (row,) = parse(f"user,account\nann,otpauth://totp/E:a?algorithm={hash}\n")
    assert row.secret_bytes == size


def test_every_parameter_of_a_key_uri():
    cell = "otpauth://totp/E:a?period=60&digits=7&algorithm=SHA512&issuer=E"
    (row,) = parse(f"user,account,suffix\nann,{cell},TAB\n")
    account = row.account(bytes(64))
    assert (account.issuer, account.name, account.type, account.algorithm) == ("E", "a", "totp", "SHA512")
    assert (account.digits, account.period, account.suffix) == (7, 60, "tab")


def test_the_longest_table_name_and_label():
    rows = parse("user,account\n" + "".join(f"u{at},E:u\n" for at in range(10_000)))
    assert (len(rows), rows[-1].line) == (10_000, 10_001)
    wrong = problems("user,account\n" + "".join(f"u{at},E:u\n" for at in range(10_001)))
    assert wrong.problems == [(10_002, "more than 10000 rows: split it")]
    umlauts = "\u00fc" * 16  # 32 bytes
    (row,) = parse(f"user,account,label\n{'u' * 64},E:u,{umlauts}\n")
    assert (len(row.user), len(row.label.encode())) == (64, 32)
    assert "at most 64 letters" in problems(f"user,account,label\n{'u' * 65},E:u,A\n").message
    assert "at most 32 bytes" in problems(f"user,account,label\nu,E:u,{umlauts}x\n").message


def test_columns_are_named_up_to_twelve_characters():
    """The shortest secret in base32 has 16."""
    assert "column 3 ('abcdefghijkl')" in problems("user,account,abcdefghijkl\n").message
    assert "column 3 cannot be used" in problems("user,account,abcdefghijklm\n").message
    told = problems("user,account,pin,pin,label,label\n").message
    assert "two columns have the same name: column 5 ('label'), column 3 ('pin')" in told


@pytest.mark.parametrize("user", [".", "..", "a b", "a,b", "a:b", "a/b", "a\\b", "a\u00a0b", "a\u200bb"])
def test_names_that_no_user_may_have(user):
    assert [line for line, _ in problems(f'user,account\n"{user}",E:u\n').problems] == [2]


def test_a_row_may_end_early():
    (row,) = parse("user,account,label\nann,E:ann\n")
    assert (row.label, row.account_label) == ("ann", "E:ann")


def test_a_header_alone_is_a_problem_of_line_1():
    assert problems("user,account\n").problems == [(1, "it has a header but no rows")]


def test_a_name_with_a_character_that_cannot_be_seen():
    """RFC 8265 allows the joiner after a virama (RFC 5892, appendix A.2)."""
    from ticktap.registry.user_names import is_name

    user = "\u0915\u094d\u200d\u0937"
    assert is_name(user)
    assert [line for line, _ in problems(f"user,account\n{user},E:u\n").problems] == [2]


def test_one_thing_is_not_many():
    assert problems("user,account\n,E:u\n").message.startswith("1 thing in the manifest cannot be used:")

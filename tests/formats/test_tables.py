"""Tables as spreadsheets and password managers save them."""

import csv
import io

import pytest

from ticktap.errors import BadInput
from ticktap.formats import base32, registry
from ticktap.provisioning import manifest

SECRET = b"Hello, my dear world"
TEXT = base32.encode(SECRET)
URI = f"otpauth://totp/Site:birch?secret={TEXT}"


def read(text):
    return registry.read(text if isinstance(text, bytes) else text.encode())[1]


def only(text):
    found = read(text)
    assert found.refused == [] and len(found.accounts) == 1
    return found.accounts[0]


def table(heading, *rows):
    """As Python's csv module quotes it."""
    out = io.StringIO()
    csv.writer(out).writerows([heading, *rows])
    return out.getvalue()


@pytest.mark.parametrize(
    ("column", "cell", "field", "value"),
    [
        ("Period (s)", "45", "period", 45),
        ("Time Interval", "45", "period", 45),
        ("timeIntervalInSeconds", "45", "period", 45),
        ("hashFunction", "hmacsha512", "algorithm", "SHA512"),
        ("Hash", "SHA-256", "algorithm", "SHA256"),
        ("OTP length", "7", "digits", 7),
        ("Number of digits", "7", "digits", 7),
    ],
)
def test_columns_that_change_the_code(column, cell, field, value):
    account = only(table(["issuer", "name", "secret", column], ["Site", "birch", TEXT, cell]))
    assert getattr(account, field) == value


@pytest.mark.parametrize("column", ["Clock skew", "T0", "Period (ms)", "Remark of the maker"])
def test_a_column_that_is_not_understood_is_named(column):
    found = read(table(["issuer", "name", "secret", column], ["Site", "birch", TEXT, "9"]))
    assert len(found.accounts) == 1
    assert repr(column) in found.notes[0] and "Site:birch" in found.notes[0]
    assert read(table(["issuer", "name", "secret", column], ["Site", "birch", TEXT, ""])).notes == []


MANAGERS = {
    "Proton Pass": (
        "type,name,url,email,username,password,note,totp,createTime,modifyTime,vault",
        ["login", "Site", "https://site.test", "b@site.test", "birch", "pw", "", URI, "1", "1", "Personal"],
    ),
    "Dashlane": (
        "username,username2,username3,title,password,note,url,category,otpUrl",
        ["birch", "", "", "Site", "pw", "", "https://site.test", "", URI],
    ),
    "Dashlane, older": (
        "username,username2,username3,title,password,note,url,category,otpSecret",
        ["birch", "", "", "Site", "pw", "", "https://site.test", "", TEXT],
    ),
    "KeePassXC": (
        "Group,Title,Username,Password,URL,Notes,TOTP,Icon,Last Modified,Created",
        ["Root", "Site", "birch", "pw", "https://site.test", "", URI, "0", "", ""],
    ),
    "LastPass": (
        "url,username,password,totp,extra,name,grouping,fav",
        ["https://site.test", "birch", "pw", TEXT, "", "Site", "", "0"],
    ),
    "Apple Passwords": (
        "Title,URL,Username,Password,Notes,OTPAuth",
        ["Site", "https://site.test", "birch", "pw", "", URI],
    ),
    "Bitwarden": (
        "folder,favorite,type,name,notes,fields,reprompt,login_uri,login_username,login_password,login_totp",
        ["", "", "login", "Site", "", "", "0", "https://site.test", "birch", "pw", TEXT],
    ),
    "a list with the address last": ("name,username,totp,url", ["Site", "birch", TEXT, "https://site.test"]),
}


@pytest.mark.parametrize("what", MANAGERS)
def test_what_password_managers_write(what):
    heading, row = MANAGERS[what]
    without = [cell if cell not in (URI, TEXT) else "" for cell in row]
    found = read(table(heading.split(","), row, without))
    assert [(each.label, each.secret) for each in found.accounts] == [("Site:birch", SECRET)]
    told = found.notes if "pw" in row else [each.reason for each in found.refused]
    assert len(told) == 1
    assert "site.test" not in " ".join(told)


def test_the_bin_of_keepassxc_stays_there():
    heading, row = MANAGERS["KeePassXC"]
    found = read(table(heading.split(","), ["Root/Recycle Bin", *row[1:]]))
    assert not found.accounts and "trash" in found.notes[0]


def test_an_archived_item_of_1password_is_taken_and_noted():
    heading = "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes"
    found = read(table(heading.split(","), ["Site", "", "birch", "pw", URI, "false", "true", "", ""]))
    assert len(found.accounts) == 1 and "archived" in found.notes[0]


@pytest.mark.parametrize(
    ("row", "taken"),
    [
        (f",,1,Firm, Ltd,,{URI},Firm, Ltd,30,6", 1),  # the URI is whole by itself
        (f",,1,Firm, Ltd,,{TEXT}", 0),
        (f",,1,Site,,{URI}&issuer=Firm, Ltd&period=60", 0),  # cut within: a parameter would be lost
        (",,1,Site,,", 0),
    ],
)
def test_a_row_that_does_not_fit_is_not_lost(row, taken):
    found = read(f"folder,favorite,type,name,login_uri,login_totp\n{row}\n")
    assert [each.secret for each in found.accounts] == [SECRET] * taken
    told = found.notes if taken else [each.name for each in found.refused]
    assert "ine 2" in told[0]


def test_a_name_with_a_raw_comma_does_not_move_a_password_to_the_secret():
    heading = "Title,Url,Username,Password,OTPAuth,Favorite,Archived,Tags,Notes"
    found = read(
        f"{heading}\nFirm, Ltd,,https://site.test,ABCDEFGHIJKLMNOPABCDEFGH,pw,{TEXT},false,false,,\n"
    )
    assert not found.accounts and found.refused[0].name == "line 2"


def test_two_columns_with_two_secrets_are_refused():
    other = base32.encode(SECRET[::-1])
    found = read(table(["issuer", "name", "totp", "secret"], ["Site", "birch", TEXT, other]))
    assert not found.accounts and "two columns contain different secrets" in found.refused[0].reason


# --- Excel


@pytest.mark.parametrize(
    "data",
    [
        f"sep=;\nissuer;name;secret\nSite;birch;{TEXT}\n",
        f"issuer,name,secret,,\nSite,birch,{TEXT},,\n",
        f"issuer,name,secret,,\nSite,birch,{TEXT}\n",
        f"issuer\tname\tsecret\r\nSite\tbirch\t{TEXT}\r\n".encode("utf-16"),
        f"\ufeffsep=,\r\nissuer,name,secret\r\nSite,birch,{TEXT}\r\n",
    ],
)
def test_what_excel_saves(data):
    assert only(data).secret == SECRET


@pytest.mark.parametrize(
    "text", [f"issuer,name,secret\nCafé,birch,{TEXT}\n", f"Café, exported in May\n{URI}\n"]
)
def test_an_older_encoding_is_said_to_be_one(text):
    with pytest.raises(BadInput, match="UTF-8") as caught:
        read(text.encode("cp1252"))
    assert "CSV UTF-8" in caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nuser;account\nbirch;Site:birch\n",
        "user,account,,\nbirch,Site:birch,,\n",
        "user,account,,\nbirch,Site:birch\n",
    ],
)
def test_a_manifest_from_excel(text):
    (row,) = manifest.parse(text)
    assert (row.user, row.issuer, row.name) == ("birch", "Site", "birch")


def test_a_manifest_in_another_encoding(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes("user\taccount\nbirch\tSite:birch\n".encode("utf-16"))
    assert manifest.read(path)[0].user == "birch"
    path.write_bytes("user,account\ncafé,Site:x\n".encode("cp1252"))
    with pytest.raises(BadInput, match="UTF-8") as caught:
        manifest.read(path)
    assert "CSV UTF-8" in caught.value.remedy


def test_a_line_below_a_separator_line_has_its_own_number():
    with pytest.raises(manifest.ManifestError) as caught:
        manifest.parse("sep=;\nuser;account\nbirch;\n")
    assert caught.value.problems[0][0] == 3


def test_two_spellings_of_a_label_are_one():
    with pytest.raises(manifest.ManifestError, match="label"):
        manifest.parse("user,account,label\nann,Site:a,Zo\u00eb\nbob,Site:b,Zoe\u0308\n")


def test_a_manifest_row_without_an_issuer():
    (row,) = manifest.parse("user,account\nbirch,birch\n")
    assert (row.issuer, row.name, row.account_label) == ("", "birch", "birch")


def test_a_manifest_refuses_a_parameter_that_is_not_understood():
    with pytest.raises(manifest.ManifestError, match="skew"):
        manifest.parse("user,account\nbirch,otpauth://totp/Site:birch?skew=5\n")

"""My security: what users do about their own sign-in."""

from __future__ import annotations

import base64
import io
import re

import pytest

from ticktap.formats import base32, otpauth
from ticktap.otp import Account, code_at
from web.conftest import PASSWORD, Desk
from web.visitor import Visitor


def begun(visitor: Visitor, name: str = "My phone") -> Account:
    """Begins a set-up; returns the account that the page shows."""
    visitor.get("/security/set-up").post("/security/set-up", {"name": name})
    assert visitor.path == "/security/set-up/scan"
    return scanned(visitor)


def scanned(visitor: Visitor) -> Account:
    """The account in the page's QR code."""
    import zxingcpp
    from PIL import Image

    (data,) = [each for each in visitor.pictures if each.startswith("data:image/png;base64,")]
    picture = Image.open(io.BytesIO(base64.b64decode(data.partition(",")[2])))
    return otpauth.parse(zxingcpp.read_barcodes(picture)[0].text)


def test_an_authenticator_is_active_only_after_its_code(desk: Desk) -> None:
    desk.user("ann", token=False)
    issued, _ = desk.registry.factors.issue_code("ann")
    visitor = desk.visitor().name_and_password("ann", PASSWORD).code(issued)
    assert "No authenticator is set up yet" in visitor.text
    account = begun(visitor)
    assert (account.issuer, account.name) == ("ticktap", "ann")
    secret = base32.encode(account.secret)
    assert " ".join(re.findall("....", secret)) in visitor.text
    assert visitor.last.headers["cache-control"] == "no-store"
    assert desk.registry.all() == []
    visitor.post("/security/set-up/scan", {"code": "000000"})
    assert visitor.status == 403 and "is not active yet" in visitor.text
    assert desk.registry.all() == [] and scanned(visitor) == account
    code = code_at(account, int(desk.now) // 30)
    visitor.post("/security/set-up/scan", {"code": code})
    assert visitor.path == "/security/backup-codes" and "“My phone” is set up" in visitor.text
    assert [each.account for each in desk.registry.all()] == [account]
    refused = desk.visitor().name_and_password("ann", PASSWORD).code(code)
    assert refused.path == "/sign-in/code", "the code of the set-up was used"
    desk.now += 30
    code = code_at(account, int(desk.now) // 30)
    assert desk.visitor().name_and_password("ann", PASSWORD).code(code).path == "/security"


@pytest.mark.parametrize(
    ("code", "text"),
    [("", "Enter the code"), ("12345", "A code has 6 digits"), ("abcdef", "Enter digits only")],
)
def test_a_text_that_is_no_code_is_named(desk: Desk, code: str, text: str) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    begun(visitor)
    visitor.post("/security/set-up/scan", {"code": code})
    assert visitor.status == 400 and text in visitor.text


def test_a_set_up_expires_and_can_be_cancelled(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    account = begun(visitor)
    desk.now += 900
    visitor.post("/security/set-up/scan", {"code": code_at(account, int(desk.now) // 30)})
    assert visitor.path in ("/security/set-up", "/confirm")
    assert len(desk.registry.all()) == 1
    desk.now += 30
    visitor = desk.signed_in("ann")
    begun(visitor)
    visitor.post("/security/set-up/cancel")
    assert visitor.path == "/security"
    assert visitor.get("/security/set-up/scan").path == "/security/set-up"


def test_several_are_named_and_revoked_one_by_one(desk: Desk) -> None:
    desk.user("ann")
    visitor, other = desk.signed_in("ann"), desk.signed_in("ann")
    account = begun(visitor, "My <phone>")
    visitor.post("/security/set-up/scan", {"code": code_at(account, int(desk.now) // 30)})
    visitor.get("/security")
    assert "Key ring" in visitor.text and "My <phone>" in visitor.text
    visitor.get("/security/authenticators/SERIAL-ann")
    visitor.post("/security/authenticators/SERIAL-ann", {"name": "Old key ring"})
    assert "Old key ring" in visitor.text
    visitor.get("/security/authenticators/SERIAL-ann").post("/security/authenticators/SERIAL-ann/revoke")
    assert "“Old key ring” is revoked" in visitor.text
    assert [each.account for each in desk.registry.all()] == [account]
    assert other.get("/security").path == "/sign-in"
    assert visitor.get("/security").path == "/security"


def test_nobody_reaches_the_authenticators_of_others(desk: Desk) -> None:
    desk.user("ann")
    desk.user("bob")
    visitor = desk.signed_in("ann")
    assert visitor.get("/security/authenticators/SERIAL-bob").path == "/security"
    visitor.post("/security/authenticators/SERIAL-bob/revoke")
    visitor.get("/security").post("/security/authenticators/SERIAL-bob", {"name": "mine"})
    assert [each.label for each in desk.registry.tokens.of("bob")] == ["Key ring"]


def test_backup_codes_are_shown_until_they_are_kept(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    visitor.get("/security/backup-codes").post("/security/backup-codes")
    codes = re.findall(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b", visitor.text)
    assert visitor.path == "/security/backup-codes/new" and len(codes) == 5
    assert codes[0] in visitor.get("/security/backup-codes/new").text, "after a reload"
    visitor.post("/security/backup-codes/new")
    assert visitor.path == "/security" and "5 codes left" in visitor.text
    assert visitor.get("/security/backup-codes/new").path == "/security/backup-codes"
    assert desk.visitor().name_and_password("ann", PASSWORD).code(codes[0]).path == "/security"


def test_shown_codes_are_forgotten_after_ten_minutes(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    visitor.get("/security/backup-codes").post("/security/backup-codes")
    desk.now += 600
    assert visitor.get("/security/backup-codes/new").path == "/confirm"


def test_app_passwords_are_made_labelled_and_revoked(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann").get("/security/app-passwords")
    visitor.post("/security/app-passwords", {"label": "a b"})
    assert visitor.status == 400
    visitor.post("/security/app-passwords", {"label": "imap"})
    password = visitor.found(r"(?:[A-Z2-9]{4}-){4}[A-Z2-9]{4}")
    assert desk.site.sign_in.verify("ann", password, service="imap").ok
    assert not desk.site.sign_in.verify("ann", password).ok
    visitor.post("/security/app-passwords/forget").get("/security/app-passwords")
    assert password not in visitor.text and "imap" in visitor.text
    (made,) = desk.registry.factors.app_passwords("ann")
    visitor.post("/security/app-passwords/revoke", {"number": str(made.id)})
    assert "There are none." in visitor.text
    assert not desk.site.sign_in.verify("ann", password, service="imap").ok


@pytest.mark.parametrize("number", ["", "x", "-1", "999999", "\u0661"])
def test_a_number_that_is_no_password_changes_nothing(desk: Desk, number: str) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann").get("/security/app-passwords")
    assert visitor.post("/security/app-passwords/revoke", {"number": number}).status == 200


def test_a_method_that_is_not_allowed_cannot_be_made_main(desk: Desk) -> None:
    desk.user("ann")
    desk.registry.users.set_methods("ann", ["token", "backup-code"])
    visitor = desk.signed_in("ann")
    visitor.post("/security/main-method", {"method": "issued-code"})
    assert desk.registry.users.find("ann").methods == ("token", "backup-code")
    visitor.post("/security/main-method", {"method": "backup-code"})
    assert desk.registry.users.find("ann").methods == ("backup-code", "token")
    assert "Backup code is your main method now" in visitor.text
    visitor.post("/sign-out").name_and_password("ann", PASSWORD)
    assert "12 letters and digits" in visitor.text, "this browser asks for the main method first"


FRESH = [
    "/security/set-up", "/security/backup-codes", "/security/app-passwords", "/security/password",
    "/security/authenticators/SERIAL-ann",
]  # fmt: skip


@pytest.mark.parametrize("path", FRESH)
def test_changes_need_a_code_of_the_last_minutes(desk: Desk, path: str) -> None:
    desk.user("ann")
    visitor = desk.signed_in("ann")
    assert visitor.get(path).path == path
    desk.now += 600
    before = desk.events("ann")
    assert visitor.post(path, {"name": "x", "label": "x"}).path == "/confirm"
    assert desk.events("ann") == before
    visitor.post("/confirm", {"next": path, "code": "000000", "nonce": "n"})
    assert visitor.status == 403 and "not the current one" in visitor.text
    visitor.post("/confirm", {"next": path, "code": desk.code("ann"), "nonce": "m"})
    assert visitor.path == path


def test_a_password_is_changed_with_the_old_one(desk: Desk) -> None:
    desk.user("ann")
    visitor, other = desk.signed_in("ann"), desk.signed_in("ann")
    visitor.get("/security/password")
    new = "four words make one"
    for fields, text in (
        ({"old": "wrong", "new": new, "again": new}, "present password is not right"),
        ({"old": PASSWORD, "new": new, "again": "other"}, "differ"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "10 to 128"),
        ({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, "another password"),
    ):
        assert text in visitor.post("/security/password", fields).text
    visitor.post("/security/password", {"old": PASSWORD, "new": new, "again": new})
    assert visitor.path == "/security" and "Your password is changed" in visitor.text
    assert other.get("/security").path == "/sign-in"
    assert desk.visitor().name_and_password("ann", PASSWORD).code(desk.code("ann")).path == "/sign-in/code"
    assert desk.visitor().name_and_password("ann", new).code(desk.code("ann")).path == "/security"


def test_a_generated_password_must_be_changed_first(desk: Desk) -> None:
    desk.user("ann")
    given = desk.site.passwords.generate("ann")
    visitor = desk.visitor().name_and_password("ann", given).code(desk.code("ann"))
    assert visitor.path == "/security/password" and "Choose your own" in visitor.text
    assert visitor.get("/security/set-up").path == "/security/password"
    visitor.post("/security/password", {"old": given, "new": PASSWORD, "again": PASSWORD})
    assert visitor.path == "/security"


def test_recent_sign_ins_are_listed(desk: Desk) -> None:
    desk.user("ann")
    desk.visitor(address="203.0.113.5").name_and_password("ann", PASSWORD).code("000000")
    visitor = desk.signed_in("ann").get("/security/history")
    assert "203.0.113.5" in visitor.text and "refused" in visitor.text and "signed in" in visitor.text


def test_the_language_follows_the_browser_and_the_choice(desk: Desk) -> None:
    desk.user("ann")
    visitor = desk.visitor("ja,en;q=0.5").get("/sign-in")
    assert "ユーザー名" in visitor.text and 'lang="ja"' in visitor.last.text
    visitor.post("/language", {"language": "en", "next": "/sign-in"})
    assert "User name" in visitor.text
    visitor.post("/language", {"language": "xx", "next": "//evil.example"})
    assert visitor.last.url.host == "id.example.org" and "User name" in visitor.text

"""ticktap's own web pages in a browser: set up from the QR code, signed in to by the token's reports."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from interop.chromium import Page, browser
from interop.desk import Desk
from interop.keys import events
from interop.serving import LOOPBACK, serving
from keyboards.xkb import Host
from ticktap.formats import qr_code
from ticktap.registry import Registry
from ticktap.registry.passwords import Passwords

PASSWORD = "correct horse battery"
MAIN = "main form button.main"
READY = r'"url": "http://127\.0\.0\.1:(\d+)"'


@pytest.mark.parametrize(("layout", "language"), [("us", "en"), ("fr", "ja")])
def test_a_token_is_set_up_and_signs_in(desk: Desk, tmp_path: Path, layout: str, language: str) -> None:
    """The token types Enter after the code, and the person clicks the button as well."""
    place = tmp_path / "registry.db"
    with Registry.open(place, syslog="") as registry:
        registry.users.add("ann")
        Passwords(registry).set("ann", PASSWORD)
        issued, _ = registry.factors.issue_code("ann")
    words = [sys.executable, "-m", "ticktap", "serve", "--json", "--listen", f"{LOOPBACK}:0"]
    with serving([*words, "--registry", str(place)], READY) as match, browser() as running:
        address, host = f"http://{LOOPBACK}:{match[1]}", Host(layout, num_lock=True)
        page = running.page()
        page.go(f"{address}/sign-in")
        if language == "ja":
            page.click("button[lang=ja]")
        assert page.evaluate("document.documentElement.lang") == language
        _name_and_password(page)
        page.fill("#code", issued)
        page.click(MAIN)
        page.go(f"{address}/security/set-up")
        page.fill("#name", "Key ring")
        page.click(MAIN)
        account = qr_code.read_account(page.screenshot())
        assert (account.issuer, account.name) == ("ticktap", "ann")
        _types(page, desk.strokes(account)[0], host)
        assert page.address == f"{address}/security/backup-codes"
        page.go(f"{address}/security")
        page.click('form[action="/sign-out"] button')
        _name_and_password(page)
        desk.to_next_step(account)
        _types(page, desk.strokes(account)[0], host, click=True)
        assert page.address == f"{address}/security"
        assert "Key ring" in page.text
    with Registry.open(place, syslog="") as registry:
        lines = registry.audit.lines("ann", what=["signed-in", "sign-in-refused"])
        assert [line.event.detail["method"] for line in lines] == ["issued-code", "token"]


def _name_and_password(page: Page) -> None:
    page.fill("#user", "ann")
    page.fill("#password", PASSWORD)
    page.click(MAIN)


def _types(page: Page, reports: list[bytes], host: Host, click: bool = False) -> None:
    """The token's keys arrive in the field that has the focus; its Enter sends the form."""
    button = "document.querySelector('form.once button.main').click()"
    page.focus("#code")
    with page.loading():
        page.press(events(reports, host))
        if click:
            page.evaluate(f"document.querySelector('form.once') && {button}")
